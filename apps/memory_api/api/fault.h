// Planted faults, so that everyone can see a verdict turn: `memory_api --fault slow|errors|ranking|crash`, a
// documented flag for developers. Nothing of the service knows more of them than the three calls below.
// Regular, not random: the same requests meet the same fault.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "apps/memory_api/memory/memory.h"

namespace memory_api::api {

enum class FaultKind {
  none,
  slow,     // every third search or read answers 250 ms later
  errors,   // every 33rd request (3 %) is answered 500
  ranking,  // a search's results come in reverse, and its best third is missing
  crash     // the process gets SIGSEGV at its 300th request
};

std::optional<FaultKind> parse_fault(std::string_view text);

// Thread-safe. Requests about the service itself (/health, /ready, …) meet no fault.
class Fault {
 public:
  explicit Fault(FaultKind kind);
  ~Fault();

  // At the start of every request: true where it must be answered 500; does not return where the process must
  // crash.
  bool strikes_request();

  // Runs `answer`, now or later.
  void release(bool is_read, std::move_only_function<void()> answer);

  void disturb_ranking(std::vector<memory::Scored>& found) const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  void run_delayed();

  const FaultKind kind_;
  std::atomic<std::uint64_t> requests_ = 0;
  std::atomic<std::uint64_t> reads_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<Time, std::move_only_function<void()>> delayed_;
  bool stopping_ = false;
  std::thread thread_;  // runs only for slow
};

}  // namespace memory_api::api
