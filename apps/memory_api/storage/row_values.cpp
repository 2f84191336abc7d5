#include "apps/memory_api/storage/row_values.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include <fmt/format.h>
#define XXH_STATIC_LINKING_ONLY  // its state may then lie on the stack
#include <xxhash.h>

#include "apps/memory_api/memory/uuid.h"
#include "base/json.h"

namespace memory_api::storage {
namespace {

using memory::HistoryEntry;
using memory::Memory;

// Each field goes in with its length, so that none can flow into the next.
class Checksum {
 public:
  Checksum() { XXH3_64bits_reset(&state_); }
  void add(std::int64_t number) { XXH3_64bits_update(&state_, &number, sizeof number); }
  void add(std::string_view field) {
    add(static_cast<std::int64_t>(field.size()));
    XXH3_64bits_update(&state_, field.data(), field.size());
  }
  std::int64_t value() const { return static_cast<std::int64_t>(XXH3_64bits_digest(&state_)); }

 private:
  XXH3_state_t state_;
};

// Steps need no id of their own on the disk: it follows from the memory's and the step's number.
std::string step_id(std::string_view memory_id, std::size_t step) {
  return memory::uuid_of_name(fmt::format("{}/{}", memory_id, step));
}

HistoryEntry first_step(const std::optional<memory::Memory>& memory, const std::vector<HistoryEntry>& later) {
  HistoryEntry entry;
  entry.event = memory::HistoryEvent::added;
  entry.created_at = later.empty() ? memory->created_at : later.front().created_at;
  entry.updated_at = entry.created_at;
  entry.new_text = later.empty() ? std::optional(memory->text) : later.front().old_text;
  return entry;
}

}  // namespace

std::int64_t checksum(const Memory& memory) {
  Checksum sum;
  for (const std::string* field :
       {&memory.id, &memory.text, &memory.entities.user_id, &memory.entities.agent_id,
        &memory.entities.app_id, &memory.entities.run_id, &memory.metadata, &memory.role}) {
    sum.add(*field);
  }
  for (const std::string& category : memory.categories) sum.add(category);
  sum.add(to_microseconds(memory.created_at));
  sum.add(to_microseconds(memory.updated_at));
  if (memory.expiration) {
    sum.add(memory.expiration->text);
    sum.add(to_microseconds(memory.expiration->at));
  }
  return sum.value();
}

base::Error damaged_row(const Memory& memory) {
  return {.code = base::ErrorCode::corrupt,
          .message = fmt::format("memory {}: its row in the database is not what was written", memory.id),
          .hint = "restore the store from a backup; the disk may be failing"};
}

Memory changed(Memory memory, const memory::MemoryChange& change, base::UtcTime at) {
  if (change.text) memory.text = *change.text;
  if (change.metadata) memory.metadata = *change.metadata;
  if (change.expiration) memory.expiration = *change.expiration;
  memory.updated_at = change.updated_at.value_or(at);
  return memory;
}

std::int64_t to_microseconds(base::UtcTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

base::UtcTime from_microseconds(std::int64_t value) {
  using std::chrono::floor;
  using std::chrono::microseconds;
  constexpr std::int64_t first = floor<microseconds>(base::Nanoseconds::min()).count() + 1;
  constexpr std::int64_t last = floor<microseconds>(base::Nanoseconds::max()).count();
  return base::UtcTime(microseconds(std::clamp(value, first, last)));
}

std::vector<std::string> read_categories(std::string_view json) {
  std::vector<std::string> categories;
  if (json.empty()) return categories;
  const base::Json list = base::Json::parse(json, nullptr, false);
  if (!list.is_array()) return categories;
  for (const base::Json& category : list) {
    if (category.is_string()) categories.push_back(category.get<std::string>());
  }
  return categories;
}

std::string write_categories(const std::vector<std::string>& categories) {
  return categories.empty() ? std::string() : base::dump(base::Json(categories));
}

std::vector<HistoryEntry> whole_history(std::string_view id, const std::optional<Memory>& memory,
                                        std::vector<HistoryEntry> recorded) {
  std::vector<HistoryEntry> entries = std::move(recorded);
  entries.insert(entries.begin(), first_step(memory, entries));
  for (std::size_t step = 0; step < entries.size(); ++step) {
    entries[step].id = step_id(id, step);
    entries[step].memory_id = id;
    if (!memory) continue;
    entries[step].user_id = memory->entities.user_id;
    entries[step].role = memory->role;
  }
  return entries;
}

std::string id_of_entity(std::int64_t tenant, const memory::Entity& entity) {
  constexpr std::array type_names = {"user", "agent", "app", "run"};
  return memory::uuid_of_name(
      fmt::format("{}/{}/{}", tenant, type_names.at(static_cast<std::size_t>(entity.type)), entity.name));
}

base::Error unknown_memories(std::size_t known, std::size_t asked) {
  if (asked == 1) return {.code = base::ErrorCode::not_found, .message = "the memory does not exist"};
  return {.code = base::ErrorCode::not_found,
          .message = fmt::format("{} of {} memories do not exist", asked - known, asked)};
}

}  // namespace memory_api::storage
