#include "base/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <mutex>
#include <span>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"

extern char** environ;

namespace base {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

// How long outputs are read after the program itself ended, while something it left behind holds them open.
constexpr nanoseconds short_grace = 500ms;
// How soon run_process answers an interrupt.
constexpr nanoseconds interrupt_slice = 100ms;
constexpr nanoseconds forever = 24h * 365 * 100;
// What a pipe holds at most without a raised limit; more is not read after the end.
constexpr std::size_t last_drain_bytes = 1 << 20;

// glibc 2.36 declares pidfd_open without extern "C". Invalid before Linux 5.3.
FileDescriptor open_pidfd(pid_t pid) {
  return FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

steady_clock::time_point time_after(nanoseconds timeout) {
  return steady_clock::now() + std::clamp(timeout, nanoseconds(0), forever);
}

// One output of the child on its way to a callback, the end of it kept.
class OutputReader {
 public:
  OutputReader() = default;
  OutputReader(FileDescriptor fd, std::function<void(std::string_view)> receive, std::size_t tail_bytes)
      : fd_(std::move(fd)), receive_(std::move(receive)), tail_bytes_(tail_bytes) {}

  int fd() const { return fd_.get(); }
  bool is_open() const { return fd_.valid(); }
  void close() { fd_.reset(); }

  // Takes what is there now; false when there was nothing.
  bool read_some() {
    std::array<char, 64 << 10> block;
    const ssize_t got = ::read(fd_.get(), block.data(), block.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (got <= 0) {
      close();
      return false;
    }
    take({block.data(), static_cast<std::size_t>(got)});
    return true;
  }

  void drain() {
    const std::size_t end = total_ + last_drain_bytes;
    while (is_open() && total_ < end && read_some()) {
    }
    close();
  }

  std::string tail() const {
    return tail_.size() > tail_bytes_ ? tail_.substr(tail_.size() - tail_bytes_) : tail_;
  }

 private:
  void take(std::string_view bytes) {
    total_ += bytes.size();
    tail_.append(bytes);
    // Cut only now and then: one move for every tail_bytes_ that came.
    if (tail_.size() > 2 * tail_bytes_) tail_.erase(0, tail_.size() - tail_bytes_);
    if (receive_) receive_(bytes);
  }

  FileDescriptor fd_;
  std::function<void(std::string_view)> receive_;
  std::size_t tail_bytes_ = 0;
  std::size_t total_ = 0;
  std::string tail_;
};

// write() without the SIGPIPE that a child which closed its input would bring us. Pipes know no MSG_NOSIGNAL,
// so the signal is held back in this thread and taken off again.
ssize_t write_without_sigpipe(int fd, std::string_view bytes) {
  sigset_t pipe_signal;
  sigset_t before;
  sigset_t pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  ::sigpending(&pending);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int error_number = errno;
  if (written < 0 && error_number == EPIPE && sigismember(&pending, SIGPIPE) == 0) {
    const timespec now{};
    ::sigtimedwait(&pipe_signal, nullptr, &now);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return written;
}

// What goes to the child's standard input, as fast as it takes it.
class InputWriter {
 public:
  InputWriter() = default;
  InputWriter(FileDescriptor fd, std::string content) : fd_(std::move(fd)), content_(std::move(content)) {}

  int fd() const { return fd_.get(); }
  bool is_open() const { return fd_.valid(); }
  void close() { fd_.reset(); }

  void write_some() {
    const auto rest = std::string_view(content_).substr(sent_);
    const ssize_t written = write_without_sigpipe(fd_.get(), rest);
    if (written < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (written > 0) sent_ += static_cast<std::size_t>(written);
    if (written < 0 || sent_ == content_.size()) close();  // it may stop reading early: its own affair
  }

 private:
  FileDescriptor fd_;
  std::string content_;
  std::size_t sent_ = 0;
};

// The parent's ends of everything that leads to the child.
struct Channels {
  InputWriter input;
  OutputReader output;
  OutputReader error;
  OutputReader stream;
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

class SystemProcess final : public Process {
 public:
  SystemProcess(pid_t pid, Channels channels, steady_clock::time_point started)
      : pid_(pid), pidfd_(open_pidfd(pid)), channels_(std::move(channels)), started_(started) {}
  SystemProcess(const SystemProcess&) = delete;
  SystemProcess& operator=(const SystemProcess&) = delete;
  ~SystemProcess() override {
    if (exit_) return;
    signal_group(SIGKILL);
    reap();
  }

  pid_t pid() const override { return pid_; }

  std::optional<Exit> wait_for(nanoseconds timeout) override {
    const auto deadline = time_after(timeout);
    while (!exit_) {
      pump(ended_ ? std::min(deadline, *ended_ + output_grace_) : deadline);
      notice_end();
      const auto now = steady_clock::now();
      if (ended_ && (!any_output_open() || now >= *ended_ + output_grace_)) {
        finish();
      } else if (now >= deadline) {
        return std::nullopt;
      }
    }
    return exit_;
  }

  // The leader's id names this group, and nothing else, until the leader is reaped.
  void signal_group(int signal) override {
    const std::lock_guard lock(reaping_);
    if (!reaped_) ::kill(-pid_, signal);
  }

  Exit stop(nanoseconds grace) override {
    signal_group(SIGTERM);
    output_grace_ = std::clamp(grace, short_grace, forever);  // for what the leader leaves behind, too
    if (auto exit = wait_for(grace)) return *std::move(exit);
    signal_group(SIGKILL);
    output_grace_ = short_grace;
    return wait_for(forever).value_or(Exit{});
  }

 private:
  std::array<OutputReader*, 3> outputs() { return {&channels_.output, &channels_.error, &channels_.stream}; }
  bool any_output_open() { return std::ranges::any_of(outputs(), &OutputReader::is_open); }

  // Moves bytes until something happened or the time is there.
  void pump(steady_clock::time_point until) {
    std::array<pollfd, 5> polled{};
    std::size_t count = 0;
    for (const OutputReader* output : outputs()) polled[count++] = {output->fd(), POLLIN, 0};
    polled[count++] = {channels_.input.fd(), POLLOUT, 0};
    polled[count++] = {ended_ ? -1 : pidfd_.get(), POLLIN, 0};  // poll skips negative descriptors
    if (!wait_ready(polled, until)) return;
    for (std::size_t i = 0; i < 3; ++i) {
      if (polled[i].revents != 0) outputs()[i]->read_some();
    }
    if (polled[3].revents != 0) channels_.input.write_some();
  }

  bool wait_ready(std::span<pollfd> polled, steady_clock::time_point until) const {
    auto left = std::max(until - steady_clock::now(), nanoseconds(0));
    if (!pidfd_.valid() && !ended_) left = std::min(left, nanoseconds(10ms));  // Linux before 5.3
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec timeout{whole.count(), (left - whole).count()};
    return ::ppoll(polled.data(), polled.size(), &timeout, nullptr) > 0;
  }

  // Looks without reaping: as long as the zombie is there, nobody else can get its id.
  void notice_end() {
    if (ended_) return;
    siginfo_t info{};
    const int result = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
    if (result != 0 && errno == EINTR) return;
    if (result == 0 && info.si_pid == 0) return;
    ended_ = steady_clock::now();
    channels_.input.close();
  }

  void finish() {
    signal_group(SIGKILL);
    for (OutputReader* output : outputs()) output->drain();
    Exit exit = reap();
    exit.output_tail = channels_.output.tail();
    exit.error_tail = channels_.error.tail();
    exit.wall_seconds = std::chrono::duration<double>(*ended_ - started_).count();
    exit_ = std::move(exit);
  }

  Exit reap() {
    const std::lock_guard lock(reaping_);
    int status = 0;
    rusage usage{};
    pid_t reaped = 0;
    do {
      reaped = ::wait4(pid_, &status, 0, &usage);
    } while (reaped < 0 && errno == EINTR);
    reaped_ = true;
    Exit exit;
    if (reaped < 0) return exit;  // somebody else took the status away
    if (WIFEXITED(status)) exit.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) exit.signal = WTERMSIG(status);
    exit.user_seconds = seconds_of(usage.ru_utime);
    exit.system_seconds = seconds_of(usage.ru_stime);
    exit.peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) << 10;
    return exit;
  }

  const pid_t pid_;
  const FileDescriptor pidfd_;
  Channels channels_;
  const steady_clock::time_point started_;
  nanoseconds output_grace_ = short_grace;
  std::optional<steady_clock::time_point> ended_;
  std::optional<Exit> exit_;
  std::mutex reaping_;
  bool reaped_ = false;
};

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!added.contains(std::string(text.substr(0, text.find('='))))) result.emplace_back(text);
  }
  for (const auto& [name, value] : added) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

Status check_environment(const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) {
    if (name.empty() || name.contains('=')) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("\"{}\" cannot name an environment variable", name));
    }
  }
  return {};
}

