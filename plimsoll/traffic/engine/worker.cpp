#include "plimsoll/traffic/engine/worker.h"

#include <algorithm>
#include <cerrno>
#include <fstream>

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "plimsoll/traffic/engine/closed_model.h"
#include "plimsoll/traffic/engine/open_flow_model.h"
#include "plimsoll/traffic/engine/open_model.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t buffer_bytes = 64 << 10;
constexpr base::Nanoseconds stop_is_noticed_after = 50ms;

// The second number: nanoseconds this thread was ready to run and had to wait for a core.
double run_queue_wait() {
  std::ifstream file("/proc/thread-self/schedstat");
  double on_cpu = 0;
  double waited = 0;
  return file >> on_cpu >> waited ? waited / 1e9 : 0;
}

// struct sched_attr of sched_setattr(2), which glibc does not wrap.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = -10;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 100'000;  // the slice in nanoseconds (Linux 6.12 on): short ones are scheduled soon
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

// A paced load needs little time and needs it at once. Where the system lets us (nice needs root or
// CAP_SYS_NICE) this thread goes before ordinary ones, as a generator on another machine would; where it does
// not, late sends are counted as ever.
void go_first(const LoadShape& shape) {
  const bool paced = shape.is_open() || shape.think_time.mean > 0ns;
  if (!paced) return;
  SchedulingAttributes attributes;
  if (::syscall(SYS_sched_setattr, 0, &attributes, 0) == 0) return;
  attributes.nice = 0;
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

bool means_nobody_there(int error_number) {
  return error_number == ECONNREFUSED || error_number == EHOSTUNREACH || error_number == ENETUNREACH;
}

// The system could not give us a socket: not the server's doing.
bool is_our_own(int error_number) {
  return error_number == EMFILE || error_number == ENFILE || error_number == EADDRNOTAVAIL ||
         error_number == ENOBUFS || error_number == ENOMEM;
}

std::vector<double> cumulate(const std::vector<Route>& routes) {
  std::vector<double> sums;
  double sum = 0;
  for (const Route& route : routes) sums.push_back(sum += route.weight);
  return sums;
}

std::unique_ptr<Model> make_model(Worker& worker) {
  if (!worker.shared().plan.shape.is_open()) return std::make_unique<ClosedModel>(worker);
  if (worker.flows() != nullptr) return std::make_unique<OpenFlowModel>(worker);
  return std::make_unique<OpenModel>(worker);
}

}  // namespace

Worker::Worker(SharedState& shared, int index, Poller poller)
    : shared_(shared),
      index_(index),
      poller_(std::move(poller)),
      generator_{
          base::Random(shared.plan.seed + 0x9e3779b97f4a7c15ull * static_cast<std::uint64_t>(index + 1)),
          static_cast<std::uint64_t>(index) + 1, static_cast<std::uint64_t>(shared.threads)},
      cumulative_weights_(cumulate(shared.plan.routes)),
      buffer_(buffer_bytes),
      tally_(make_slice_tally(shared.plan)) {
  if (!shared.plan.flows.list.empty())
    flows_ = std::make_unique<FlowRunner>(shared.plan, index, shared.threads);
  model_ = make_model(*this);
}

void Worker::run() {
  const double waited_before = run_queue_wait();
  go_first(shared_.plan.shape);
  while (!ends_early()) {
    model_->tick();
    if (model_->finished() && first_bound_ == nullptr) break;
    const base::Nanoseconds now = poller_.now();
    const base::Nanoseconds slice_end =
        counting_from() + shared_.slice_length * static_cast<std::int64_t>(slice_ + 1);
    base::Nanoseconds until = std::min({model_->next_wake(), now + stop_is_noticed_after, slice_end});
    if (first_bound_ != nullptr)
      until = std::min(until, first_bound_->exchange.due + shared_.plan.shape.timeout);
    for (const epoll_event& event : poller_.wait(until)) handle(event);
    expire();
    close_slices(poller_.now());
  }
  end_run();
  totals_.run_queue_wait_seconds = run_queue_wait() - waited_before;
}

