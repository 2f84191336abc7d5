#include "apps/memory_api/memory/key_ring.h"

#include <future>

#include "apps/memory_api/memory/check_request.h"
#include "base/hash.h"
#include "base/random.h"

namespace memory_api::memory {
namespace {

using base::ErrorCode;

constexpr std::size_t most_remembered = 10'000;
constexpr std::size_t random_bytes_of_a_key = 24;

std::unexpected<base::Error> unknown_key() {
  return base::fail(ErrorCode::permission, "the API key is not known");
}

}  // namespace

base::Result<Tenant> KeyRing::authenticate(std::string_view key) {
  if (!is_well_formed_key(key)) return unknown_key();
  const std::string key_hash = base::sha256_hex(key);
  if (auto tenant = remembered(key_hash)) return *tenant;
  BASE_ASSIGN(std::optional<storage::TenantRow> row, storage_.tenant(key_hash));
  const bool takes_open_keys = keys_ == MemoryService::Keys::open;
  if (!row && takes_open_keys) {
    BASE_ASSIGN(row, open_tenant(key_hash));
  }
  if (!row || (row->open && !takes_open_keys)) return unknown_key();
  const Tenant tenant{row->number, row->id};
  remember(key_hash, tenant);
  return tenant;
}

base::Result<std::string> KeyRing::add_key() {
  std::string key = "mem-" + base::random_hex(random_bytes_of_a_key);
  BASE_TRY(make_tenant(base::sha256_hex(key), false));
  return key;
}

base::Result<storage::TenantRow> KeyRing::make_tenant(const std::string& key_hash, bool open) {
  std::promise<base::Result<storage::WriteOutcome>> promise;
  auto future = promise.get_future();
  storage_.write(storage::AddTenant{key_hash, base::random_uuid(), open},
                 [&](base::Result<storage::WriteOutcome> outcome) { promise.set_value(std::move(outcome)); });
  BASE_ASSIGN(storage::WriteOutcome outcome, future.get());
  return outcome.tenant;
}

// Two requests may bring the same new key at the same time: the second finds the first one's tenant.
base::Result<storage::TenantRow> KeyRing::open_tenant(const std::string& key_hash) {
  auto made = make_tenant(key_hash, true);
  if (made || made.error().code != ErrorCode::conflict) return made;
  BASE_ASSIGN(const auto row, storage_.tenant(key_hash));
  if (!row) return base::fail(ErrorCode::internal, "a tenant that exists cannot be read");
  return *row;
}

std::optional<Tenant> KeyRing::remembered(const std::string& key_hash) {
  const std::lock_guard lock(mutex_);
  const auto at = known_.find(key_hash);
  return at == known_.end() ? std::nullopt : std::optional(at->second);
}

void KeyRing::remember(const std::string& key_hash, const Tenant& tenant) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= most_remembered) known_.clear();
  known_.emplace(key_hash, tenant);
}

}  // namespace memory_api::memory
