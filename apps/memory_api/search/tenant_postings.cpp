#include "apps/memory_api/search/tenant_postings.h"

#include <utility>

namespace memory_api::search {
namespace {

constexpr std::size_t most_tenants = 100'000;

}  // namespace

std::optional<PostingList> TenantPostings::find(Tenant tenant, Version version, const std::string& term) {
  const std::lock_guard lock(mutex_);
  State& state = state_of(tenant);
  if (state.version < version) state = {version, ++last_epoch_};
  return cache_.find(key_of(state, term));
}

void TenantPostings::put(Tenant tenant, Version version, const std::string& term, const PostingList& list) {
  const std::lock_guard lock(mutex_);
  const State& state = state_of(tenant);
  if (state.version == version) cache_.put(key_of(state, term), list, cache_.version());
}

void TenantPostings::apply(Tenant tenant, Version version, IndexChanges changes) {
  const std::lock_guard lock(mutex_);
  State& state = state_of(tenant);
  if (state.version >= version) return;  // a reader saw the commit before us
  if (state.version != version - 1) {    // others wrote between
    state = {version, ++last_epoch_};
    return;
  }
  state.version = version;
  for (auto& addition : changes.additions) addition.term = key_of(state, addition.term);
  for (auto& term : changes.stale_terms) term = key_of(state, term);
  cache_.apply(changes);
}

void TenantPostings::changed_elsewhere(Tenant tenant, Version version) {
  const std::lock_guard lock(mutex_);
  const auto known = states_.find(tenant);
  if (known != states_.end() && known->second.version < version) known->second = {version, ++last_epoch_};
}

TenantPostings::State& TenantPostings::state_of(Tenant tenant) {
  if (states_.size() >= most_tenants && !states_.contains(tenant)) states_.clear();
  const auto [at, is_new] = states_.try_emplace(tenant);
  if (is_new) at->second.epoch = ++last_epoch_;
  return at->second;
}

std::string TenantPostings::key_of(const State& state, const std::string& term) {
  return term + '#' + std::to_string(state.epoch);
}

}  // namespace memory_api::search
