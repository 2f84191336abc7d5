// A postings cache over a store that other processes write to as well. Each tenant's words have a version in
// the store that goes up with each change; what is cached is used by readers whose snapshot is not newer. So
// no reader misses what was acknowledged, whoever wrote it, and no message between the processes is needed
// for that; one that comes (`changed_elsewhere`) only lets go earlier.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "apps/memory_api/search/postings_cache.h"

namespace memory_api::search {

// Thread-safe.
class TenantPostings {
 public:
  using Tenant = std::int64_t;
  using Version = std::int64_t;

  explicit TenantPostings(std::size_t budget_bytes) : cache_(budget_bytes) {}

  // For a reader whose snapshot has the tenant at `version`.
  std::optional<PostingList> find(Tenant tenant, Version version, const std::string& term);
  void put(Tenant tenant, Version version, const std::string& term, const PostingList& list);

  // After our own commit, which led to `version`, and before it is acknowledged.
  void apply(Tenant tenant, Version version, IndexChanges changes);

  // Another process's commit led to `version`.
  void changed_elsewhere(Tenant tenant, Version version);

 private:
  // Entries of an earlier epoch are never found again, and fall out of the cache unused.
  struct State {
    Version version = -1;
    std::uint64_t epoch = 0;
  };

  State& state_of(Tenant tenant);
  static std::string key_of(const State& state, const std::string& term);

  std::mutex mutex_;
  std::unordered_map<Tenant, State> states_;
  std::uint64_t last_epoch_ = 0;
  PostingsCache cache_;
};

}  // namespace memory_api::search