// Both ends of what leads to the child: `ours` for the process object, `theirs` until the child has its copy.
struct Connection {
  Channels ours;
  std::vector<FileDescriptor> theirs;
  SpawnRequest request;
};

void make_nonblocking(const FileDescriptor& fd) {
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

Status connect_input(Connection& connection, std::string input) {
  if (input.empty()) {
    BASE_ASSIGN(FileDescriptor null, lifted(FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC))));
    connection.request.descriptors[0] = null.get();
    connection.theirs.push_back(std::move(null));
    return {};
  }
  BASE_ASSIGN(Pipe pipe, open_pipe());
  make_nonblocking(pipe.write);
  connection.ours.input = InputWriter(std::move(pipe.write), std::move(input));
  connection.request.descriptors[0] = pipe.read.get();
  connection.theirs.push_back(std::move(pipe.read));
  return {};
}

Status connect_output(Connection& connection, std::size_t target, OutputReader& reader,
                      std::function<void(std::string_view)> receive, std::size_t tail_bytes) {
  BASE_ASSIGN(Pipe pipe, open_pipe());
  make_nonblocking(pipe.read);
  reader = OutputReader(std::move(pipe.read), std::move(receive), tail_bytes);
  connection.request.descriptors[target] = pipe.write.get();
  connection.theirs.push_back(std::move(pipe.write));
  return {};
}

