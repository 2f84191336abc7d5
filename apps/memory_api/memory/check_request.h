// What the service refuses, before anything is stored. Every error names the field and is invalid_argument,
// or too_large where a text is too long or all of them together are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/memory/memory.h"
#include "base/error.h"

namespace memory_api::memory {

inline constexpr std::size_t longest_id = 256;           // characters (code points) of an entity's id
inline constexpr std::size_t longest_text = 256u << 10;  // of a memory's text or metadata
inline constexpr std::size_t largest_write = 2u << 20;   // texts and metadata of one request together
inline constexpr std::size_t largest_batch = 1'000;
inline constexpr std::size_t largest_page = 1'000;
inline constexpr std::size_t longest_document = 1u << 20;

// An entity's id: 1 to 256 characters of UTF-8, as JSON Schema counts them.
bool is_well_formed_id(std::string_view id);

// An API key: 1 to 256 bytes of '!' to '~'.
bool is_well_formed_key(std::string_view key);

base::Status check_new(const std::vector<NewMemory>& memories);
base::Status check_change(const MemoryChange& change);
base::Status check_changes(const std::vector<BatchChange>& changes);
base::Status check_batch(std::size_t entries);
base::Status check_distinct(std::vector<std::string> ids);  // conflict where they are not
base::Status check_page(const Page& page);
base::Status check_id(std::string_view field, std::string_view id);  // of an entity or document; not empty

}  // namespace memory_api::memory
