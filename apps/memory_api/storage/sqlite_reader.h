// Reader connections and what is asked of them.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/search/tokenizer.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/search_caches.h"
#include "apps/memory_api/storage/sqlite_connection.h"
#include "apps/memory_api/storage/sqlite_search.h"

namespace memory_api::storage {

// One reader. Every answer comes from one snapshot of the store.
class SqliteReader {
 public:
  static base::Result<std::unique_ptr<SqliteReader>> open(const std::filesystem::path& file,
                                                          const std::string& vfs, SearchCaches& caches);

  base::Result<std::optional<TenantRow>> tenant(std::string_view key_hash);
  base::Result<bool> has_stored_tenants();
  base::Result<memory::Memory> get(TenantNumber tenant, std::string_view id);
  base::Result<std::vector<memory::HistoryEntry>> history(TenantNumber tenant, std::string_view id);
  base::Result<memory::Listed<memory::Memory>> list(const ListRequest& request);
  base::Result<std::vector<memory::Scored>> search(const SearchRequest& request);
  base::Result<std::vector<WaitingText>> texts_without_vector(std::size_t most);
  base::Result<VectorBacklog> vector_backlog();
  base::Result<memory::Listed<memory::Entity>> entities(TenantNumber tenant, const memory::Page& page);
  base::Result<memory::AddEvent> event(TenantNumber tenant, std::string_view id);
  base::Result<std::string> document(TenantNumber tenant, std::string_view kind, std::string_view key);
  base::Status probe();

 private:
  SqliteReader(std::unique_ptr<Connection> connection, search::Tokenizer tokenizer, SearchCaches& caches)
      : connection_(std::move(connection)), tokenizer_(std::move(tokenizer)), caches_(caches) {}

  template <class Read>
  auto in_snapshot(const Read& read) -> decltype(read());
  base::Result<TenantVectors> vectors_for(const SearchRequest& request);
  base::Result<std::optional<memory::Memory>> find(TenantNumber tenant, std::string_view id_bytes);

  std::unique_ptr<Connection> connection_;  // outlives the tokenizer
  search::Tokenizer tokenizer_;
  SearchCaches& caches_;
};

// Lends readers out; who asks while all are out waits. Thread-safe.
class ReaderPool {
 public:
  explicit ReaderPool(std::vector<std::unique_ptr<SqliteReader>> readers) : idle_(std::move(readers)) {}

  template <class Read>
  auto with(const Read& read) {
    const Lease lease(*this);
    return read(*lease.reader);
  }

 private:
  struct Lease {
    explicit Lease(ReaderPool& pool);
    ~Lease();
    ReaderPool& pool;
    std::unique_ptr<SqliteReader> reader;
  };

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<SqliteReader>> idle_;
};

}  // namespace memory_api::storage
