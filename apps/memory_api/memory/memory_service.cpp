#include "apps/memory_api/memory/memory_service.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include "apps/memory_api/memory/background_embedder.h"
#include "apps/memory_api/memory/check_request.h"
#include "apps/memory_api/memory/key_ring.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "base/random.h"
#include "base/text.h"

namespace memory_api::memory {
namespace {

using base::ErrorCode;
using storage::WriteOutcome;

// Stored times have no more, and what is acknowledged is what is read back.
base::UtcTime to_the_microsecond(base::UtcTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time);
}

std::optional<Expiration> stored(std::optional<Expiration> expiration) {
  if (expiration) expiration->at = to_the_microsecond(expiration->at);
  return expiration;
}

Memory made(NewMemory&& memory, base::UtcTime now) {
  const base::UtcTime at = to_the_microsecond(memory.created_at.value_or(now));
  return {base::random_uuid(),
          std::move(memory.text),
          std::move(memory.entities),
          std::move(memory.metadata),
          std::move(memory.categories),
          std::move(memory.role),
          at,
          at,
          stored(std::move(memory.expiration))};
}

MemoryChange stored(MemoryChange change) {
  if (change.updated_at) change.updated_at = to_the_microsecond(*change.updated_at);
  if (change.expiration) change.expiration = stored(*std::move(change.expiration));
  return change;
}

// From what the storage came to, to what the caller wants to know of it.
template <class T, class Pick>
storage::WriteDone picking(Done<T> done, Pick pick) {
  return [done = std::move(done), pick = std::move(pick)](base::Result<WriteOutcome> outcome) mutable {
    if (!outcome) return done(std::unexpected(std::move(outcome).error()));
    done(pick(*std::move(outcome)));
  };
}

storage::WriteDone counting(Done<std::size_t> done) {
  return picking<std::size_t>(std::move(done), [](const WriteOutcome& outcome) { return outcome.count; });
}

storage::WriteDone acknowledging(Done<void> done) {
  return picking<void>(std::move(done), [](const WriteOutcome&) { return base::Status(); });
}

base::Status check_revision(const Revision& revision) {
  // Nothing at all is an outcome too: it leaves its event.
  const std::size_t entries = revision.additions.size() + revision.changes.size() + revision.removals.size();
  BASE_TRY(check_batch(std::max<std::size_t>(entries, 1)));
  if (!revision.additions.empty()) BASE_TRY(check_new(revision.additions));
  std::vector<std::string> ids = revision.removals;
  BASE_TRY(check_changes(revision.changes));
  for (const BatchChange& entry : revision.changes) ids.push_back(entry.id);
  return check_distinct(std::move(ids));
}

base::Status check_search(const SearchQuery& query) {
  constexpr std::size_t most_results = 1'000;
  const auto refuse = [](std::string message) {
    return base::fail(ErrorCode::invalid_argument, std::move(message));
  };
  if (base::trim(query.text).empty()) return refuse("query: expected some text, found none");
  if (!base::is_valid_utf8(query.text)) return refuse("query: not valid UTF-8");
  if (query.top_k < 1 || query.top_k > most_results) return refuse("top_k: expected 1 to 1000");
  if (!(query.threshold >= 0 && query.threshold <= 1)) return refuse("threshold: expected 0 to 1");
  return {};
}

}  // namespace

class MemoryService::Core {
 public:
  Core(std::unique_ptr<storage::MemoryStorage> storage_engine, Keys keys_taken, const base::Clock& time,
       std::unique_ptr<search::Embedder> embedder_taken)
      : storage(std::move(storage_engine)), keys(*storage, keys_taken), clock(time), since_(time.utc()) {
    if (embedder_taken) {
      embedder = std::make_unique<BackgroundEmbedder>(*storage, std::move(embedder_taken), clock);
    }
  }

