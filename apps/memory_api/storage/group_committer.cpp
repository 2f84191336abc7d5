#include "apps/memory_api/storage/group_committer.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace memory_api::storage {
namespace {

using base::ErrorCode;

constexpr std::size_t most_waiting = 10'000;
constexpr std::size_t most_waiting_bytes = 16u << 20;
constexpr std::size_t largest_group = 256;
constexpr std::size_t largest_group_bytes = 4u << 20;
constexpr auto quiet_before_upkeep = std::chrono::seconds(1);
constexpr std::uint64_t groups_before_upkeep = 5'000;  // when it never gets quiet
constexpr auto events_are_kept = std::chrono::days(7);
constexpr auto prune_every = std::chrono::hours(1);

std::size_t bytes_of(const std::vector<memory::Memory>& memories) {
  std::size_t bytes = 0;
  for (const auto& memory : memories) bytes += memory.text.size() + memory.metadata.size() + 256;
  return bytes;
}

std::size_t bytes_of(const std::vector<memory::BatchChange>& changes) {
  const auto size = [](const std::optional<std::string>& text) { return text ? text->size() : 0; };
  std::size_t bytes = 0;
  for (const auto& entry : changes) bytes += size(entry.change.text) + size(entry.change.metadata) + 256;
  return bytes;
}

std::size_t bytes_of(const std::vector<MemoryVector>& vectors) {
  std::size_t bytes = 0;
  for (const auto& vector : vectors) bytes += vector.values.size() * sizeof(float) + 256;
  return bytes;
}

std::size_t bytes_of(const WriteOperation& operation) {
  if (const auto* add = std::get_if<AddMemories>(&operation)) return bytes_of(add->memories);
  if (const auto* update = std::get_if<UpdateMemories>(&operation)) return bytes_of(update->changes);
  if (const auto* revise = std::get_if<ReviseMemories>(&operation)) {
    return bytes_of(revise->added) + bytes_of(revise->changes) + 256;
  }
  if (const auto* vectors = std::get_if<PutVectors>(&operation)) return bytes_of(vectors->vectors);
  if (const auto* document = std::get_if<PutDocument>(&operation)) return document->body.size() + 256;
  return 256;
}

base::UtcTime time_of(const WriteOperation& operation) {
  return std::visit(
      [](const auto& kind) {
        if constexpr (requires { kind.at; }) return kind.at;
        return base::UtcTime();
      },
      operation);
}

}  // namespace

bool is_refusal(const base::Error& error) {
  return error.code == ErrorCode::not_found || error.code == ErrorCode::conflict ||
         error.code == ErrorCode::unsupported;
}

GroupCommitter::GroupCommitter(std::unique_ptr<GroupWriter> writer)
    : writer_(std::move(writer)), thread_([this] { work(); }) {}

GroupCommitter::~GroupCommitter() {
  close();
}

void GroupCommitter::submit(WriteOperation operation, WriteDone done) {
  Waiting waiting{std::move(operation), std::move(done), 0};
  waiting.bytes = bytes_of(waiting.operation);
  if (const char* refusal = enqueue(waiting)) {
    return waiting.done(base::fail(ErrorCode::unavailable, refusal, "try again in a moment"));
  }
  arrived_.notify_one();
}

// Takes it, or says why not and leaves it.
const char* GroupCommitter::enqueue(Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  if (closing_) return "the storage is closed";
  if (queue_.size() >= most_waiting || queued_bytes_ + waiting.bytes > most_waiting_bytes) {
    return "too many writes are waiting";
  }
  queued_bytes_ += waiting.bytes;
  queue_.push_back(std::move(waiting));
  return nullptr;
}

void GroupCommitter::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  arrived_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::optional<base::Error> GroupCommitter::write_error() const {
  const std::lock_guard lock(mutex_);
  return write_error_;
}

Counters GroupCommitter::counters() const {
  const std::lock_guard lock(mutex_);
  Counters counters = counters_;
  counters.waiting = queue_.size();
  return counters;
}

// --- On the writer's thread.

