// Threads for work that waits for somebody else, so that those who serve connections never do. What cannot be
// begun soon is refused before a queue grows (load shedding): a client that waited a second has often given
// up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace memory_api::resilience {

// Thread-safe.
class Workers {
 public:
  struct Options {
    std::size_t threads = 16;
    std::size_t most_waiting = 256;
    std::chrono::nanoseconds longest_wait = std::chrono::seconds(1);
  };

  // Called once: with true on a worker's thread, to be done; with false where it is refused, on the caller's
  // thread or a worker's.
  using Job = std::move_only_function<void(bool is_accepted)>;

  Workers() : Workers(Options{}) {}
  explicit Workers(Options options);
  ~Workers();  // as close()

  // Refused at once where too many wait, and after close().
  void submit(Job job);

  // Ends what runs and refuses what waits. For one thread, which is none of these.
  void close();

  std::uint64_t refused() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    Job job;
    Time since;
  };

  void work();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Waiting> queue_;
  std::uint64_t refused_ = 0;
  bool is_closing_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace memory_api::resilience
