// What the service refuses, before anything is stored. Every error is invalid_argument and names the field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/memory/memory.h"
#include "base/error.h"

namespace memory_api::memory {

inline constexpr std::size_t longest_id = 256;          // bytes of an entity's id
inline constexpr std::size_t longest_text = 16u << 20;  // of a memory's text or metadata
inline constexpr std::size_t largest_batch = 1'000;
inline constexpr std::size_t largest_page = 1'000;
inline constexpr std::size_t longest_document = 1u << 20;

// An API key: 1 to 256 bytes of '!' to '~'.
bool is_well_formed_key(std::string_view key);

base::Status check_new(const std::vector<NewMemory>& memories);
base::Status check_change(const MemoryChange& change);
base::Status check_batch(std::size_t entries);
base::Status check_distinct(std::vector<std::string> ids);
base::Status check_page(const Page& page);
base::Status check_id(std::string_view field, std::string_view id);  // of an entity or document; not empty

}  // namespace memory_api::memory
