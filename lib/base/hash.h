// Digests. sha256 where somebody may want to collide them, xxh3 where only speed counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

std::string sha256_hex(std::string_view bytes);                             // 64 lower-case digits
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);  // RFC 2104
std::uint64_t xxh3_64(std::string_view bytes);
std::string hex64(std::uint64_t value);  // 16 lower-case digits

// Compares without leaking through time how much is equal.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace base
