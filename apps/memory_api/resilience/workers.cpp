#include "apps/memory_api/resilience/workers.h"

#include <utility>

namespace memory_api::resilience {

Workers::Workers(Options options) : options_(options) {
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  close();
}

void Workers::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  arrived_.notify_all();
  threads_.clear();
  // Nobody else touches the queue any more.
  for (Waiting& waiting : std::exchange(queue_, {})) waiting.job(false);
}

void Workers::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_closing_ && queue_.size() < options_.most_waiting) {
      queue_.push_back({std::move(job), std::chrono::steady_clock::now()});
      arrived_.notify_one();
      return;
    }
    ++refused_;
  }
  job(false);
}

std::uint64_t Workers::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    arrived_.wait(lock, [this] { return is_closing_ || !queue_.empty(); });
    if (is_closing_) return;
    Waiting next = std::move(queue_.front());
    queue_.pop_front();
    const bool is_late = std::chrono::steady_clock::now() - next.since > options_.longest_wait;
    if (is_late) ++refused_;
    lock.unlock();
    next.job(!is_late);
    lock.lock();
  }
}

}  // namespace memory_api::resilience