  // A write after which memories may wait for their vectors.
  void write_texts(storage::WriteOperation operation, storage::WriteDone done) {
    if (!embedder) return storage->write(std::move(operation), std::move(done));
    storage->write(std::move(operation),
                   [this, done = std::move(done)](base::Result<WriteOutcome> outcome) mutable {
                     const bool is_written = outcome.has_value();
                     done(std::move(outcome));
                     if (is_written) embedder->wake();
                   });
  }

  // Without a vector it goes by words alone, and says so where an embedder is in use.
  base::Result<Found> find(const Tenant& tenant, const SearchQuery& query, bool with_vector) {
    storage::SearchRequest request{tenant.number, query.text,      query.filter,
                                   query.top_k,   query.threshold, expired_before(query.show_expired)};
    Found found;
    found.without_vectors = embedder && !with_vector;
    if (embedder && with_vector) {
      auto vector = embedder->embed_query(query.text);
      found.without_vectors = !vector || embedder->is_behind();
      if (vector) {
        request.vector = std::move(vector->values);
        request.embedder = std::move(vector->embedder);
        request.vector_weight = vector->trust;
      }
    }
    bool without_vectors = false;
    request.without_vectors = &without_vectors;
    BASE_ASSIGN(found.results, storage->search(request));
    found.without_vectors = found.without_vectors || without_vectors;
    return found;
  }

  std::optional<base::UtcTime> expired_before(bool show_expired) const {
    return show_expired ? std::nullopt : std::optional(clock.utc());
  }

  void put(storage::PutDocument document, Done<void> done) {
    base::Status checked = check_id("kind", document.kind);
    if (checked) checked = check_id("key", document.key);
    if (checked && document.body.size() > longest_document) {
      checked = base::fail(ErrorCode::invalid_argument, "body: longer than 1 MiB");
    }
    if (!checked) return done(std::unexpected(checked.error()));
    storage->write(std::move(document), acknowledging(std::move(done)));
  }

  // The time when a status began is that of the first look that found it.
  Readiness judged(Readiness readiness) {
    const std::lock_guard lock(mutex_);
    if (readiness.status != status_) {
      status_ = readiness.status;
      since_ = clock.utc();
    }
    readiness.since = since_;
    return readiness;
  }

  std::unique_ptr<storage::MemoryStorage> storage;
  KeyRing keys;
  const base::Clock& clock;
  std::unique_ptr<BackgroundEmbedder> embedder;  // nullptr: none; ends before the storage

 private:
  std::mutex mutex_;
  Readiness::Status status_ = Readiness::Status::ok;
  base::UtcTime since_;
};

MemoryService::MemoryService(std::unique_ptr<storage::MemoryStorage> storage, Keys keys,
                             const base::Clock& clock)
    : MemoryService(std::move(storage), keys, clock, nullptr) {}

MemoryService::MemoryService(std::unique_ptr<storage::MemoryStorage> storage, Keys keys,
                             const base::Clock& clock, std::unique_ptr<search::Embedder> embedder)
    : core_(std::make_unique<Core>(std::move(storage), keys, clock, std::move(embedder))) {}

MemoryService::~MemoryService() {
  close();
}

void MemoryService::close() {
  if (core_->embedder) core_->embedder->close();
  core_->storage->close();
}

base::Result<Tenant> MemoryService::authenticate(std::string_view key) {
  return core_->keys.authenticate(key);
}

base::Result<std::string> MemoryService::add_key() {
  return core_->keys.add_key();
}

base::Result<bool> MemoryService::has_keys() {
  return core_->storage->has_stored_tenants();
}

// --- One memory.

void MemoryService::add(const Tenant& tenant, std::vector<NewMemory> memories, Done<Added> done) {
  if (auto checked = check_new(memories); !checked) return done(std::unexpected(checked.error()));
  const base::UtcTime now = core_->clock.utc();
  Added added{base::random_uuid(), {}};
  for (NewMemory& memory : memories) added.memories.push_back(made(std::move(memory), now));
  storage::AddMemories operation{tenant.number, added.event_id, now, added.memories};
  core_->write_texts(std::move(operation),
                     picking<Added>(std::move(done), [added = std::move(added)](const WriteOutcome&) mutable {
                       return std::move(added);
                     }));
}

