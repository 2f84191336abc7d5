// One thread of the engine: connections, the requests they carry, and what became of each. When requests are
// sent is the business of a Model (open_model.h, closed_model.h).
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <limits>
#include <memory>
#include <vector>

#include "plimsoll/traffic/engine/collector.h"
#include "plimsoll/traffic/engine/connection.h"
#include "plimsoll/traffic/engine/flow_runner.h"
#include "plimsoll/traffic/engine/poller.h"
#include "plimsoll/traffic/engine/tally.h"

namespace plimsoll::traffic {

// What all workers of a run share.
struct SharedState {
  SharedState(const LoadPlan& load_plan, int workers)
      : plan(load_plan), threads(workers), collector(workers) {}

  const LoadPlan& plan;
  int threads = 1;
  Endpoint endpoint;
  std::unique_ptr<TlsClient> tls;    // of an https run
  int connection_limit = 0;          // of each worker
  bool limit_was_asked_for = false;  // reaching it is the user's wish, not the generator's fault
  base::Nanoseconds slice_length = std::chrono::seconds(1);
  std::chrono::steady_clock::time_point origin;
  Collector collector;
  std::atomic<bool> stop = false;  // end early
  std::atomic<bool> ever_connected = false;
  std::atomic<bool> unreachable = false;  // refused before anything ever connected
  std::atomic<int> unreachable_errno = 0;
  std::atomic<ErrorKind> unreachable_as = ErrorKind::connect;  // what the requests count as
};

struct WorkerTotals {
  Connection::Traffic traffic;
  base::Histogram lateness;      // of counted sends that were more than a millisecond late by our own fault
  std::uint64_t sends = 0;       // counted ones
  std::uint64_t never_sent = 0;  // for causes of our own: no descriptor, no port
  std::uint64_t open_at_end = 0;
  std::uint64_t connections_opened = 0;
  base::Nanoseconds last_done{};
  double run_queue_wait_seconds = 0;
  std::vector<CheckCounts> checks;  // in the order of check_names(); of plans with flows
  std::vector<FlowCounts> flows;
};

class Worker;

// Decides when requests are sent. Three there are: the open one, the open one of flows, the closed one. All
// calls come from the worker's thread.
class Model {
 public:
  virtual ~Model() = default;
  virtual void tick() = 0;                          // send what is due by now
  virtual base::Nanoseconds next_wake() const = 0;  // when tick() is wanted at the latest
  virtual bool finished() const = 0;                // nothing will be sent any more
  virtual void connection_ready(Connection& connection,
                                bool opening) = 0;  // idle: connected (opening), or answered
  // Closed. With `opening` it never connected.
  virtual void connection_gone(Connection& connection, bool opening) = 0;
  virtual void abandon() = 0;  // the run is stopped: account for what was due and not sent
};

inline constexpr base::Nanoseconds never = base::Nanoseconds::max();
// What is late by less is on time.
inline constexpr base::Nanoseconds worth_noting = std::chrono::milliseconds(1);

// Not thread-safe.
class Worker {
 public:
  Worker(SharedState& shared, int index, Poller poller);

  void run();
  const WorkerTotals& totals() const { return totals_; }
  // When a request was last answered, and when one last failed without an answer; from any thread.
  base::Nanoseconds answered_at() const { return answered_at_.load(std::memory_order_relaxed); }
  base::Nanoseconds failed_at() const { return failed_at_.load(std::memory_order_relaxed); }

  // For models.
  const SharedState& shared() const { return shared_; }
  int index() const { return index_; }
  base::Nanoseconds now() const { return poller_.now(); }
  base::Nanoseconds ready_since() const { return poller_.ready_since(); }
  base::Nanoseconds counting_from() const { return shared_.plan.shape.warmup; }
  std::uint32_t pick_route();
  base::Random& random() { return generator_.random; }
  FlowRunner* flows() { return flows_.get(); }  // nullptr where requests are drawn by themselves
  // A user's next step where there are flows, else a request of the mix.
  std::uint32_t next_route(std::uint32_t user) {
    return flows_ ? flows_->next_route(user, generator_) : pick_route();
  }

  // A new connection that begins to connect; the model hears of it through connection_ready or
  // connection_gone, which may come before this returns. With an exchange it is bound to it, for that user.
  void open_connection(const Exchange* exchange = nullptr, std::uint32_t user = 0);
  // Sends on an idle connection. `lateness` is by how much it was late for causes of our own.
  void send(Connection& connection, const Exchange& exchange, base::Nanoseconds lateness);
  // Accounts for a request that never was sent.
  void give_up(const Exchange& exchange, ErrorKind kind);
  void leave_open(const Exchange& exchange);
  std::size_t open_connections() const { return open_; }
  bool ends_early() const;

 private:
  void handle(const epoll_event& event);
  void react(Connection& connection, Connection::Event event, bool opening);
  void finish_response(Connection& connection);
  void finish_failure(Connection& connection, ErrorKind kind);
  void note_refusal(const Connection& connection);
  void note_gaps(Connection& connection);
  void expire();
  void record(const Exchange& exchange, int status, std::optional<ErrorKind> error);
  void bind(Connection& connection, const Exchange& exchange);
  void unbind(Connection& connection);
  void close_slices(base::Nanoseconds now);
  void end_run();
  Connection& fresh_connection();
  void recycle(Connection& connection);

  SharedState& shared_;
  int index_;
  Poller poller_;
  std::unique_ptr<Model> model_;
  Generator generator_;
  RenderBuffer render_;
  std::unique_ptr<FlowRunner> flows_;
  std::vector<double> cumulative_weights_;
  std::vector<char> buffer_;
  std::deque<Connection> connections_;  // stable addresses; recycled, never shrunk
  std::vector<Connection*> closed_;
  std::size_t open_ = 0;
  Connection* first_bound_ = nullptr;  // ascending by due time: also the order of their deadlines
  Connection* last_bound_ = nullptr;
  SliceTally tally_;
  bool tally_used_ = false;
  std::uint64_t slice_ = 0;
  WorkerTotals totals_;
  std::atomic<base::Nanoseconds> answered_at_{};
  std::atomic<base::Nanoseconds> failed_at_ = base::Nanoseconds(-1);
};

}  // namespace plimsoll::traffic