void GroupCommitter::work() {
  while (true) {
    Group group = take();
    if (!group.empty()) {
      commit(std::move(group));
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      if (closing_ && queue_.empty()) break;
    }
    do_upkeep();
  }
  finish_upkeep();
}

GroupCommitter::Group GroupCommitter::take() {
  std::unique_lock lock(mutex_);
  const auto has_news = [this] { return closing_ || !queue_.empty(); };
  if (!is_upkeep_due()) {
    arrived_.wait(lock, has_news);
  } else if (groups_since_upkeep_ >= groups_before_upkeep ||
             !arrived_.wait_for(lock, quiet_before_upkeep, has_news)) {
    groups_since_upkeep_ = 0;
    return {};
  }
  Group group;
  std::size_t bytes = 0;
  while (!queue_.empty() && group.size() < largest_group && bytes < largest_group_bytes) {
    bytes += queue_.front().bytes;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  ++groups_since_upkeep_;
  return group;
}

// When the whole group fails each member is tried alone: one that is too large must not take the others with
// it. A storage that cannot be reached is not asked again for each of them.
void GroupCommitter::commit(Group group) {
  for (const Waiting& waiting : group) newest_ = std::max(newest_, time_of(waiting.operation));
  base::Result<Outcomes> together = try_together(group);
  const auto is_away = [](const base::Error& error) {
    return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout;
  };
  Outcomes outcomes;
  if (together) {
    outcomes = *std::move(together);
  } else if (group.size() == 1 || is_away(together.error())) {
    outcomes.assign(group.size(), std::unexpected(together.error()));
  } else {
    outcomes = try_alone(group);
  }
  note(group, outcomes);
  for (std::size_t i = 0; i < group.size(); ++i) group[i].done(std::move(outcomes[i]));
}

base::Result<Outcomes> GroupCommitter::try_together(std::span<const Waiting> group) {
  std::vector<const WriteOperation*> operations;
  for (const Waiting& waiting : group) operations.push_back(&waiting.operation);
  BASE_ASSIGN(Outcomes outcomes, writer_->commit(operations));
  const std::lock_guard lock(mutex_);
  ++counters_.commits;
  return outcomes;
}

Outcomes GroupCommitter::try_alone(std::span<const Waiting> group) {
  Outcomes outcomes;
  for (const Waiting& waiting : group) {
    base::Result<Outcomes> one = try_together({&waiting, 1});
    outcomes.push_back(one ? std::move(one->front()) : std::unexpected(one.error()));
  }
  return outcomes;
}

void GroupCommitter::note(const Group& group, const Outcomes& outcomes) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (outcomes[i] || is_refusal(outcomes[i].error())) {
      ++counters_.writes;
      write_error_.reset();
    } else {
      ++counters_.failures;
      write_error_ = outcomes[i].error();
    }
  }
}

// --- Upkeep: traces of removed text, old events.

bool GroupCommitter::is_upkeep_due() const {
  return writer_->erasure_due() || newest_ - pruned_until_ >= prune_every;
}

void GroupCommitter::do_upkeep() {
  base::Status pruned;
  if (newest_ - pruned_until_ >= prune_every) {
    pruned_until_ = newest_;
    pruned = writer_->prune_events(newest_ - events_are_kept);
  }
  base::Result<bool> erased = true;
  // Between two steps a write may go first.
  for (bool is_idle = true; writer_->erasure_due() && is_idle && erased;) {
    erased = writer_->erase_some();
    const std::lock_guard lock(mutex_);
    is_idle = queue_.empty() && !closing_;
  }
  if (pruned && erased) return;
  const std::lock_guard lock(mutex_);
  write_error_ = pruned ? erased.error() : pruned.error();
}

// What cannot be erased now (a full disk) is noted in the file and erased after the next start.
void GroupCommitter::finish_upkeep() {
  constexpr int most_steps = 100'000;
  for (int step = 0; writer_->erasure_due() && step < most_steps; ++step) {
    if (!writer_->erase_some()) return;
  }
}

}  // namespace memory_api::storage