base::Result<Memory> MemoryService::get(const Tenant& tenant, std::string_view id) {
  return core_->storage->get(tenant.number, id);
}

void MemoryService::update(const Tenant& tenant, std::string_view id, MemoryChange change,
                           Done<Memory> done) {
  if (auto checked = check_change(change); !checked) return done(std::unexpected(checked.error()));
  storage::UpdateMemories operation{tenant.number, to_the_microsecond(core_->clock.utc()), {}};
  operation.changes.push_back({std::string(id), stored(std::move(change))});
  core_->write_texts(std::move(operation), picking<Memory>(std::move(done), [](WriteOutcome outcome) {
                       return std::move(outcome.memories.front());
                     }));
}

void MemoryService::remove(const Tenant& tenant, std::string_view id, Done<void> done) {
  core_->storage->write(storage::RemoveMemories{tenant.number, core_->clock.utc(), {std::string(id)}},
                        acknowledging(std::move(done)));
}

base::Result<std::vector<HistoryEntry>> MemoryService::history(const Tenant& tenant, std::string_view id) {
  return core_->storage->history(tenant.number, id);
}

void MemoryService::revise(const Tenant& tenant, Revision revision, Done<Revised> done) {
  if (auto checked = check_revision(revision); !checked) return done(std::unexpected(checked.error()));
  const base::UtcTime now = core_->clock.utc();
  storage::ReviseMemories operation{tenant.number, base::random_uuid(), to_the_microsecond(now), {}, {}, {}};
  for (NewMemory& memory : revision.additions) operation.added.push_back(made(std::move(memory), now));
  for (BatchChange& entry : revision.changes) {
    operation.changes.push_back({std::move(entry.id), stored(std::move(entry.change))});
  }
  operation.removed = std::move(revision.removals);
  const std::size_t added = operation.added.size();
  std::string event_id = operation.event_id;
  core_->write_texts(
      std::move(operation), picking<Revised>(std::move(done), [added, event_id = std::move(event_id)](
                                                                  WriteOutcome outcome) mutable {
        const auto first_changed = outcome.memories.begin() + static_cast<std::ptrdiff_t>(added);
        return Revised{std::move(event_id),
                       {std::move_iterator(outcome.memories.begin()), std::move_iterator(first_changed)},
                       {std::move_iterator(first_changed), std::move_iterator(outcome.memories.end())}};
      }));
}

// --- Many memories.

base::Result<Listed<Memory>> MemoryService::list(const Tenant& tenant, const ListQuery& query) {
  BASE_TRY(check_page(query.page));
  return core_->storage->list(
      {tenant.number, query.filter, query.page, core_->expired_before(query.show_expired)});
}

void MemoryService::find(const Tenant& tenant, SearchQuery query, Done<Found> done) {
  if (auto checked = check_search(query); !checked) return done(std::unexpected(checked.error()));
  if (!core_->embedder) return done(core_->find(tenant, query, false));
  core_->embedder->run([core = core_.get(), tenant, query = std::move(query), done = std::move(done)](
                           bool may_wait) mutable { done(core->find(tenant, query, may_wait)); });
}

base::Result<std::vector<Scored>> MemoryService::search(const Tenant& tenant, const SearchQuery& query) {
  BASE_TRY(check_search(query));
  BASE_ASSIGN(Found found, core_->find(tenant, query, true));
  return std::move(found.results);
}

void MemoryService::remove_all(const Tenant& tenant, Filter filter, Done<std::size_t> done) {
  if (!names_an_entity(filter)) {
    return done(base::fail(ErrorCode::invalid_argument,
                           "filters: expected at least one of user_id, agent_id, app_id, run_id",
                           "\"*\" means any value"));
  }
  core_->storage->write(storage::RemoveMatching{tenant.number, core_->clock.utc(), std::move(filter)},
                        counting(std::move(done)));
}

