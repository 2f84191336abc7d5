// The closed model: users with a connection each, who ask, wait for the answer, think, and ask again.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "plimsoll/traffic/engine/worker.h"
#include "plimsoll/traffic/schedule.h"

namespace plimsoll::traffic {

// Users who think begin by thinking, so that a thousand of them do not all come in the same moment (with
// exponential think times the run is in its steady state from the start). After a connection was refused a
// user waits 10 ms. A user of flows takes one after the other; when the ramp falls it ends the one it is in,
// when the run ends it leaves it where it is.
class ClosedModel final : public Model {
 public:
  explicit ClosedModel(Worker& worker);

  void tick() override;
  base::Nanoseconds next_wake() const override;
  bool finished() const override { return ended_ && asking_ == 0; }
  void connection_ready(Connection& connection, bool opening) override;
  void connection_gone(Connection& connection, bool opening) override;
  void abandon() override {}  // a user waits for answers only: nothing is due and not sent

 private:
  struct User {
    Connection* connection = nullptr;
    base::Nanoseconds planned{};  // when it wanted to ask; what is sent later is late by our own fault
    bool active = false;
    bool asking = false;
  };
  struct Alarm {
    base::Nanoseconds when;
    std::uint32_t user;
    bool operator>(const Alarm& other) const { return when > other.when; }
  };

  void follow_ramp(base::Nanoseconds now);
  void join(std::uint32_t user, base::Nanoseconds now);
  std::size_t wanted_users(base::Nanoseconds now) const;
  bool may_ask(base::Nanoseconds now) const;
  void ask(std::uint32_t user, base::Nanoseconds now);
  void answered(std::uint32_t user);
  void think(std::uint32_t user, base::Nanoseconds now);
  void wake_at(std::uint32_t user, base::Nanoseconds when);
  base::Nanoseconds think_time(std::uint32_t user);
  bool leaves(std::uint32_t user);

  Worker& worker_;
  Ramp ramp_;  // users over time; empty where their number is constant
  std::size_t constant_users_ = 0;
  base::Nanoseconds end_;  // no request begins after it
  std::uint64_t requests_left_;
  bool counts_requests_;
  bool ended_ = false;
  base::Nanoseconds next_ramp_{};
  std::size_t asking_ = 0;
  std::size_t active_ = 0;
  std::vector<User> users_;
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
};

}  // namespace plimsoll::traffic
