// The memory store for AI agents, as its HTTP layer sees it: many tenants, each named by an API key, who
// never see each other.
//
// Thread-safe throughout. Reads answer on the caller's thread (typically well under a millisecond; they wait
// when all reader connections are busy). Writes return at once and are acknowledged by their callback: with a
// value only when the write is on the disk and survives a power cut, with an error when nothing of it was
// done. A callback runs exactly once, on the storage's writer thread, or on the caller's before the call
// returns where the request itself is refused; it must not block and must not throw. A read that starts after
// an acknowledgement sees the write.
//
// Errors of every call: invalid_argument names the field; not_found also for what belongs to another tenant;
// no_space, io, corrupt, permission from the storage; unavailable when too many writes wait or the service
// was closed.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/memory/filter.h"
#include "apps/memory_api/memory/memory.h"
#include "base/clock.h"
#include "base/error.h"

namespace memory_api::storage {
class MemoryStorage;
}

namespace memory_api::search {
class Embedder;
}

namespace memory_api::memory {

// A tenant that has shown its key.
struct Tenant {
  std::int64_t number = 0;  // within this store
  std::string id = {};      // a UUID, fit to be shown as organisation or project id
};

template <class T>
using Done = std::move_only_function<void(base::Result<T>)>;

struct Added {
  std::string event_id = {};
  std::vector<Memory> memories = {};  // in the order given
};

struct Revision {
  std::vector<NewMemory> additions = {};
  std::vector<BatchChange> changes = {};
  std::vector<std::string> removals = {};
};

struct Revised {
  std::string event_id = {};
  std::vector<Memory> added = {};
  std::vector<Memory> changed = {};  // as they are now
};

struct ListQuery {
  Filter filter = {};
  Page page = {};
  bool show_expired = false;
};

struct SearchQuery {
  std::string text = {};
  Filter filter = {};
  std::size_t top_k = 10;  // 1–1,000
  double threshold = 0.1;  // 0–1: scores below it are left out
  bool show_expired = false;
};

struct Readiness {
  enum class Status { ok, degraded, down };  // degraded: reads work, writes fail (a full disk)
  Status status = Status::ok;
  std::chrono::nanoseconds latency{};  // of a read just made
  base::UtcTime since = {};            // when this status began
  std::string reason = {};             // empty where ok
};

// What a search found, and what it had to do without.
struct Found {
  std::vector<Scored> results = {};
  bool without_vectors = false;  // of the query, or of memories that have waited too long for theirs
};

struct EmbedderReadiness : Readiness {
  bool is_up = false;
  std::string model = {};          // empty: not known yet
  std::size_t waiting = 0;         // memories without a vector
  std::chrono::nanoseconds lag{};  // how long the oldest of them has waited
  std::uint64_t stored = 0;        // vectors, since start
  std::uint64_t failures = 0;
};

// For metrics; all since start, except waiting.
struct StorageCounters {
  std::uint64_t writes = 0;    // acknowledged
  std::uint64_t commits = 0;   // transactions they went in: writes / commits is the mean group
  std::uint64_t failures = 0;  // writes answered with a storage error
  std::uint64_t waiting = 0;   // writes in the queue now
};

class MemoryService {
 public:
  enum class Keys { stored, open };  // open: any well-formed key is a tenant of its own (tests, demos)

  // Without an embedder only words are searched for.
  MemoryService(std::unique_ptr<storage::MemoryStorage> storage, Keys keys, const base::Clock& clock);
  MemoryService(std::unique_ptr<storage::MemoryStorage> storage, Keys keys, const base::Clock& clock,
                std::unique_ptr<search::Embedder> embedder);
  ~MemoryService();  // as close()

  // Commits what was accepted, refuses everything after it. May be called twice.
  void close();

  // --- Keys: 1 to 256 bytes of '!' to '~'. Only their SHA-256 is stored: they are random, so no salt or slow
  // hash is due.

  // The tenant of a key. permission: unknown or malformed (not told apart). May wait for a commit at the
  // first sight of an open key. A key that was only ever seen as an open one is unknown to a service with
  // stored keys.
  base::Result<Tenant> authenticate(std::string_view key);

