#include "plimsoll/traffic/watch/guarded_service.h"

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "base/units.h"
#include "net/http_client.h"
#include "net/url.h"

namespace plimsoll::traffic {
namespace {

constexpr std::size_t tail_bytes = 64 << 10;
constexpr auto poll_interval = std::chrono::milliseconds(20);

// The end of what the service wrote, cut at whole lines.
class LogTail {
 public:
  void append(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    text_ += bytes;
    if (text_.size() > 2 * tail_bytes) text_.erase(0, text_.size() - tail_bytes);
  }

  std::vector<std::string> last_lines(std::size_t count) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> lines = base::split(base::trim(text_), '\n');
    if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
    if (lines.size() == 1 && lines.front().empty()) lines.clear();
    for (std::string& line : lines) {
      line = base::printable(base::mask_secrets(base::truncate_utf8(line, 500)));
    }
    return lines;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

std::string with_tail(std::string message, const std::vector<std::string>& lines) {
  if (lines.empty()) return message + "; it wrote nothing";
  message += "; its last lines:";
  for (const std::string& line : lines) message += "\n    " + line;
  return message;
}

}  // namespace

struct GuardedService::State {
  ServiceOptions options;
  LogTail tail;
  std::atomic<pid_t> pid = 0;
  std::atomic<bool> stopping = false;
  mutable std::mutex mutex;
  std::optional<ServiceDeath> death;
  std::optional<base::Exit> exit;
  std::thread watcher;

  // Starts and watches in one thread: the kernel kills the child when the thread that made it ends.
  void watch(std::promise<base::Status> started) {
    base::ProcessOptions process_options;
    process_options.arguments = options.start;
    process_options.folder = options.folder;
    process_options.environment = options.environment;
    process_options.on_output = [this](std::string_view bytes) { tail.append(bytes); };
    process_options.on_error = process_options.on_output;
    auto process = base::system_processes().start(std::move(process_options));
    if (!process) {
      started.set_value(std::unexpected(process.error()));
      return;
    }
    pid = (*process)->pid();
    started.set_value({});
    std::optional<base::Exit> ended;
    while (!ended && !stopping) ended = (*process)->wait_for(poll_interval);
    const bool by_itself = ended.has_value() && !stopping;
    if (!ended) ended = (*process)->stop(options.stop_timeout);
    const std::lock_guard lock(mutex);
    exit = ended;
    if (by_itself) death = ServiceDeath{*ended, base::system_clock().utc()};
  }
};

base::Result<std::unique_ptr<GuardedService>> GuardedService::start(const ServiceOptions& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  std::promise<base::Status> promise;
  std::future<base::Status> started = promise.get_future();
  state->watcher = std::thread(&State::watch, state.get(), std::move(promise));
  std::unique_ptr<GuardedService> service(new GuardedService(std::move(state)));
  if (base::Status status = started.get(); !status) {
    return std::unexpected(base::with_context(status.error(), "starting the service"));
  }
  const auto gone = [&service]() -> std::optional<std::string> {
    if (const auto death = service->death())
      return "the service " + death->exit.describe() + " before it was ready";
    return std::nullopt;
  };
  if (base::Status ready = wait_until_ready(service->url(), options.ready, options.ready_timeout, gone);
      !ready) {
    service->stop();
    base::Error error = ready.error();
    if (error.code != base::ErrorCode::cancelled)
      error.message = with_tail(error.message, service->log_tail(10));
    return std::unexpected(error);
  }
  return service;
}

GuardedService::GuardedService(std::unique_ptr<State> state) : state_(std::move(state)) {}

GuardedService::~GuardedService() {
  stop();
}

std::string GuardedService::url() const {
  return "http://127.0.0.1:" + std::to_string(state_->options.port);
}

pid_t GuardedService::pid() const {
  return state_->pid;
}

std::optional<ServiceDeath> GuardedService::death() const {
  const std::lock_guard lock(state_->mutex);
  return state_->death;
}

std::vector<std::string> GuardedService::log_tail(std::size_t lines) const {
  return state_->tail.last_lines(lines);
}

base::Exit GuardedService::stop() {
  state_->stopping = true;
  if (state_->watcher.joinable()) state_->watcher.join();
  const std::lock_guard lock(state_->mutex);
  return state_->exit.value_or(base::Exit{});
}

base::Status wait_until_ready(const std::string& url, const std::string& path,
                              std::chrono::nanoseconds timeout,
                              const std::function<std::optional<std::string>()>& gone) {
  BASE_ASSIGN(const net::Url target, net::parse_url(url + path));
  const base::Clock& clock = base::system_clock();
  const auto deadline = clock.steady() + timeout;
  std::string last = "no answer yet";
  while (clock.steady() < deadline) {
    if (const auto why = gone()) return base::fail(base::ErrorCode::unavailable, *why);
    if (base::interrupts::raised() != 0) {
      return base::fail(
          base::ErrorCode::cancelled,
          "ended by " + base::signal_name(base::interrupts::raised()) + " while the service started");
    }
    const auto answer = net::fetch(target, {}, {.timeout = std::chrono::seconds(2)});
    if (answer && answer->status == 200) return {};
    last = answer ? "it answered " + std::to_string(answer->status) : answer.error().message;
    std::this_thread::sleep_for(poll_interval);
  }
  return base::fail(base::ErrorCode::timeout,
                    "the service was not ready at " + url + path + " within " +
                        base::format_seconds(std::chrono::duration<double>(timeout).count()) + " (" + last +
                        ")");
}

}  // namespace plimsoll::traffic
