#include "plimsoll/traffic/live/live_sender.h"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/traffic/engine/blocking_connection.h"
#include "telemetry/otlp_metrics.h"
#include "telemetry/remote_write.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_waiting = 300;  // batches
constexpr base::Nanoseconds answer_within = 4s;
constexpr base::Nanoseconds first_pause = 200ms;
constexpr base::Nanoseconds longest_pause = 10s;

std::string body_of(LiveProtocol protocol, const telemetry::MetricBatch& batch) {
  return protocol == LiveProtocol::remote_write
             ? telemetry::remote_write_body(batch)
             : telemetry::otlp_metrics_body(batch, "plimsoll", PLIMSOLL_VERSION);
}

net::Headers headers_of(const LiveTarget& target) {
  net::Headers headers = {{"Host", target.url.authority()}, {"User-Agent", "plimsoll/" PLIMSOLL_VERSION}};
  if (target.protocol == LiveProtocol::remote_write) {
    headers.push_back({"Content-Type", "application/x-protobuf"});
    headers.push_back({"Content-Encoding", "snappy"});
    headers.push_back({"X-Prometheus-Remote-Write-Version", "0.1.0"});
  } else {
    headers.push_back({"Content-Type", "application/json"});
  }
  for (const net::Header& header : target.headers) net::set_header(headers, header.name, header.value);
  return headers;
}

std::string request_of(const LiveTarget& target, const std::string& body) {
  std::string request = "POST " + target.url.target() + " HTTP/1.1\r\n";
  for (const net::Header& header : headers_of(target)) request += header.name + ": " + header.value + "\r\n";
  return request + fmt::format("Content-Length: {}\r\n\r\n", body.size()) + body;
}

bool is_worth_retrying(LiveProtocol protocol, int status) {
  if (status == 429) return true;
  if (protocol == LiveProtocol::remote_write) return status >= 500;
  return status == 502 || status == 503 || status == 504;
}

// What one attempt came to.
struct Outcome {
  bool again = false;
  std::optional<base::Nanoseconds> pause = {};  // that the receiver asks for
  std::uint64_t refused = 0;                    // readings of a batch that is done with
  std::string problem = {};
};

