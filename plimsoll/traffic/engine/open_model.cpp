#include "plimsoll/traffic/engine/open_model.h"

#include <algorithm>
#include <utility>

namespace plimsoll::traffic {
namespace {

constexpr std::size_t most_connecting = 128;

std::optional<Schedule> warmup_schedule(const LoadPlan& plan) {
  const LoadShape& shape = plan.shape;
  if (shape.warmup <= base::Nanoseconds{}) return std::nullopt;
  const double first_stage = shape.rate_stages.empty() ? 0 : shape.rate_stages.front().target;
  const Stage stage{shape.warmup, shape.rate.value_or(first_stage)};
  return Schedule(stage.target, std::span(&stage, 1), shape.arrival, ~plan.seed);
}

}  // namespace

DueTimes::DueTimes(const LoadPlan& plan, int worker, int workers)
    : warmup_(warmup_schedule(plan)),
      main_(make_schedule(plan.shape, plan.seed)),
      counting_from_(plan.shape.warmup),
      skip_first_(static_cast<std::uint64_t>(worker)),
      skip_between_(static_cast<std::uint64_t>(workers) - 1) {}

std::optional<Exchange> DueTimes::next() {
  for (std::uint64_t skip = std::exchange(begun_, true) ? skip_between_ : skip_first_;; --skip) {
    const auto warm = warmup_ ? warmup_->next() : std::nullopt;
    if (!warm) warmup_.reset();
    const auto due = warm ? warm : main_.next();
    if (!due) return std::nullopt;
    if (skip == 0) return Exchange{0, !warm, warm ? *warm : counting_from_ + *due, std::nullopt};
  }
}

OpenModel::OpenModel(Worker& worker)
    : worker_(worker),
      due_times_(worker.shared().plan, worker.index(), worker.shared().threads),
      ahead_(due_times_),
      oldest_(due_times_.next()),
      newest_(ahead_.next()) {
  if (oldest_) oldest_->route = worker_.pick_route();
}

void OpenModel::tick() {
  dispatch();
}

base::Nanoseconds OpenModel::next_wake() const {
  base::Nanoseconds wake = newest_ ? newest_->due : never;
  if (oldest_ && waiting_ > 0) wake = std::min(wake, oldest_->due + worker_.shared().plan.shape.timeout);
  return wake;
}

void OpenModel::connection_ready(Connection& connection, bool opening) {
  if (opening) --connecting_;
  // A limit nobody asked for is ours to answer for: requests that waited for it are late.
  const bool at_own_limit =
      !worker_.shared().limit_was_asked_for &&
      worker_.open_connections() >= static_cast<std::size_t>(worker_.shared().connection_limit);
  if (!at_own_limit && idle_.empty()) pool_ready_ = worker_.ready_since();
  idle_.push_back(&connection);
  dispatch();
}

void OpenModel::connection_gone(Connection& connection, bool opening) {
  if (!opening) {
    std::erase(idle_, &connection);
  } else {
    --connecting_;
    count_due(worker_.now());
    if (waiting_ > 0) drop_oldest(connection.failure());
  }
  dispatch();
}

void OpenModel::abandon() {
  count_due(worker_.now());
  const bool unreachable = worker_.shared().unreachable;
  while (waiting_ > 0) {
    unreachable ? worker_.give_up(*oldest_, worker_.shared().unreachable_as) : worker_.leave_open(*oldest_);
    advance();
  }
  oldest_.reset();
}

void OpenModel::count_due(base::Nanoseconds now) {
  if (newest_ && now - newest_->due > worth_noting) overslept_.push_back({newest_->due, now});
  for (; newest_ && newest_->due <= now; newest_ = ahead_.next()) ++waiting_;
}

// Sending or opening may gain or lose a connection, which comes back here: the outer call goes on by itself.
void OpenModel::dispatch() {
  if (std::exchange(dispatching_, true)) return;
  do {
    send_waiting();
    open_more();
  } while (waiting_ > 0 && !idle_.empty());
  dispatching_ = false;
}

void OpenModel::send_waiting() {
  const base::Nanoseconds timeout = worker_.shared().plan.shape.timeout;
  base::Nanoseconds now = worker_.now();
  count_due(now);
  while (waiting_ > 0) {
    if (oldest_->due + timeout <= now) {
      drop_oldest(ErrorKind::timeout);
    } else if (!idle_.empty()) {
      send_oldest(now);
      now = worker_.now();
      count_due(now);
    } else {
      return;
    }
  }
}

void OpenModel::send_oldest(base::Nanoseconds now) {
  Connection* connection = idle_.back();
  idle_.pop_back();
  const Exchange exchange = *oldest_;
  advance();
  const base::Nanoseconds noticed = noticed_at(exchange.due);
  worker_.send(*connection, exchange, noticed - exchange.due + now - std::max(noticed, pool_ready_));
}

base::Nanoseconds OpenModel::noticed_at(base::Nanoseconds due) {
  while (!overslept_.empty() && overslept_.front().until < due) overslept_.pop_front();
  const bool while_asleep = !overslept_.empty() && overslept_.front().since <= due;
  return while_asleep ? overslept_.front().until : due;
}

void OpenModel::open_more() {
  const auto limit = static_cast<std::size_t>(worker_.shared().connection_limit);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(waiting_, most_connecting));
  for (std::size_t attempt = connecting_; attempt < wanted; ++attempt) {
    if (!idle_.empty() || worker_.open_connections() >= limit || worker_.ends_early()) return;
    ++connecting_;
    worker_.open_connection();
  }
}

void OpenModel::drop_oldest(ErrorKind kind) {
  const Exchange exchange = *oldest_;
  advance();
  worker_.give_up(exchange, kind);
}

void OpenModel::advance() {
  --waiting_;
  oldest_ = due_times_.next();
  if (oldest_) oldest_->route = worker_.pick_route();
}

}  // namespace plimsoll::traffic
