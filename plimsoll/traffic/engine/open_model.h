// The open model: requests are due on a schedule, whatever the server does.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "plimsoll/traffic/engine/worker.h"
#include "plimsoll/traffic/schedule.h"

namespace plimsoll::traffic {

// A worker's share of the schedule: every n-th request of n workers, first the warm-up's, then those that
// count.
class DueTimes {
 public:
  DueTimes(const LoadPlan& plan, int worker, int workers);

  // The next one; nothing after the last.
  std::optional<Exchange> next();

 private:
  std::optional<Schedule> warmup_;
  Schedule main_;
  base::Nanoseconds counting_from_;
  std::uint64_t skip_first_;
  std::uint64_t skip_between_;
  bool begun_ = false;
};

// Requests wait in due order and are taken by whichever connection is free first; new connections are opened
// while requests wait, only a few at a time, since a server that does not accept would only drop more of
// them.
class OpenModel final : public Model {
 public:
  explicit OpenModel(Worker& worker);

  void tick() override;
  base::Nanoseconds next_wake() const override;
  bool finished() const override { return !oldest_; }
  void connection_ready(Connection& connection, bool opening) override;
  void connection_gone(Connection& connection, bool opening) override;
  void abandon() override;

 private:
  void count_due(base::Nanoseconds now);
  void dispatch();
  void send_waiting();
  void send_oldest(base::Nanoseconds now);
  void open_more();
  base::Nanoseconds noticed_at(base::Nanoseconds due);
  void drop_oldest(ErrorKind kind);
  void advance();

  // Requests were due and the worker did not look: the wait for a connection began only after it, so that
  // this part is late by our own fault even where no connection was free.
  struct Overslept {
    base::Nanoseconds since;
    base::Nanoseconds until;
  };

  Worker& worker_;
  DueTimes due_times_;              // the requests themselves
  DueTimes ahead_;                  // the same, run ahead to know how many wait
  std::optional<Exchange> oldest_;  // not sent yet; due or not
  std::optional<Exchange> newest_;  // the first that is not due yet
  std::uint64_t waiting_ = 0;       // due and not sent
  std::vector<Connection*> idle_;   // the last one used is the first one taken
  std::size_t connecting_ = 0;
  base::Nanoseconds pool_ready_{};   // when the connection that waiting requests wanted became free
  std::deque<Overslept> overslept_;  // in order; those before the oldest request are dropped
  bool dispatching_ = false;
};

}  // namespace plimsoll::traffic