// Retry-After in seconds; a date is not understood.
std::optional<base::Nanoseconds> retry_after(const ResponseCapture& response) {
  const auto field = response.field("Retry-After");
  const auto seconds = field ? base::parse_integer(*field) : std::nullopt;
  if (!seconds || *seconds < 0) return std::nullopt;
  return std::min<base::Nanoseconds>(std::chrono::seconds(std::min(*seconds, 3'600LL)), longest_pause);
}

Outcome judge(LiveProtocol protocol, const ResponseCapture& response, std::uint64_t points) {
  if (response.status >= 200 && response.status < 300) {
    if (protocol == LiveProtocol::remote_write) return {};
    telemetry::OtlpRefusal refusal = telemetry::otlp_refusal(response.body);
    return {.refused = std::min(refusal.points, points), .problem = std::move(refusal.message)};
  }
  const std::string said = base::truncate_utf8(base::trim(response.body), 200);
  std::string problem = fmt::format("it answers {}{}{}", response.status, said.empty() ? "" : ": ",
                                    base::printable(base::mask_secrets(said)));
  if (!is_worth_retrying(protocol, response.status))
    return {.refused = points, .problem = std::move(problem)};
  return {.again = true, .pause = retry_after(response), .problem = std::move(problem)};
}

// A write to a connection that the receiver closed shall not end the program.
void ignore_broken_pipes() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

struct LiveSender::State {
  using Batch = std::shared_ptr<const telemetry::MetricBatch>;

  explicit State(LiveTarget live_target) : target(std::move(live_target)) {
    net::Url shown = target.url;
    shown.query.clear();
    report.protocol = target.protocol;
    report.url = net::to_string(shown);
    thread = std::thread([this] { run(); });
  }

  void run() {
    ignore_broken_pipes();
    base::Nanoseconds pause = first_pause;
    while (const Batch batch = first_waiting()) {
      const Outcome outcome = attempt(*batch);
      if (!outcome.again) {
        settle(batch, outcome);
        pause = first_pause;
        continue;
      }
      wait(outcome.pause.value_or(pause), outcome.problem);
      pause = std::min(2 * pause, longest_pause);
    }
    drop_rest();
  }

  // Stays in the queue until it is settled, so that order is kept; nothing when all is done or time is up.
  Batch first_waiting() {
    std::unique_lock lock(mutex);
    wake.wait(lock, [this] { return !waiting.empty() || end; });
    if (waiting.empty() || (end && Clock::now() >= *end)) return nullptr;
    return waiting.front();
  }

  Outcome attempt(const telemetry::MetricBatch& batch) {
    if (!connection) {
      auto made = BlockingConnection::create(target.url, {});
      if (!made) return {.again = true, .problem = made.error().message};
      connection = *std::move(made);
    }
    const auto response =
        connection->send(request_of(target, body_of(target.protocol, batch)), false, answer_within);
    if (response) return judge(target.protocol, **response, batch.points.size());
    connection.reset();
    return {.again = true, .problem = response.error().message};
  }

  void settle(const Batch& batch, const Outcome& outcome) {
    const std::lock_guard lock(mutex);
    waiting.pop_front();
    report.sent += batch->points.size() - outcome.refused;
    report.dropped += outcome.refused;
    if (!outcome.problem.empty()) report.problem = outcome.problem;
  }

  void wait(base::Nanoseconds pause, const std::string& problem) {
    std::unique_lock lock(mutex);
    report.problem = problem;
    const auto until = Clock::now() + pause;
    const bool was_ending = end.has_value();
    wake.wait_until(lock, end ? std::min(until, *end) : until,
                    [&] { return end.has_value() != was_ending || (end && Clock::now() >= *end); });
  }

  void drop_rest() {
    const std::lock_guard lock(mutex);
    for (const Batch& batch : waiting) report.dropped += batch->points.size();
    waiting.clear();
  }

  void push(Batch batch) {
    const bool only_ends = !batch->points.empty() && batch->points.front().ends;
    if (only_ends && target.protocol == LiveProtocol::otlp) return;  // it has no word for it
    {
      const std::lock_guard lock(mutex);
      if (waiting.size() == most_waiting) {  // the first one is under way
        report.dropped += waiting[1]->points.size();
        report.problem = "it takes them too slowly";
        waiting.erase(waiting.begin() + 1);
      }
      waiting.push_back(std::move(batch));
    }
    wake.notify_one();
  }

  void end_within(base::Nanoseconds at_most) {
    {
      const std::lock_guard lock(mutex);
      if (!end) end = Clock::now() + at_most;
    }
    wake.notify_one();
  }

  LiveReport finish(base::Nanoseconds at_most) {
    end_within(at_most);
    if (thread.joinable()) thread.join();
    return report;
  }

  const LiveTarget target;
  std::unique_ptr<BlockingConnection> connection;  // the thread's
  std::mutex mutex;                                // guards what follows
  std::condition_variable wake;
  std::deque<Batch> waiting;
  std::optional<Clock::time_point> end;
  LiveReport report;
  std::thread thread;
};

LiveSender::LiveSender(LiveTarget target) : state_(std::make_unique<State>(std::move(target))) {}

LiveSender::~LiveSender() {
  state_->finish({});
}

void LiveSender::push(std::shared_ptr<const telemetry::MetricBatch> batch) {
  state_->push(std::move(batch));
}

void LiveSender::end(base::Nanoseconds at_most) {
  state_->end_within(at_most);
}

LiveReport LiveSender::finish(base::Nanoseconds at_most) {
  return state_->finish(at_most);
}

base::Result<LiveTarget> live_target(LiveProtocol protocol, std::string_view url, net::Headers headers) {
  BASE_ASSIGN(net::Url parsed, net::parse_url(url));
  if (parsed.path == "/" && parsed.query.empty())
    parsed.path = protocol == LiveProtocol::remote_write ? "/api/v1/write" : "/v1/metrics";
  for (const net::Header& header : headers) {
    if (!net::is_header_name(header.name) || !net::is_header_value(header.value))
      return base::fail(base::ErrorCode::invalid_argument,
                        "\"" + base::printable(header.name) + "\" is no header that can be sent");
  }
  return LiveTarget{protocol, std::move(parsed), std::move(headers)};
}

}  // namespace plimsoll::traffic
