// The one writer: a thread that takes everything waiting, carries it out in one transaction and acknowledges
// it after the commit. So the price of a sync is shared by all who wait for it, and nobody waits for a timer:
// while one group is being synced the next one gathers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/memory_api/search/tokenizer.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/search_caches.h"
#include "apps/memory_api/storage/sqlite_connection.h"
#include "apps/memory_api/storage/sqlite_writer.h"

namespace memory_api::storage {

// Thread-safe.
class GroupCommitter {
 public:
  static base::Result<std::unique_ptr<GroupCommitter>> start(std::unique_ptr<Connection> connection,
                                                             search::Tokenizer tokenizer,
                                                             SearchCaches& caches);
  ~GroupCommitter();  // as close()

  // As MemoryStorage::write.
  void submit(WriteOperation operation, WriteDone done);

  // Commits what waits, erases what is due, ends the thread.
  void close();

  std::optional<base::Error> write_error() const;
  Counters counters() const;

 private:
  struct Waiting {
    WriteOperation operation;
    WriteDone done;
    std::size_t bytes = 0;
  };
  using Group = std::vector<Waiting>;
  using Outcomes = std::vector<base::Result<WriteOutcome>>;

  GroupCommitter(std::unique_ptr<Connection> connection, search::Tokenizer tokenizer, SearchCaches& caches);
  const char* enqueue(Waiting& waiting);
  void work();
  // The next group; empty when nothing came for a while and upkeep is due, or when closed and all is done.
  Group take();
  void commit(Group group);
  std::optional<Outcomes> try_together(const Group& group, base::Error& error);
  void note(const Group& group, const Outcomes& outcomes);
  void do_upkeep();
  void finish_upkeep();
  bool is_upkeep_due() const;

  std::unique_ptr<Connection> connection_;  // outlives the tokenizer
  search::Tokenizer tokenizer_;
  SqliteWriter writer_;
  SearchCaches& caches_;
  base::UtcTime newest_;  // of the operations seen: what upkeep takes for now
  base::UtcTime pruned_until_;
  std::uint64_t groups_since_upkeep_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Waiting> queue_;
  std::size_t queued_bytes_ = 0;
  bool closing_ = false;
  Counters counters_;
  std::optional<base::Error> write_error_;
  std::thread thread_;
};

}  // namespace memory_api::storage
