#include "plimsoll/traffic/watch/server_watch.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

constexpr std::size_t most_waiting = 100'000;  // samples that nobody took

}  // namespace

struct ServerWatch::State {
  explicit State(WatchOptions watch_options) : options(std::move(watch_options)), tree(options.pid) {
    if (options.scrape) scrape.emplace(*options.scrape);
    thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  void run(const std::stop_token& stop) {
    auto due = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
      sample();
      due += options.interval;
      std::unique_lock lock(mutex);
      wake.wait_until(lock, stop, due, [] { return false; });
      due =
          std::max(due, std::chrono::steady_clock::now() - options.interval);  // a slow scrape is not made up
    }
    sample();
  }

  void sample() {
    const auto now = std::chrono::steady_clock::now();
    ServerSample sample;
    sample.at = base::to_unix_seconds(base::system_clock().utc());
    sample.seconds = last ? std::chrono::duration<double>(now - *last).count() : 0;
    if (options.pid != 0) read_processes(sample);
    if (scrape) read_metrics(sample, std::chrono::duration<double>(now.time_since_epoch()).count());
    last = now;
    const std::lock_guard lock(mutex);
    if (samples.size() < most_waiting) samples.push_back(std::move(sample));
  }

  void read_processes(ServerSample& sample) {
    auto usage = tree.read();
    if (!usage) {
      const std::lock_guard lock(mutex);
      report.process_gone = true;
      last_cpu.reset();
      return;
    }
    if (last_cpu && sample.seconds > 0) sample.cpu_cores = (usage->cpu_seconds - *last_cpu) / sample.seconds;
    last_cpu = usage->cpu_seconds;
    sample.usage = *usage;
  }

  void read_metrics(ServerSample& sample, double at) {
    auto values = scrape->read(at);
    const std::lock_guard lock(mutex);
    ++report.scrapes;
    report.metrics = scrape->metrics();
    report.left_out = scrape->left_out();
    if (values) {
      sample.metrics = *std::move(values);
      return;
    }
    ++report.failed_scrapes;
    report.scrape_error = values.error().message;
  }

  const WatchOptions options;
  ProcessTree tree;  // of the thread, as the next three are
  std::optional<PrometheusScrape> scrape;
  std::optional<std::chrono::steady_clock::time_point> last;
  std::optional<double> last_cpu;
  mutable std::mutex mutex;  // guards what follows
  std::condition_variable_any wake;
  std::vector<ServerSample> samples;
  WatchReport report;
  std::jthread thread;  // last: joined before the rest goes
};

ServerWatch::ServerWatch(WatchOptions options) : state_(std::make_unique<State>(std::move(options))) {}

ServerWatch::~ServerWatch() {
  stop();
}

std::vector<ServerSample> ServerWatch::take() {
  const std::lock_guard lock(state_->mutex);
  return std::exchange(state_->samples, {});
}

WatchReport ServerWatch::report() const {
  const std::lock_guard lock(state_->mutex);
  return state_->report;
}

void ServerWatch::stop() {
  state_->thread.request_stop();
  if (state_->thread.joinable()) state_->thread.join();
}

void merge_into(ServerSample& sample, const ServerSample& next) {
  const double seconds = sample.seconds + next.seconds;
  if (sample.cpu_cores && next.cpu_cores && seconds > 0) {
    sample.cpu_cores = (*sample.cpu_cores * sample.seconds + *next.cpu_cores * next.seconds) / seconds;
  } else if (next.cpu_cores) {
    sample.cpu_cores = next.cpu_cores;
  }
  if (next.usage) sample.usage = next.usage;
  for (const ScrapedValue& value : next.metrics) {
    const auto known = std::ranges::find(sample.metrics, value.metric, &ScrapedValue::metric);
    if (known == sample.metrics.end()) {
      sample.metrics.push_back(value);
    } else {
      known->value = value.value;
    }
  }
  sample.at = next.at;
  sample.seconds = seconds;
}

base::Nanoseconds watch_interval(const LoadShape& shape) {
  using namespace std::chrono_literals;
  const base::Nanoseconds length = expected_length(shape) - shape.warmup;
  return length <= 0ns ? 1s : std::clamp<base::Nanoseconds>(length / 60, 100ms, 1s);
}

std::vector<std::string> remarks(const WatchReport& report) {
  std::vector<std::string> lines;
  if (report.process_gone) lines.emplace_back("the watched process ended during the run");
  if (report.failed_scrapes > 0) {
    lines.push_back(fmt::format("{} of {} readings of its metrics failed: {}", report.failed_scrapes,
                                report.scrapes, base::printable(report.scrape_error)));
  }
  if (report.left_out > 0) {
    lines.push_back(fmt::format("{} metrics were kept, {} more were not: name the ones you want",
                                report.metrics.size(), report.left_out));
  }
  return lines;
}

}  // namespace plimsoll::traffic
