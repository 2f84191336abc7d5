// The vector tables of the tenants that searched lately, kept true by the writer. The store is the truth: a
// table is read from it when it is first needed, and forgotten when memory is short.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "apps/memory_api/search/vector_table.h"
#include "base/error.h"

namespace memory_api::search {

// What a committed transaction did to a tenant's vectors; empty values: it has none any more.
struct VectorChange {
  std::int64_t tenant = 0;
  std::int64_t document = 0;
  std::vector<float> values = {};
  std::uint64_t digest = 0;  // of the vector, as the store has it
};

// A table that is read while others change it. Thread-safe.
class SharedVectors {
 public:
  // Hands each vector of a snapshot to `put`.
  using Put = std::function<void(std::int64_t document, std::span<const float> values)>;
  using Read = std::function<base::Status(const Put& put)>;

  explicit SharedVectors(std::size_t dimensions) : table_(dimensions) {}

  // Reads it where it is not there yet; who comes meanwhile waits. The snapshot must be younger than this
  // object, which hears of all that is committed after it.
  base::Status load(const Read& read);

  bool is_loaded() const;

  // Empty where the query has another number of dimensions.
  std::vector<Bounded> scan(const EncodedQuery& query) const;

  void apply(const VectorChange& change);
  std::size_t bytes() const;

 private:
  void put_loaded(std::int64_t document, std::span<const float> values);

  std::mutex loading_;
  mutable std::shared_mutex mutex_;
  bool is_loaded_ = false;
  VectorTable table_;
  std::unordered_set<std::int64_t> changed_;  // while it is being read: newer than the snapshot
};

// Thread-safe.
class VectorTables {
 public:
  // Beyond the budget the table that was asked for longest ago is forgotten; the last one is always kept.
  explicit VectorTables(std::size_t budget_bytes) : budget_(budget_bytes) {}

  // Ask for it before the snapshot begins from which it is then loaded.
  std::shared_ptr<SharedVectors> of(std::int64_t tenant, std::size_t dimensions);

  // The tenant's table where it was read already; else nullptr.
  std::shared_ptr<SharedVectors> loaded(std::int64_t tenant);
  void forget(std::int64_t tenant);

  // After a commit and before it is acknowledged.
  void apply(std::span<const VectorChange> changes);

  // Forgets all: another embedder is in use.
  void clear();

 private:
  struct Entry {
    std::shared_ptr<SharedVectors> vectors;
    std::list<std::int64_t>::iterator place;
    std::size_t bytes = 0;  // when it was weighed
  };
  using Entries = std::unordered_map<std::int64_t, Entry>;
  void weigh(Entry& entry);
  void erase(Entries::iterator at);
  void shrink();

  std::mutex mutex_;
  std::size_t budget_;
  std::size_t bytes_ = 0;  // of all entries
  Entries entries_;
  std::list<std::int64_t> recent_;  // newest first
};

}  // namespace memory_api::search
