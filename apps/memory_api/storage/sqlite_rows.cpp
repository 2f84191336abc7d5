#include "apps/memory_api/storage/sqlite_rows.h"

#include <algorithm>
#include <chrono>
#include <string>

#include <fmt/format.h>
#define XXH_STATIC_LINKING_ONLY  // its state may then lie on the stack
#include <xxhash.h>

#include "apps/memory_api/memory/uuid.h"
#include "base/json.h"

namespace memory_api::storage {

using memory::Memory;

namespace {

// XXH3 (https://xxhash.com) of all fields, each with its length, so that none can flow into the next.
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

}  // namespace

base::Result<Memory> read_memory(const Query& query, int first_column) {
  int column = first_column;
  Memory memory;
  memory.id = memory::uuid_text(query.blob_at(column++));
  memory.text = query.text_at(column++);
  memory.entities.user_id = query.text_at(column++);
  memory.entities.agent_id = query.text_at(column++);
  memory.entities.app_id = query.text_at(column++);
  memory.entities.run_id = query.text_at(column++);
  memory.metadata = query.text_at(column++);
  memory.categories = read_categories(query.text_at(column++));
  memory.role = query.text_at(column++);
  memory.created_at = from_microseconds(query.integer_at(column++));
  memory.updated_at = from_microseconds(query.integer_at(column++));
  if (!query.is_null(column)) {
    memory.expiration = {query.text_at(column + 1), from_microseconds(query.integer_at(column))};
  }
  constexpr int columns_of_expiration = 2;
  column += columns_of_expiration;
  if (query.is_null(column) || query.integer_at(column) == checksum(memory)) return memory;
  return base::fail(base::ErrorCode::corrupt,
                    fmt::format("memory {}: its row in the database is not what was written", memory.id),
                    "restore the store from a backup; the disk may be failing");
}

MemoryRow::MemoryRow(const Memory& memory)
    : memory(memory),
      id(memory::uuid_bytes(memory.id).value_or("")),
      categories(write_categories(memory.categories)) {}

void MemoryRow::bind(Query& query) const {
  query.blob(id).text(memory.text);
  query.text_or_null(memory.entities.user_id).text_or_null(memory.entities.agent_id);
  query.text_or_null(memory.entities.app_id).text_or_null(memory.entities.run_id);
  query.text_or_null(memory.metadata).text_or_null(categories).text(memory.role);
  query.integer(to_microseconds(memory.created_at)).integer(to_microseconds(memory.updated_at));
  if (memory.expiration) {
    query.integer(to_microseconds(memory.expiration->at)).text(memory.expiration->text);
  } else {
    query.null().null();
  }
  query.integer(checksum(memory));
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

}  // namespace memory_api::storage
