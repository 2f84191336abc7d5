// What the service keeps: memories and what surrounds them. Plain types, no behaviour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace memory_api::memory {

// Who a memory is about. At least one is given; an empty text means "none". 1–256 characters of UTF-8 each.
struct EntityIds {
  std::string user_id = {};
  std::string agent_id = {};
  std::string app_id = {};
  std::string run_id = {};

  bool empty() const { return user_id.empty() && agent_id.empty() && app_id.empty() && run_id.empty(); }
  bool operator==(const EntityIds&) const = default;
};

// When a memory stops being found. `text` is the date as the caller wrote it; a bare date lasts to the end of
// that day (UTC).
struct Expiration {
  std::string text = {};
  base::UtcTime at = {};

  bool operator==(const Expiration&) const = default;
};

// Times are kept to the microsecond.
struct Memory {
  std::string id = {};  // lower-case version 4 UUID
  std::string text = {};
  EntityIds entities = {};
  std::string metadata = {};  // a JSON object as compact text; empty: none
  std::vector<std::string> categories = {};
  std::string role = "user";  // whose message it was: user, assistant, system or tool
  base::UtcTime created_at = {};
  base::UtcTime updated_at = {};
  std::optional<Expiration> expiration = {};

  bool operator==(const Memory&) const = default;
};

struct NewMemory {
  std::string text = {};
  EntityIds entities = {};
  std::string metadata = {};
  std::vector<std::string> categories = {};
  std::string role = "user";
  std::optional<base::UtcTime> created_at = {};  // the caller's `timestamp`; else now
  std::optional<Expiration> expiration = {};
};

// Members that are absent stay as they are.
struct MemoryChange {
  std::optional<std::string> text = {};
  std::optional<std::string> metadata = {};                  // replaces the whole object; empty text: none
  std::optional<base::UtcTime> updated_at = {};              // the caller's `timestamp`; else now
  std::optional<std::optional<Expiration>> expiration = {};  // set but empty: cleared
};

// One entry of a batch update.
struct BatchChange {
  std::string id = {};
  MemoryChange change = {};
};

enum class HistoryEvent { added, updated, deleted };

// One step in a memory's life. The history of a deleted memory keeps its steps and times, but no text:
// deleted is deleted.
struct HistoryEntry {
  std::string id = {};
  std::string memory_id = {};
  HistoryEvent event = HistoryEvent::added;
  std::optional<std::string> old_text = {};
  std::optional<std::string> new_text = {};
  std::string role = {};
  std::string user_id = {};
  base::UtcTime created_at = {};  // when the memory was made
  base::UtcTime updated_at = {};  // when this step was made
};

enum class EntityType { user, agent, app, run };

// An entity exists as long as a memory names it.
struct Entity {
  std::string id = {};  // a UUID made from tenant, type and name: the same every time
  EntityType type = EntityType::user;
  std::string name = {};
  std::size_t memories = 0;
  base::UtcTime created_at = {};  // its oldest memory
  base::UtcTime updated_at = {};  // its latest change
};

// What became of one `add`; kept for 7 days. `memories` holds those that still exist.
struct AddEvent {
  std::string id = {};
  base::UtcTime created_at = {};
  std::vector<Memory> memories = {};
};

struct Page {
  std::size_t number = 1;  // from 1
  std::size_t size = 100;  // 1–1,000

  std::size_t offset() const { return (number - 1) * size; }  // of its first entry, from 0
};

template <class T>
struct Listed {
  std::vector<T> items = {};  // empty past the end
  std::size_t total = 0;      // on all pages
};

struct Scored {
  Memory memory = {};
  double score = 0;  // similarity in 0..1, see search/similarity.h
};

}  // namespace memory_api::memory