void MemoryService::update_batch(const Tenant& tenant, std::vector<BatchChange> changes,
                                 Done<std::size_t> done) {
  std::vector<std::string> ids;
  base::Status checked = check_batch(changes.size());
  if (checked) checked = check_changes(changes);
  for (BatchChange& entry : changes) {
    ids.push_back(entry.id);
    entry.change = stored(std::move(entry.change));
  }
  if (checked) checked = check_distinct(std::move(ids));
  if (!checked) return done(std::unexpected(checked.error()));
  core_->write_texts(
      storage::UpdateMemories{tenant.number, to_the_microsecond(core_->clock.utc()), std::move(changes)},
      counting(std::move(done)));
}

void MemoryService::remove_batch(const Tenant& tenant, std::vector<std::string> ids, Done<std::size_t> done) {
  base::Status checked = check_batch(ids.size());
  if (checked) checked = check_distinct(ids);
  if (!checked) return done(std::unexpected(checked.error()));
  core_->storage->write(storage::RemoveMemories{tenant.number, core_->clock.utc(), std::move(ids)},
                        counting(std::move(done)));
}

// --- Entities.

base::Result<Listed<Entity>> MemoryService::entities(const Tenant& tenant, const Page& page) {
  BASE_TRY(check_page(page));
  return core_->storage->entities(tenant.number, page);
}

void MemoryService::remove_entity(const Tenant& tenant, EntityType type, std::string name,
                                  Done<std::size_t> done) {
  if (auto checked = check_id("name", name); !checked) return done(std::unexpected(checked.error()));
  remove_all(tenant, equals(field_of(type), std::move(name)), std::move(done));
}

// --- The rest.

base::Result<AddEvent> MemoryService::event(const Tenant& tenant, std::string_view id) {
  return core_->storage->event(tenant.number, id);
}

void MemoryService::put_document(const Tenant& tenant, std::string kind, std::string key, std::string body,
                                 Done<void> done) {
  core_->put({tenant.number, std::move(kind), std::move(key), std::move(body), false, {}}, std::move(done));
}

void MemoryService::merge_document(const Tenant& tenant, std::string kind, std::string key,
                                   std::string changes, Done<void> done) {
  core_->put({tenant.number, std::move(kind), std::move(key), std::move(changes), true, {}}, std::move(done));
}

void MemoryService::put_feedback(const Tenant& tenant, std::string memory_id, std::string body,
                                 Done<void> done) {
  storage::PutDocument document{tenant.number,   "feedback", memory_id,
                                std::move(body), false,      std::move(memory_id)};
  core_->put(std::move(document), std::move(done));
}

base::Result<std::string> MemoryService::document(const Tenant& tenant, std::string_view kind,
                                                  std::string_view key) {
  return core_->storage->document(tenant.number, kind, key);
}

bool MemoryService::is_remote() const {
  return core_->storage->is_remote();
}

Readiness MemoryService::readiness() {
  Readiness readiness;
  const auto start = core_->clock.steady();
  const base::Status probed = core_->storage->probe();
  readiness.latency = core_->storage->probe_latency().value_or(core_->clock.steady() - start);
  if (!probed) {
    readiness.status = Readiness::Status::down;
    readiness.reason = base::to_string(probed.error());
  } else if (const auto error = core_->storage->write_error()) {
    readiness.status = Readiness::Status::degraded;
    readiness.reason = base::to_string(*error);
  }
  return core_->judged(std::move(readiness));
}

std::optional<EmbedderReadiness> MemoryService::embedder_readiness() const {
  if (!core_->embedder) return std::nullopt;
  return core_->embedder->readiness();
}

StorageCounters MemoryService::counters() const {
  const storage::Counters counters = core_->storage->counters();
  return {counters.writes, counters.commits, counters.failures, counters.waiting};
}

}  // namespace memory_api::memory
