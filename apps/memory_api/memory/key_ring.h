// API keys and their tenants. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/storage/memory_storage.h"

namespace memory_api::memory {

class KeyRing {
 public:
  KeyRing(storage::MemoryStorage& storage, MemoryService::Keys keys) : storage_(storage), keys_(keys) {}

  base::Result<Tenant> authenticate(std::string_view key);
  base::Result<std::string> add_key();

 private:
  base::Result<storage::TenantRow> make_tenant(const std::string& key_hash, bool open);
  base::Result<storage::TenantRow> open_tenant(const std::string& key_hash);
  std::optional<Tenant> remembered(const std::string& key_hash);
  void remember(const std::string& key_hash, const Tenant& tenant);

  storage::MemoryStorage& storage_;
  MemoryService::Keys keys_;
  std::mutex mutex_;
  std::unordered_map<std::string, Tenant> known_;  // keys are never taken back, so what was true stays true
};

}  // namespace memory_api::memory
