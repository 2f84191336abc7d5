#include "apps/memory_api/memory/check_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace memory_api::memory {
namespace {

constexpr std::size_t most_categories = 100;

std::unexpected<base::Error> refuse(std::string message, std::string hint = {}) {
  return base::fail(base::ErrorCode::invalid_argument, std::move(message), std::move(hint));
}

std::unexpected<base::Error> too_large(std::string_view field) {
  return base::fail(base::ErrorCode::too_large, fmt::format("{}: longer than {} bytes", field, longest_text));
}

// A text's words take many times its room while they are indexed, and all other writes wait for it.
base::Status check_together(std::size_t bytes) {
  if (bytes <= largest_write) return {};
  return base::fail(
      base::ErrorCode::too_large,
      fmt::format("texts and metadata of one request have {} bytes together, at most {} are taken", bytes,
                  largest_write),
      "send them in several requests");
}

base::Status check_text(std::string_view text) {
  if (base::trim(text).empty()) return refuse("text: expected some text, found none");
  if (text.size() > longest_text) return too_large("text");
  if (!base::is_valid_utf8(text)) return refuse("text: not valid UTF-8");
  return {};
}

base::Status check_entities(const EntityIds& ids) {
  if (ids.empty()) return refuse("expected at least one of user_id, agent_id, app_id, run_id");
  if (!ids.user_id.empty()) BASE_TRY(check_id("user_id", ids.user_id));
  if (!ids.agent_id.empty()) BASE_TRY(check_id("agent_id", ids.agent_id));
  if (!ids.app_id.empty()) BASE_TRY(check_id("app_id", ids.app_id));
  if (!ids.run_id.empty()) BASE_TRY(check_id("run_id", ids.run_id));
  return {};
}

base::Status check_metadata(std::string_view metadata) {
  if (metadata.empty()) return {};
  if (metadata.size() > longest_text) return too_large("metadata");
  const auto json = base::parse_json(metadata, "metadata", {.bytes = longest_text});
  if (!json) return refuse(base::to_string(json.error()));
  if (!json->is_object()) return refuse("metadata: expected an object");
  return {};
}

base::Status check_categories(const std::vector<std::string>& categories) {
  if (categories.size() > most_categories) {
    return refuse(fmt::format("categories: more than {}", most_categories));
  }
  for (const std::string& category : categories) BASE_TRY(check_id("categories", category));
  return {};
}

}  // namespace

bool is_well_formed_id(std::string_view id) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  const auto characters = id.size() - static_cast<std::size_t>(std::ranges::count_if(id, continues));
  return characters >= 1 && characters <= longest_id && base::is_valid_utf8(id);
}

bool is_well_formed_key(std::string_view key) {
  return !key.empty() && key.size() <= longest_id &&
         std::ranges::all_of(key, [](char c) { return c >= '!' && c <= '~'; });
}

base::Status check_new(const std::vector<NewMemory>& memories) {
  BASE_TRY(check_batch(memories.size()));
  std::size_t bytes = 0;
  for (const NewMemory& memory : memories) bytes += memory.text.size() + memory.metadata.size();
  BASE_TRY(check_together(bytes));
  for (const NewMemory& memory : memories) {
    BASE_TRY(check_text(memory.text));
    BASE_TRY(check_entities(memory.entities));
    BASE_TRY(check_metadata(memory.metadata));
    BASE_TRY(check_categories(memory.categories));
    BASE_TRY(check_id("role", memory.role));
  }
  return {};
}

base::Status check_change(const MemoryChange& change) {
  if (!change.text && !change.metadata && !change.updated_at && !change.expiration) {
    return refuse("expected at least one of text, metadata, timestamp, expiration_date");
  }
  if (change.text) BASE_TRY(check_text(*change.text));
  if (change.metadata) BASE_TRY(check_metadata(*change.metadata));
  return {};
}

base::Status check_changes(const std::vector<BatchChange>& changes) {
  std::size_t bytes = 0;
  const auto size = [](const std::optional<std::string>& text) { return text ? text->size() : 0; };
  for (const BatchChange& entry : changes) bytes += size(entry.change.text) + size(entry.change.metadata);
  BASE_TRY(check_together(bytes));
  for (const BatchChange& entry : changes) BASE_TRY(check_change(entry.change));
  return {};
}

base::Status check_batch(std::size_t entries) {
  if (entries >= 1 && entries <= largest_batch) return {};
  return refuse(fmt::format("memories: expected 1 to {} entries, found {}", largest_batch, entries));
}

base::Status check_distinct(std::vector<std::string> ids) {
  std::ranges::sort(ids);
  const auto twice = std::ranges::adjacent_find(ids);
  if (twice == ids.end()) return {};
  return base::fail(base::ErrorCode::conflict, fmt::format("memories: {} is given twice",
                                                           base::truncate_utf8(base::printable(*twice), 60)));
}

base::Status check_page(const Page& page) {
  if (page.number < 1) return refuse("page: expected 1 or more");
  if (page.size < 1 || page.size > largest_page) {
    return refuse(fmt::format("page_size: expected 1 to {}, found {}", largest_page, page.size));
  }
  return {};
}

base::Status check_id(std::string_view field, std::string_view id) {
  if (!is_well_formed_id(id)) {
    return refuse(fmt::format("{}: expected 1 to {} characters of UTF-8", field, longest_id));
  }
  if (id == "*") return refuse(fmt::format("{}: \"*\" stands for any value and cannot be one", field));
  return {};
}

}  // namespace memory_api::memory