Result<Connection> connect(ProcessOptions& options) {
  Connection connection;
  Channels& ours = connection.ours;
  BASE_TRY(connect_input(connection, std::move(options.input)));
  const std::size_t tail = options.tail_bytes;
  if (options.capture_output) {
    BASE_TRY(connect_output(connection, 1, ours.output, std::move(options.on_output), tail));
  }
  if (options.capture_error) {
    BASE_TRY(connect_output(connection, 2, ours.error, std::move(options.on_error), tail));
  }
  if (options.stream_on_3) {
    BASE_TRY(connect_output(connection, 3, ours.stream, std::move(options.on_stream), 0));
  }
  return connection;
}

// A parent that ignores SIGCHLD hands that down to us, and then the kernel throws exit statuses away.
void keep_exit_statuses() {
  struct sigaction action{};
  if (::sigaction(SIGCHLD, nullptr, &action) != 0 || action.sa_handler != SIG_IGN) return;
  action.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &action, nullptr);
}

class SystemProcesses final : public ProcessStarter {
 public:
  Result<std::unique_ptr<Process>> start(ProcessOptions options) override {
    keep_exit_statuses();
    BASE_TRY(check_environment(options.environment));
    BASE_ASSIGN(Connection connection, connect(options));
    SpawnRequest& request = connection.request;
    request.arguments = std::move(options.arguments);
    request.environment = merged_environment(options.environment);
    request.folder = options.folder.string();
    request.die_with_parent = options.die_with_parent;
    request.memory_limit_bytes = options.memory_limit_bytes;
    const auto started = steady_clock::now();
    BASE_ASSIGN(const pid_t pid, spawn(request));
    return std::make_unique<SystemProcess>(pid, std::move(connection.ours), started);
  }
};

std::string first_lower(std::string_view text) {
  std::string result(text);
  if (result.size() > 1 && std::islower(static_cast<unsigned char>(result[1])) != 0) {
    result[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(result[0])));
  }
  return result;
}

std::string seconds_text(double seconds) {
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  return fmt::format("{:g} s", std::round(seconds * 10) / 10);
}

}  // namespace

std::string Exit::describe() const {
  if (timed_out) return "timed out after " + seconds_text(wall_seconds);
  if (signal != 0) {
    const char* description = ::sigdescr_np(signal);
    if (description == nullptr) return "was killed by " + signal_name(signal);
    return fmt::format("was killed by {} ({})", signal_name(signal), first_lower(description));
  }
  if (code < 0) return "ended, but its exit status was lost";
  return fmt::format("exited with status {}", code);
}

ProcessStarter& system_processes() {
  static SystemProcesses processes;
  return processes;
}

Result<Exit> run_process(ProcessOptions options, nanoseconds timeout) {
  const bool already_interrupted = interrupts::raised() != 0;  // then this is part of cleaning up
  BASE_ASSIGN(const auto process, system_processes().start(std::move(options)));
  const auto deadline = time_after(timeout);
  for (;;) {
    const auto left = deadline - steady_clock::now();
    if (auto exit = process->wait_for(std::min<nanoseconds>(left, interrupt_slice))) return *std::move(exit);
    if (!already_interrupted && interrupts::raised() != 0) {
      process->stop(std::chrono::seconds(2));
      return fail(ErrorCode::cancelled, "interrupted by " + signal_name(interrupts::raised()));
    }
    if (left <= interrupt_slice) break;
  }
  process->signal_group(SIGKILL);
  Exit exit = process->wait_for(forever).value_or(Exit{});
  exit.timed_out = true;
  return exit;
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

}  // namespace base