bool Worker::ends_early() const {
  return shared_.stop.load(std::memory_order_relaxed) || shared_.unreachable.load(std::memory_order_relaxed);
}

std::uint32_t Worker::pick_route() {
  return draw_weighted(cumulative_weights_, generator_.random);
}

void Worker::open_connection(const Exchange* exchange, std::uint32_t user) {
  Connection& connection = fresh_connection();
  connection.user = user;
  if (exchange != nullptr) bind(connection, *exchange);
  ++open_;
  ++totals_.connections_opened;
  const std::uint64_t key = static_cast<std::uint64_t>(connection.generation) << 32 | connection.index;
  react(connection, connection.open(shared_.endpoint, poller_, key, shared_.tls.get()), true);
}

void Worker::send(Connection& connection, const Exchange& exchange, base::Nanoseconds lateness) {
  if (!connection.bound) bind(connection, exchange);
  const RequestTemplate& request = shared_.plan.routes[exchange.route].request;
  ResponseCapture* capture = nullptr;
  if (flows_) {
    flows_->speak_for(connection.user, exchange.route, generator_);
    capture = flows_->capture(connection.user, exchange.route);
  }
  const std::string_view bytes = request.render(generator_, render_);
  connection.exchange.sent = poller_.now();
  if (exchange.counted) {
    ++totals_.sends;
    if (lateness > worth_noting) totals_.lateness.record(std::chrono::duration<double>(lateness).count());
  }
  react(connection, connection.send(bytes, request.is_head(), poller_, totals_.traffic, capture), false);
}

void Worker::give_up(const Exchange& exchange, ErrorKind kind) {
  record(exchange, 0, kind);
}

void Worker::leave_open(const Exchange& exchange) {
  if (!exchange.counted) return;
  ++totals_.open_at_end;
  tally_used_ = true;
  tally_[exchange.route].record_open({exchange.route, exchange.due, exchange.sent, poller_.now(), 0,
                                      std::nullopt, exchange.first_byte, exchange.first_event,
                                      exchange.last_event});
}

void Worker::handle(const epoll_event& event) {
  Connection& connection = connections_[static_cast<std::uint32_t>(event.data.u64)];
  // An event of a descriptor that was closed earlier in this batch.
  if (connection.generation != static_cast<std::uint32_t>(event.data.u64 >> 32)) return;
  if (connection.state() == Connection::State::closed) return;
  const bool opening = connection.state() == Connection::State::connecting;
  const Connection::Event outcome = connection.handle(event.events, buffer_, poller_, totals_.traffic);
  if (!connection.event_gaps().empty()) [[unlikely]]
    note_gaps(connection);
  react(connection, outcome, opening);
}

void Worker::note_gaps(Connection& connection) {
  for (const EventGap& gap : connection.event_gaps()) {
    if (connection.exchange.counted) tally_[connection.exchange.route].record_gap(gap);
  }
  tally_used_ = tally_used_ || connection.exchange.counted;
  connection.event_gaps().clear();
}

void Worker::react(Connection& connection, Connection::Event event, bool opening) {
  switch (event) {
    case Connection::Event::nothing:
      return;
    case Connection::Event::connected:
      shared_.ever_connected.store(true, std::memory_order_relaxed);
      model_->connection_ready(connection, true);
      return;
    case Connection::Event::response:
      finish_response(connection);
      return;
    case Connection::Event::failed:
      if (opening) note_refusal(connection);
      if (connection.bound) finish_failure(connection, connection.failure());
      break;
    case Connection::Event::lost:
      break;
  }
  recycle(connection);
  model_->connection_gone(connection, opening);
}

void Worker::finish_response(Connection& connection) {
  const Exchange exchange = connection.exchange;
  unbind(connection);
  auto error = error_of(connection.status(), shared_.plan.routes[exchange.route].expect);
  if (flows_)
    error = flows_->take_response(connection.user, exchange.route, error, exchange.counted, generator_);
  record(exchange, connection.status(), error);
  if (connection.reusable()) return model_->connection_ready(connection, false);
  recycle(connection);
  model_->connection_gone(connection, false);
}

