// The graphs of the tenants with many vectors (search/hnsw_index.h): a thread reads them from the store,
// builds them and saves them beside it (search/hnsw_file.h), and the writer keeps them true. The store is the
// truth: what a file holds counts only row by row, where the store has the same vector of the same memory.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "apps/memory_api/search/hnsw_file.h"
#include "apps/memory_api/search/hnsw_index.h"
#include "apps/memory_api/search/vector_tables.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/sqlite_connection.h"
#include "base/error.h"

namespace memory_api::storage {

// A tenant's graph; without an index while it is being read.
struct TenantGraph {
  std::shared_ptr<search::HnswIndex> index = {};
  std::int64_t embedder = 0;  // whose vectors they are
};

// Thread-safe.
class VectorGraphs {
 public:
  // Tenants that a file is there for are read at once, in the background. `database` exists already.
  VectorGraphs(std::filesystem::path database, std::string vfs, std::size_t exact_up_to);
  ~VectorGraphs();  // as close()

  // Nothing for a tenant of at most `exact_up_to` memories that never had more since the start.
  std::optional<TenantGraph> of(TenantNumber tenant, std::size_t memories);

  // After a commit and before it is acknowledged.
  void apply(std::span<const search::VectorChange> changes);

  // Forgets all, files too: another embedder is in use.
  void clear();

  // Ends the thread, in some milliseconds. What was not saved is made up for after the next start.
  void close();

 private:
  struct Entry;
  using SharedEntry = std::shared_ptr<Entry>;

  void open_files();
  SharedEntry open(TenantNumber tenant);
  void work();
  SharedEntry next();
  SharedEntry choose() const;
  bool is_over(const Entry& entry) const;
  base::Status load(Connection& connection, const SharedEntry& entry);
  base::Status load_snapshot(Connection& connection, const SharedEntry& entry);
  std::unique_ptr<search::HnswIndex> read_file(const search::IndexIdentity& identity,
                                               const std::function<bool()>& is_unwanted) const;
  void publish(const SharedEntry& entry, TenantGraph graph);
  void advance(Entry& entry);
  void erase_in_file(const Entry& entry, std::span<const search::Place> places) const;
  void save_if_due(Entry& entry);
  std::filesystem::path file_of(TenantNumber tenant) const;

  const std::filesystem::path database_;
  const std::string vfs_;
  const std::size_t exact_up_to_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<TenantNumber, SharedEntry> entries_;
  std::uint64_t turns_ = 0;
  std::vector<std::filesystem::path> unwanted_;  // files to be removed
  bool is_closed_ = false;
  std::thread thread_;
};

}  // namespace memory_api::storage
