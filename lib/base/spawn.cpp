#include "base/spawn.h"

#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace base {
namespace {

constexpr int first_free_descriptor = 4;

enum class Step : int { group, parent, descriptors, folder, memory, program };

// What the child writes into the status pipe when it cannot become the program.
struct Failure {
  Step step;
  int error_number;
};

// Everything the child needs, allocated before the fork.
struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const SpawnRequest& request;
  pid_t parent;
  int status;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// From here to run_child: in the child, after a fork of a program with threads. Only async-signal-safe calls.

[[noreturn]] void give_up(int status, Step step, int error_number) {
  const Failure failure{step, error_number};
  // Should this write fail, the parent sees a program that exited with 127.
  [[maybe_unused]] const ssize_t written = ::write(status, &failure, sizeof failure);
  ::_exit(127);
}

bool redirect(const std::array<int, 4>& descriptors) {
  for (int target = 0; target < 4; ++target) {
    const int source = descriptors[static_cast<std::size_t>(target)];
    if (source >= 0 && ::dup2(source, target) < 0) return false;
  }
  // Whatever libraries opened without O_CLOEXEC does not reach the program. ENOSYS before Linux 5.11: ours
  // are closed anyway.
  const unsigned first = descriptors[3] >= 0 ? 4 : 3;
  ::close_range(first, ~0U, CLOSE_RANGE_CLOEXEC);
  return true;
}

bool limit_memory(std::uint64_t bytes) {
  const rlimit limit{bytes, bytes};
  return bytes == 0 || ::setrlimit(RLIMIT_AS, &limit) == 0;
}

// An ignored signal stays ignored over exec, and so does the mask: the program shall start as from a fresh
// shell.
void reset_signals() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void run_child(const Prepared& prepared) {
  const SpawnRequest& request = prepared.request;
  const auto check = [&](bool done, Step step) {
    if (!done) give_up(prepared.status, step, errno);
  };
  check(::setpgid(0, 0) == 0, Step::group);
  if (request.die_with_parent) {
    check(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, Step::parent);
    // The parent may have died before the line above.
    if (::getppid() != prepared.parent) ::_exit(127);
  }
  check(redirect(request.descriptors), Step::descriptors);
  check(request.folder.empty() || ::chdir(request.folder.c_str()) == 0, Step::folder);
  check(limit_memory(request.memory_limit_bytes), Step::memory);
  reset_signals();
  ::execvpe(prepared.arguments[0], prepared.arguments.data(), prepared.environment.data());
  give_up(prepared.status, Step::program, errno);
}

// fork, not vfork: the child takes many steps, and in memory of its own none of them can hurt the parent.
// Signals are held back, because until reset_signals() the child would run the parent's handlers.
pid_t fork_child(const Prepared& prepared) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) run_child(prepared);
  const int error_number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return pid;
}

std::string describe(const Failure& failure, const SpawnRequest& request) {
  switch (failure.step) {
    case Step::group:
      return "cannot make a process group";
    case Step::parent:
      return "cannot tie the process to its parent";
    case Step::descriptors:
      return "cannot redirect the outputs of " + request.arguments[0];
    case Step::folder:
      return "cannot enter the folder " + request.folder;
    case Step::memory:
      return fmt::format("cannot limit memory to {} bytes", request.memory_limit_bytes);
    case Step::program:
      return "cannot start " + request.arguments[0];
  }
  return "cannot start " + request.arguments[0];
}

// The status pipe closes without a byte when exec succeeded.
Status read_status(int status, const SpawnRequest& request) {
  Failure failure{};
  ssize_t got = 0;
  do {
    got = ::read(status, &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof failure) return {};
  return std::unexpected(from_errno(describe(failure, request), failure.error_number));
}

Status check_request(const SpawnRequest& request) {
  if (request.arguments.empty() || request.arguments[0].empty()) {
    return fail(ErrorCode::invalid_argument, "no program to start");
  }
  for (const auto* texts : {&request.arguments, &request.environment}) {
    for (const auto& text : *texts) {
      if (text.contains('\0')) return fail(ErrorCode::invalid_argument, "a NUL byte in a command line");
    }
  }
  return {};
}

}  // namespace

Result<pid_t> spawn(const SpawnRequest& request) {
  BASE_TRY(check_request(request));
  BASE_ASSIGN(Pipe status, open_pipe());
  const Prepared prepared{pointers(request.arguments), pointers(request.environment), request, ::getpid(),
                          status.write.get()};
  const pid_t pid = fork_child(prepared);
  if (pid < 0) return std::unexpected(from_errno("cannot start " + request.arguments[0], errno));
  status.write.reset();
  if (Status started = read_status(status.read.get(), request); !started) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return std::unexpected(std::move(started).error());
  }
  return pid;
}

Result<FileDescriptor> lifted(FileDescriptor descriptor) {
  if (descriptor.get() >= first_free_descriptor) return descriptor;
  const int fd = ::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, first_free_descriptor);
  if (fd < 0) return std::unexpected(from_errno("cannot duplicate a descriptor", errno));
  return FileDescriptor(fd);
}

Result<Pipe> open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::unexpected(from_errno("cannot open a pipe", errno));
  FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  BASE_ASSIGN(FileDescriptor read, lifted(std::move(read_end)));
  BASE_ASSIGN(FileDescriptor write, lifted(std::move(write_end)));
  return Pipe{std::move(read), std::move(write)};
}

}  // namespace base
