// A memory service over a store, with writes that wait for their acknowledgement.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/storage/sqlite_storage.h"
#include "base/file.h"

namespace memory_api::testing {

// Calls `start(done)` and waits for done.
template <class T, class Start>
base::Result<T> wait_for(const Start& start) {
  std::promise<base::Result<T>> promise;
  auto future = promise.get_future();
  start([&promise](base::Result<T> result) { promise.set_value(std::move(result)); });
  return future.get();
}

class Service {
 public:
  Service() = default;  // none yet
  explicit Service(std::unique_ptr<storage::MemoryStorage> storage,
                   const base::Clock& clock = base::system_clock(),
                   memory::MemoryService::Keys keys = memory::MemoryService::Keys::open)
      : service_(std::make_unique<memory::MemoryService>(std::move(storage), keys, clock)) {}

  explicit Service(const std::filesystem::path& folder, storage::SqliteOptions options = {},
                   const base::Clock& clock = base::system_clock(),
                   memory::MemoryService::Keys keys = memory::MemoryService::Keys::open)
      : Service(opened(storage::open_sqlite_storage(folder, options)), clock, keys) {}

  memory::MemoryService& operator*() { return *service_; }
  memory::MemoryService* operator->() { return service_.get(); }

  memory::Tenant tenant(const std::string& key) { return service_->authenticate(key).value(); }

  base::Result<memory::Added> add(const memory::Tenant& tenant, std::vector<memory::NewMemory> memories) {
    return wait_for<memory::Added>(
        [&](auto done) { service_->add(tenant, std::move(memories), std::move(done)); });
  }
  base::Result<memory::Added> add(const memory::Tenant& tenant, const std::string& user,
                                  const std::string& text) {
    memory::NewMemory memory;
    memory.text = text;
    memory.entities.user_id = user;
    return add(tenant, {memory});
  }
  base::Result<memory::Memory> update(const memory::Tenant& tenant, const std::string& id,
                                      memory::MemoryChange change) {
    return wait_for<memory::Memory>(
        [&](auto done) { service_->update(tenant, id, std::move(change), std::move(done)); });
  }
  base::Status remove(const memory::Tenant& tenant, const std::string& id) {
    return wait_for<void>([&](auto done) { service_->remove(tenant, id, std::move(done)); });
  }
  base::Result<std::size_t> remove_all(const memory::Tenant& tenant, memory::Filter filter) {
    return wait_for<std::size_t>(
        [&](auto done) { service_->remove_all(tenant, std::move(filter), std::move(done)); });
  }
  base::Result<std::size_t> remove_batch(const memory::Tenant& tenant, std::vector<std::string> ids) {
    return wait_for<std::size_t>(
        [&](auto done) { service_->remove_batch(tenant, std::move(ids), std::move(done)); });
  }
  base::Result<std::size_t> update_batch(const memory::Tenant& tenant,
                                         std::vector<memory::BatchChange> changes) {
    return wait_for<std::size_t>(
        [&](auto done) { service_->update_batch(tenant, std::move(changes), std::move(done)); });
  }
  base::Result<std::size_t> remove_entity(const memory::Tenant& tenant, memory::EntityType type,
                                          const std::string& name) {
    return wait_for<std::size_t>(
        [&](auto done) { service_->remove_entity(tenant, type, name, std::move(done)); });
  }
  base::Status put_document(const memory::Tenant& tenant, const std::string& kind, const std::string& key,
                            const std::string& body) {
    return wait_for<void>(
        [&](auto done) { service_->put_document(tenant, kind, key, body, std::move(done)); });
  }
  base::Status merge_document(const memory::Tenant& tenant, const std::string& kind, const std::string& key,
                              const std::string& changes) {
    return wait_for<void>(
        [&](auto done) { service_->merge_document(tenant, kind, key, changes, std::move(done)); });
  }
  base::Status put_feedback(const memory::Tenant& tenant, const std::string& memory_id,
                            const std::string& body) {
    return wait_for<void>(
        [&](auto done) { service_->put_feedback(tenant, memory_id, body, std::move(done)); });
  }
  base::Result<memory::Revised> revise(const memory::Tenant& tenant, memory::Revision revision) {
    return wait_for<memory::Revised>(
        [&](auto done) { service_->revise(tenant, std::move(revision), std::move(done)); });
  }

 private:
  static std::unique_ptr<storage::MemoryStorage> opened(
      base::Result<std::unique_ptr<storage::MemoryStorage>> storage) {
    if (!storage) throw std::runtime_error(base::to_string(storage.error()));
    return *std::move(storage);
  }

  std::unique_ptr<memory::MemoryService> service_;
};

inline memory::Filter of_user(const std::string& user) {
  return memory::equals(memory::Field::user_id, user);
}

}  // namespace memory_api::testing
