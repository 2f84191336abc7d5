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
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "apps/memory_api/storage/group_writer.h"
#include "apps/memory_api/storage/memory_storage.h"

namespace memory_api::storage {

// Thread-safe.
class GroupCommitter {
 public:
  explicit GroupCommitter(std::unique_ptr<GroupWriter> writer);
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

  const char* enqueue(Waiting& waiting);
  void work();
  // The next group; empty when nothing came for a while and upkeep is due, or when closed and all is done.
  Group take();
  void commit(Group group);
  base::Result<Outcomes> try_together(std::span<const Waiting> group);
  Outcomes try_alone(std::span<const Waiting> group);
  void note(const Group& group, const Outcomes& outcomes);
  void do_upkeep();
  void finish_upkeep();
  bool is_upkeep_due() const;

  std::unique_ptr<GroupWriter> writer_;
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
