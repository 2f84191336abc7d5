// The seam to where memories are kept: SQLite beside us, or PostgreSQL. No SQL and no HTTP crosses it: the
// service checks requests and makes ids and times, the engine keeps them and answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "apps/memory_api/memory/filter.h"
#include "apps/memory_api/memory/memory.h"
#include "base/error.h"

namespace memory_api::storage {

using TenantNumber = std::int64_t;

struct TenantRow {
  TenantNumber number = 0;
  std::string id = {};  // UUID
  bool open = false;    // made for an open key
};

// --- Write operations. Each is atomic: all of it or an error and nothing.

struct AddTenant {
  std::string key_hash = {};  // SHA-256 as 64 hexadecimal digits
  std::string id = {};
  bool open = false;
};  // conflict where the key exists

struct AddMemories {
  TenantNumber tenant = 0;
  std::string event_id = {};
  base::UtcTime at = {};
  std::vector<memory::Memory> memories = {};
};

struct UpdateMemories {
  TenantNumber tenant = 0;
  base::UtcTime at = {};
  std::vector<memory::BatchChange> changes = {};  // different ids
};  // not_found where one is unknown

struct RemoveMemories {
  TenantNumber tenant = 0;
  base::UtcTime at = {};
  std::vector<std::string> ids = {};  // different
};  // not_found where one is unknown

struct RemoveMatching {
  TenantNumber tenant = 0;
  base::UtcTime at = {};
  memory::Filter filter = {};
};

struct PutDocument {
  TenantNumber tenant = 0;
  std::string kind = {};
  std::string key = {};
  std::string body = {};
  bool merge = false;  // into the object that is there, as RFC 7396 has it: null takes a member away
  std::string about_memory = {};  // the id of a memory that must exist; empty: none
};  // not_found where about_memory is unknown

// What came of one conversation: facts that are new, changed or no longer true.
struct ReviseMemories {
  TenantNumber tenant = 0;
  std::string event_id = {};
  base::UtcTime at = {};
  std::vector<memory::Memory> added = {};
  std::vector<memory::BatchChange> changes = {};  // different ids
  std::vector<std::string> removed = {};          // different, and others than those of changes
};  // not_found where an id is unknown

// --- Vectors: what an embedder made of a memory's text. A memory that is added, or whose text changes, waits
// for its vector from that moment on; its old vector is gone at once, and with the memory it goes too.

// Which embedder's vectors are kept from now on: vectors of two are never compared. Where it is not the one
// of before, every memory waits anew and none has a vector.
struct UseEmbedder {
  base::UtcTime at = {};
  std::string name = {};       // of the model
  std::size_t dimensions = 0;  // of each vector, 1–4,096
  bool take_over = true;       // false: only where no other one is in use
};  // conflict where another one is and take_over is false; unsupported where can_keep_vectors() says so

struct MemoryVector {
  TenantNumber tenant = 0;
  std::string id = {};
  std::uint64_t text_digest = 0;   // base::xxh3_64 of the text that was embedded
  std::vector<float> values = {};  // of unit length; empty: the text has no vector and shall wait no longer
};

// Leaves out, without an error, memories that are gone or have another text by now.
struct PutVectors {
  std::string embedder = {};
  std::vector<MemoryVector> vectors = {};
};  // conflict where the embedder is not the one in use, or a vector has another number of dimensions

using WriteOperation = std::variant<AddTenant, AddMemories, UpdateMemories, RemoveMemories, RemoveMatching,
                                    PutDocument, ReviseMemories, UseEmbedder, PutVectors>;

struct WriteOutcome {
  std::size_t count = 0;                      // memories added, changed or removed; vectors kept
  TenantRow tenant = {};                      // of AddTenant
  std::vector<memory::Memory> memories = {};  // of UpdateMemories: as they are now
};

using WriteDone = std::move_only_function<void(base::Result<WriteOutcome>)>;

// --- Reads.

struct ListRequest {
  TenantNumber tenant = 0;
  memory::Filter filter = {};
  memory::Page page = {};
  std::optional<base::UtcTime> expired_before = {};  // leave out what expired by then
};

struct SearchRequest {
  TenantNumber tenant = 0;
  std::string text = {};
  memory::Filter filter = {};
  std::size_t top_k = 10;
  double threshold = 0;
  std::optional<base::UtcTime> expired_before = {};
  // The text's, of unit length, and whose it is; where that is not the one in use, or the vector is empty,
  // the words alone are searched for.
  std::vector<float> vector = {};
  std::string embedder = {};
  double vector_weight = 1;  // against the words' 1 (search/fusion.h)
  // Set, before the search returns, where there is a vector but those of the memories cannot be searched
  // through, as while many are still being read from the disk: then the words alone were searched for.
  bool* without_vectors = nullptr;
};

// A memory that waits for its vector.
struct WaitingText {
  TenantNumber tenant = 0;
  std::string id = {};
  std::string text = {};
  base::UtcTime since = {};
};

struct VectorBacklog {
  std::size_t waiting = 0;
  std::optional<base::UtcTime> since = {};   // when that began which has waited longest
  std::optional<std::string> embedder = {};  // whose vectors are kept, empty: nobody's; nothing: not known
};

struct Counters {
  std::uint64_t writes = 0;
  std::uint64_t commits = 0;
  std::uint64_t failures = 0;
  std::uint64_t waiting = 0;
};

// Thread-safe. A tenant's number is part of every call, and nothing of another tenant ever shows.
class MemoryStorage {
 public:
  virtual ~MemoryStorage() = default;  // as close()