void Worker::finish_failure(Connection& connection, ErrorKind kind) {
  const Exchange exchange = connection.exchange;
  unbind(connection);
  if (flows_) flows_->take_failure(connection.user, exchange.route, exchange.counted);
  record(exchange, 0, kind);
}

void Worker::note_refusal(const Connection& connection) {
  const bool refused_tls = connection.failure() == ErrorKind::tls;
  if (is_our_own(connection.error_number())) ++totals_.never_sent;
  if (shared_.ever_connected || !(refused_tls || means_nobody_there(connection.error_number()))) return;
  shared_.unreachable_errno = connection.error_number();
  shared_.unreachable_as = connection.failure();
  shared_.unreachable = true;
}

// The bound ones stand in the order in which they were due, and all have the same time.
void Worker::expire() {
  if (first_bound_ == nullptr) return;
  const base::Nanoseconds now = poller_.now();
  while (first_bound_ != nullptr && first_bound_->exchange.due + shared_.plan.shape.timeout <= now) {
    Connection& connection = *first_bound_;
    const bool opening = connection.state() == Connection::State::connecting;
    finish_failure(connection, ErrorKind::timeout);
    connection.close();
    recycle(connection);
    model_->connection_gone(connection, opening);
  }
}

void Worker::record(const Exchange& exchange, int status, std::optional<ErrorKind> error) {
  const base::Nanoseconds now = poller_.now();
  (status != 0 ? answered_at_ : failed_at_).store(now, std::memory_order_relaxed);
  if (!exchange.counted) return;
  totals_.last_done = now;
  tally_used_ = true;
  tally_[exchange.route].record({exchange.route, exchange.due, exchange.sent, now, status, error,
                                 exchange.first_byte, exchange.first_event, exchange.last_event});
}

void Worker::bind(Connection& connection, const Exchange& exchange) {
  connection.exchange = exchange;
  connection.bound = true;
  Connection* before =
      last_bound_;  // nearly always its place; a user's request may have waited for its connection
  while (before != nullptr && before->exchange.due > exchange.due) before = before->earlier;
  Connection* after = before == nullptr ? first_bound_ : before->later;
  connection.earlier = before;
  connection.later = after;
  (before == nullptr ? first_bound_ : before->later) = &connection;
  (after == nullptr ? last_bound_ : after->earlier) = &connection;
}

void Worker::unbind(Connection& connection) {
  (connection.earlier == nullptr ? first_bound_ : connection.earlier->later) = connection.later;
  (connection.later == nullptr ? last_bound_ : connection.later->earlier) = connection.earlier;
  connection.earlier = connection.later = nullptr;
  connection.bound = false;
}

void Worker::close_slices(base::Nanoseconds now) {
  const base::Nanoseconds since = now - counting_from();
  if (since < shared_.slice_length * static_cast<std::int64_t>(slice_ + 1)) return;
  shared_.collector.deliver(index_, slice_, std::exchange(tally_, make_slice_tally(shared_.plan)));
  tally_used_ = false;
  slice_ = static_cast<std::uint64_t>(since / shared_.slice_length);
}

void Worker::end_run() {
  if (ends_early()) {
    const bool unreachable = shared_.unreachable;
    while (first_bound_ != nullptr) {
      Connection& connection = *first_bound_;
      const Exchange exchange = connection.exchange;
      unbind(connection);
      unreachable ? give_up(exchange, shared_.unreachable_as) : leave_open(exchange);
    }
    model_->abandon();
  }
  if (flows_) {
    totals_.checks = flows_->checks();
    totals_.flows = flows_->flows();
  }
  if (tally_used_) shared_.collector.deliver(index_, slice_, std::move(tally_));
  shared_.collector.finish(index_);
}

Connection& Worker::fresh_connection() {
  if (closed_.empty()) {
    connections_.emplace_back();
    connections_.back().index = static_cast<std::uint32_t>(connections_.size() - 1);
    return connections_.back();
  }
  Connection& connection = *closed_.back();
  closed_.pop_back();
  return connection;
}

void Worker::recycle(Connection& connection) {
  ++connection.generation;
  --open_;
  closed_.push_back(&connection);
}

}  // namespace plimsoll::traffic
