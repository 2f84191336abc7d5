// UUIDs (RFC 9562) as text and as the 16 bytes that are stored.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace memory_api::memory {

// The 16 bytes of a lower-case UUID with hyphens; nothing for any other text.
std::optional<std::string> uuid_bytes(std::string_view text);

// The text of 16 bytes.
std::string uuid_text(std::string_view bytes);

// A UUID made from a name (version 8, from its SHA-256): the same every time.
std::string uuid_of_name(std::string_view name);

}  // namespace memory_api::memory