  // Queues an operation; `done` runs once, on the writer's thread, when the operation is durable or failed.
  // Operations take effect in the order of the calls. unavailable (on the caller's thread) when the queue is
  // full or closed.
  virtual void write(WriteOperation operation, WriteDone done) = 0;

  virtual base::Result<std::optional<TenantRow>> tenant(std::string_view key_hash) = 0;
  virtual base::Result<bool> has_stored_tenants() = 0;

  virtual base::Result<memory::Memory> get(TenantNumber tenant, std::string_view id) = 0;
  virtual base::Result<std::vector<memory::HistoryEntry>> history(TenantNumber tenant,
                                                                  std::string_view id) = 0;
  virtual base::Result<memory::Listed<memory::Memory>> list(const ListRequest& request) = 0;
  virtual base::Result<std::vector<memory::Scored>> search(const SearchRequest& request) = 0;
  // The newest first: what was just added shall not wait for a long backlog.
  virtual base::Result<std::vector<WaitingText>> texts_without_vector(std::size_t most) = 0;
  // Never waits for a network: of a store beyond one it is some seconds old, and counts to 200,000.
  virtual base::Result<VectorBacklog> vector_backlog() = 0;
  // unsupported, with the reason, where it cannot keep any: search goes by words alone. Prepares what it
  // needs.
  virtual base::Status can_keep_vectors() { return {}; }
  virtual base::Result<memory::Listed<memory::Entity>> entities(TenantNumber tenant,
                                                                const memory::Page& page) = 0;
  virtual base::Result<memory::AddEvent> event(TenantNumber tenant, std::string_view id) = 0;
  virtual base::Result<std::string> document(TenantNumber tenant, std::string_view kind,
                                             std::string_view key) = 0;

  // Whether a call may wait for a network: then it is not made on a thread that others need.
  virtual bool is_remote() const { return false; }

  // A small read that touches the disk's file, or what came of the newest one: an error where reading does
  // not work.
  virtual base::Status probe() = 0;
  // How long the newest one took, where probe() does not make it itself.
  virtual std::optional<std::chrono::nanoseconds> probe_latency() const { return std::nullopt; }
  // The error of the newest write that failed for the storage's sake, until one succeeds.
  virtual std::optional<base::Error> write_error() const = 0;
  virtual Counters counters() const = 0;

  // Commits what is queued, runs its callbacks, refuses the rest.
  virtual void close() = 0;
};

}  // namespace memory_api::storage
