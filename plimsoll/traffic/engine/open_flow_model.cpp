#include "plimsoll/traffic/engine/open_flow_model.h"

#include <algorithm>
#include <utility>

namespace plimsoll::traffic {
namespace {

constexpr std::size_t most_connecting = 128;

}  // namespace

OpenFlowModel::OpenFlowModel(Worker& worker)
    : worker_(worker),
      due_times_(worker.shared().plan, worker.index(), worker.shared().threads),
      arrival_(due_times_.next()) {}

void OpenFlowModel::tick() {
  dispatch();
}

base::Nanoseconds OpenFlowModel::next_wake() const {
  base::Nanoseconds wake = alarms_.empty() ? never : alarms_.top().when;
  if (!arrival_) return wake;
  const bool waits = arrival_->due <= worker_.now();  // for a connection: the next event, or its time-out
  return std::min(wake, waits ? arrival_->due + worker_.shared().plan.shape.timeout : arrival_->due);
}

void OpenFlowModel::connection_ready(Connection& connection, bool opening) {
  if (opening) {
    connected();
    User& user = users_[connection.user];
    user.connection = &connection;
    worker_.send(connection, connection.exchange, user.late);
  } else {
    answered(connection.user);
  }
  dispatch();
}

void OpenFlowModel::connection_gone(Connection& connection, bool opening) {
  if (opening) connected();
  if (connection.user == nobody) {
    std::erase(idle_, &connection);
  } else {
    User& user = users_[connection.user];
    user.connection = nullptr;
    if (user.asking) answered(connection.user);
  }
  dispatch();
}

// Those who waited because too many were connecting could not have begun before.
void OpenFlowModel::connected() {
  if (connecting_-- == most_connecting) pool_ready_ = worker_.ready_since();
}

void OpenFlowModel::abandon() {
  const bool unreachable = worker_.shared().unreachable;
  for (; arrival_ && arrival_->due <= worker_.now(); arrival_ = due_times_.next()) {
    arrival_->route = worker_.shared().plan.flows.list.front().first_route;
    unreachable ? worker_.give_up(*arrival_, worker_.shared().unreachable_as) : worker_.leave_open(*arrival_);
  }
  arrival_.reset();
  active_ = 0;
}

// Sending or opening may gain or lose a connection, which comes back here: the outer call goes on by itself.
void OpenFlowModel::dispatch() {
  if (std::exchange(dispatching_, true)) return;
  wake(worker_.now());
  admit(worker_.now());
  dispatching_ = false;
}

void OpenFlowModel::wake(base::Nanoseconds now) {
  while (!alarms_.empty() && alarms_.top().when <= now && !worker_.ends_early()) {
    const std::uint32_t user = alarms_.top().user;
    alarms_.pop();
    ask(user, now, {});
  }
}

void OpenFlowModel::admit(base::Nanoseconds now) {
  while (arrival_ && arrival_->due <= now && !worker_.ends_early()) {
    if (arrival_->due + worker_.shared().plan.shape.timeout <= now) {
      arrival_->route = worker_.shared().plan.flows.list.front().first_route;
      worker_.give_up(*arrival_, ErrorKind::timeout);
      arrival_ = due_times_.next();
    } else if (!idle_.empty()) {
      Connection* connection = idle_.back();
      idle_.pop_back();
      begin(connection, now);
    } else if (may_open()) {
      begin(nullptr, now);
    } else {
      return;
    }
    now = worker_.now();
  }
}

bool OpenFlowModel::may_open() const {
  return connecting_ < most_connecting &&
         taken() < static_cast<std::size_t>(worker_.shared().connection_limit);
}

void OpenFlowModel::begin(Connection* connection, base::Nanoseconds now) {
  const std::uint32_t index = free_user();
  const auto threads = static_cast<std::uint64_t>(worker_.shared().threads);
  worker_.flows()->welcome(index, arrivals_++ * threads + static_cast<std::uint64_t>(worker_.index()));
  User& user = users_[index];
  user = {connection, arrival_->due, {}, arrival_->counted, false};
  if (connection != nullptr) connection->user = index;
  arrival_ = due_times_.next();
  ++active_;
  ask(index, now, std::min(pool_ready_, now));
}

void OpenFlowModel::ask(std::uint32_t index, base::Nanoseconds now, base::Nanoseconds ready) {
  User& user = users_[index];
  const Exchange exchange{worker_.next_route(index), user.counted, user.due, std::nullopt};
  user.late = now - std::max(user.due, ready);
  user.asking = true;
  if (user.connection != nullptr) return worker_.send(*user.connection, exchange, user.late);
  ++connecting_;
  worker_.open_connection(&exchange, index);
}

void OpenFlowModel::answered(std::uint32_t index) {
  User& user = users_[index];
  user.asking = false;
  if (worker_.flows()->between_flows(index)) return release(index);
  user.due = worker_.now() + pause_of(worker_.flows()->think_time(index), worker_.random());
  alarms_.push({user.due, index});
}

void OpenFlowModel::release(std::uint32_t index) {
  Connection* connection = users_[index].connection;
  // A limit nobody asked for is ours to answer for: arrivals that waited for it are late.
  const bool at_own_limit = !worker_.shared().limit_was_asked_for &&
                            taken() >= static_cast<std::size_t>(worker_.shared().connection_limit);
  if (!at_own_limit && idle_.empty()) pool_ready_ = worker_.ready_since();
  --active_;
  free_.push_back(index);
  if (connection == nullptr) return;
  connection->user = nobody;
  idle_.push_back(connection);
}

std::uint32_t OpenFlowModel::free_user() {
  if (free_.empty()) {
    users_.emplace_back();
    return static_cast<std::uint32_t>(users_.size() - 1);
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  return index;
}

}  // namespace plimsoll::traffic
