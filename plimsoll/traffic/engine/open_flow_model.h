// The open model of flows: every arrival on the schedule is a new user with a flow of several steps.
#pragma once

#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "plimsoll/traffic/engine/open_model.h"

namespace plimsoll::traffic {

// The first step is due when its arrival is; every later one when the step before ended plus its think time.
// A user keeps one connection from the first step to the last, thinking included; afterwards another user
// takes it. Arrivals wait in due order while all connections are taken. After the last arrival the run goes
// on until every flow has ended.
class OpenFlowModel final : public Model {
 public:
  explicit OpenFlowModel(Worker& worker);

  void tick() override;
  base::Nanoseconds next_wake() const override;
  bool finished() const override { return !arrival_ && active_ == 0; }
  void connection_ready(Connection& connection, bool opening) override;
  void connection_gone(Connection& connection, bool opening) override;
  void abandon() override;

 private:
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};

  struct User {
    Connection* connection = nullptr;
    base::Nanoseconds due{};  // of the next step
    base::Nanoseconds late{};
    bool counted = true;
    bool asking = false;
  };
  struct Alarm {
    base::Nanoseconds when;
    std::uint32_t user;
    bool operator>(const Alarm& other) const { return when > other.when; }
  };

  void dispatch();
  void admit(base::Nanoseconds now);
  void wake(base::Nanoseconds now);
  bool may_open() const;
  std::size_t taken() const { return active_ + idle_.size(); }
  void begin(Connection* connection, base::Nanoseconds now);
  void ask(std::uint32_t user, base::Nanoseconds now, base::Nanoseconds ready);
  void connected();
  void answered(std::uint32_t user);
  void release(std::uint32_t user);
  std::uint32_t free_user();

  Worker& worker_;
  DueTimes due_times_;
  std::optional<Exchange> arrival_;  // the oldest that no user has taken, due or not
  std::uint64_t arrivals_ = 0;
  std::vector<User> users_;
  std::vector<std::uint32_t> free_;
  std::vector<Connection*> idle_;  // the last one used is the first one taken
  std::size_t active_ = 0;         // users in a flow; each has or will have a connection
  std::size_t connecting_ = 0;
  base::Nanoseconds pool_ready_{};  // when the connection that waiting arrivals wanted became free
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
  bool dispatching_ = false;
};

}  // namespace plimsoll::traffic
