#include "plimsoll/traffic/engine/closed_model.h"

#include <algorithm>
#include <cmath>

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

constexpr base::Nanoseconds ramp_step = 20ms;
constexpr base::Nanoseconds pause_after_refusal = 10ms;

// A worker's part of a number: worker 0 of 3 has 4 of 10.
std::uint64_t share_of(std::uint64_t whole, int worker, int workers) {
  const auto n = static_cast<std::uint64_t>(workers);
  return (whole + n - 1 - static_cast<std::uint64_t>(worker)) / n;
}

}  // namespace

ClosedModel::ClosedModel(Worker& worker)
    : worker_(worker),
      ramp_(worker.shared().plan.shape.users.value_or(0), worker.shared().plan.shape.user_stages),
      end_(worker.counting_from()) {
  const LoadShape& shape = worker.shared().plan.shape;
  counts_requests_ = shape.requests.has_value();
  requests_left_ = share_of(shape.requests.value_or(0), worker.index(), worker.shared().threads);
  end_ = counts_requests_ ? never : expected_length(shape);
  constant_users_ =
      static_cast<std::size_t>(shape.user_stages.empty() ? shape.users.value_or(default_users) : 0);
}

void ClosedModel::tick() {
  const base::Nanoseconds now = worker_.now();
  if (now >= end_ || (counts_requests_ && requests_left_ == 0)) ended_ = true;
  if (ended_) return;
  follow_ramp(now);
  while (!alarms_.empty() && alarms_.top().when <= now) {
    const Alarm alarm = alarms_.top();
    alarms_.pop();
    ask(alarm.user, now);
  }
}

base::Nanoseconds ClosedModel::next_wake() const {
  if (ended_) return never;
  const bool ramping = constant_users_ == 0;
  base::Nanoseconds wake = ramping ? std::min(end_, next_ramp_) : end_;
  if (!alarms_.empty()) wake = std::min(wake, alarms_.top().when);
  return wake;
}

void ClosedModel::connection_ready(Connection& connection, bool opening) {
  if (!opening) return answered(connection.user);
  users_[connection.user].connection = &connection;
  worker_.send(connection, connection.exchange, {});
}

void ClosedModel::connection_gone(Connection& connection, bool opening) {
  User& user = users_[connection.user];
  if (user.connection == &connection) user.connection = nullptr;
  if (!user.asking) return;  // it was thinking: the next request opens a new one
  if (!opening) return answered(connection.user);
  --asking_;
  user.asking = false;
  wake_at(connection.user, worker_.now() + pause_after_refusal);
}

std::size_t ClosedModel::wanted_users(base::Nanoseconds now) const {
  std::uint64_t whole = constant_users_;
  if (constant_users_ == 0) {
    const auto since =
        std::chrono::duration<double>(std::max(now - worker_.counting_from(), base::Nanoseconds{}));
    whole = static_cast<std::uint64_t>(std::llround(ramp_.level(since.count())));
  }
  return share_of(whole, worker_.index(), worker_.shared().threads);
}

// Users join as the ramp rises; they leave when they would ask again (ask).
void ClosedModel::follow_ramp(base::Nanoseconds now) {
  if (now < next_ramp_) return;
  next_ramp_ = constant_users_ > 0 ? never : now + ramp_step;
  active_ = wanted_users(now);
  if (users_.size() < active_) users_.resize(active_);
  for (std::uint32_t user = 0; user < active_; ++user) {
    if (!users_[user].active) join(user, now);
  }
}

void ClosedModel::join(std::uint32_t index, base::Nanoseconds now) {
  users_[index].active = true;
  if (FlowRunner* flows = worker_.flows()) {
    const auto threads = static_cast<std::uint64_t>(worker_.shared().threads);
    flows->welcome(index, index * threads + static_cast<std::uint64_t>(worker_.index()));
  }
  const ThinkTime& think_time = worker_.shared().plan.shape.think_time;
  if (think_time.distribution == ThinkDistribution::exponential && think_time.mean > 0ns) {
    return wake_at(index, now + pause_of(think_time, worker_.random()));
  }
  // Constant think times would keep users in step for ever: let them begin spread over one.
  wake_at(index, now + base::Nanoseconds(std::llround(static_cast<double>(think_time.mean.count()) *
                                                      worker_.random().uniform())));
}

bool ClosedModel::may_ask(base::Nanoseconds now) const {
  return !worker_.ends_early() && now < end_ && (!counts_requests_ || requests_left_ > 0);
}

void ClosedModel::ask(std::uint32_t index, base::Nanoseconds now) {
  User& user = users_[index];
  if (!may_ask(now)) return;
  if (index >= active_ && leaves(index)) {
    user.active = false;
    return;
  }
  const Exchange exchange{worker_.next_route(index), now >= worker_.counting_from(), now, std::nullopt};
  if (counts_requests_ && exchange.counted) --requests_left_;
  user.asking = true;
  ++asking_;
  if (user.connection != nullptr) return worker_.send(*user.connection, exchange, now - user.planned);
  worker_.open_connection(&exchange, index);
}

void ClosedModel::answered(std::uint32_t index) {
  --asking_;
  users_[index].asking = false;
  think(index, worker_.now());
}

void ClosedModel::think(std::uint32_t index, base::Nanoseconds now) {
  const base::Nanoseconds pause = think_time(index);
  if (pause > base::Nanoseconds{}) return wake_at(index, now + pause);
  users_[index].planned = now;
  ask(index, now);
}

void ClosedModel::wake_at(std::uint32_t index, base::Nanoseconds when) {
  users_[index].planned = when;
  alarms_.push({when, index});
}

base::Nanoseconds ClosedModel::think_time(std::uint32_t index) {
  const FlowRunner* flows = worker_.flows();
  return pause_of(flows != nullptr ? flows->think_time(index) : worker_.shared().plan.shape.think_time,
                  worker_.random());
}

bool ClosedModel::leaves(std::uint32_t index) {
  return worker_.flows() == nullptr || worker_.flows()->between_flows(index);
}

}  // namespace plimsoll::traffic
