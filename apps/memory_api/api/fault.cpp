#include "apps/memory_api/api/fault.h"

#include <algorithm>
#include <csignal>

namespace memory_api::api {
namespace {

constexpr auto delay = std::chrono::milliseconds(250);
constexpr std::uint64_t slow_every = 3;
constexpr std::uint64_t error_every = 33;
constexpr std::uint64_t crash_at = 300;

}  // namespace

std::optional<FaultKind> parse_fault(std::string_view text) {
  if (text == "slow") return FaultKind::slow;
  if (text == "errors") return FaultKind::errors;
  if (text == "ranking") return FaultKind::ranking;
  if (text == "crash") return FaultKind::crash;
  return std::nullopt;
}

Fault::Fault(FaultKind kind) : kind_(kind) {
  if (kind_ == FaultKind::slow) thread_ = std::thread([this] { run_delayed(); });
}

Fault::~Fault() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Fault::strikes_request() {
  if (kind_ != FaultKind::errors && kind_ != FaultKind::crash) return false;
  const std::uint64_t number = ++requests_;
  if (kind_ == FaultKind::crash && number >= crash_at) std::raise(SIGSEGV);
  return kind_ == FaultKind::errors && number % error_every == 0;
}

void Fault::release(bool is_read, std::move_only_function<void()> answer) {
  if (kind_ != FaultKind::slow || !is_read || ++reads_ % slow_every != 0) return answer();
  const std::lock_guard lock(mutex_);
  delayed_.emplace(std::chrono::steady_clock::now() + delay, std::move(answer));
  wake_.notify_all();
}

void Fault::disturb_ranking(std::vector<memory::Scored>& found) const {
  if (kind_ != FaultKind::ranking) return;
  found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>((found.size() + 2) / 3));
  std::reverse(found.begin(), found.end());
}

// When the program stops, what waits is answered at once.
void Fault::run_delayed() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || !delayed_.empty()) {
    if (delayed_.empty()) {
      wake_.wait(lock);
    } else if (!stopping_ && std::chrono::steady_clock::now() < delayed_.begin()->first) {
      wake_.wait_until(lock, delayed_.begin()->first);
    } else {
      auto due = delayed_.extract(delayed_.begin());
      lock.unlock();
      due.mapped()();
      lock.lock();
    }
  }
}

}  // namespace memory_api::api