  // Makes a new key ("mem-" and 48 random hexadecimal digits) with a tenant of its own, durable on return,
  // and returns it: the only time it can be seen.
  base::Result<std::string> add_key();

  // Whether any stored key exists: at the first start one must be made.
  base::Result<bool> has_keys();

  // --- One memory. Ids of any other form than a lower-case UUID are not_found.

  // All or nothing, 1–1,000 memories, in one step. Texts: non-empty UTF-8; metadata: empty or a JSON object.
  void add(const Tenant& tenant, std::vector<NewMemory> memories, Done<Added> done);
  base::Result<Memory> get(const Tenant& tenant, std::string_view id);
  void update(const Tenant& tenant, std::string_view id, MemoryChange change, Done<Memory> done);
  void remove(const Tenant& tenant, std::string_view id, Done<void> done);
  base::Result<std::vector<HistoryEntry>> history(const Tenant& tenant, std::string_view id);  // oldest first

  // What came of one conversation, in one step: all or nothing. Up to 1,000 of all kinds together, also none;
  // ids of changes and removals are different. not_found where one is unknown.
  void revise(const Tenant& tenant, Revision revision, Done<Revised> done);

  // --- Many memories.

  // Newest first (created_at, then order of arrival). A page past the end is empty and carries the total.
  base::Result<Listed<Memory>> list(const Tenant& tenant, const ListQuery& query);
  // Best first; a memory whose text is the query comes before all others. By words and, with an embedder that
  // works, by meaning; a query without a searchable word (only stop words, punctuation) has only the latter.
  // An embedder that is another program is waited for, a second at most: on a thread made for it by `find`,
  // on the caller's by `search`.
  void find(const Tenant& tenant, SearchQuery query, Done<Found> done);
  base::Result<std::vector<Scored>> search(const Tenant& tenant, const SearchQuery& query);
  // Deletes exactly what the filter matches, expired memories included; how many. invalid_argument where the
  // filter names no entity id: everything is never deleted by leaving something out.
  void remove_all(const Tenant& tenant, Filter filter, Done<std::size_t> done);
  // 1–1,000 entries, all or nothing; not_found "2 of 5 memories do not exist" when one is unknown. An id
  // given twice is a conflict. The number of memories changed.
  void update_batch(const Tenant& tenant, std::vector<BatchChange> changes, Done<std::size_t> done);
  void remove_batch(const Tenant& tenant, std::vector<std::string> ids, Done<std::size_t> done);

  // --- Entities, by type (users, agents, apps, runs), then name.
  base::Result<Listed<Entity>> entities(const Tenant& tenant, const Page& page);
  // Removes every memory that names the entity; how many, 0 for one that does not exist (any more).
  void remove_entity(const Tenant& tenant, EntityType type, std::string name, Done<std::size_t> done);

  // --- The rest.
  base::Result<AddEvent> event(const Tenant& tenant, std::string_view id);

  // Small JSON documents of a tenant, by kind ("project", "export", "feedback") and key (1–256 bytes each;
  // body ≤ 1 MiB). Documents of kind "feedback" are keyed by a memory's id and go when it goes.
  void put_document(const Tenant& tenant, std::string kind, std::string key, std::string body,
                    Done<void> done);
  // Merges the object `changes` into the document (RFC 7396: null takes a member away).
  void merge_document(const Tenant& tenant, std::string kind, std::string key, std::string changes,
                      Done<void> done);
  // The feedback on a memory replaces the one before; not_found for an unknown memory.
  void put_feedback(const Tenant& tenant, std::string memory_id, std::string body, Done<void> done);
  base::Result<std::string> document(const Tenant& tenant, std::string_view kind, std::string_view key);

  // Whether the storage is beyond a network: then calls are not made on a thread that others need.
  bool is_remote() const;
  Readiness readiness();                                        // never waits for a network
  std::optional<EmbedderReadiness> embedder_readiness() const;  // nothing without an embedder
  StorageCounters counters() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace memory_api::memory
