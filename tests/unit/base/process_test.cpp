#include "base/process.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

namespace base {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto long_enough = 60s;

ProcessOptions shell(std::string script) {
  return {.arguments = {"/bin/sh", "-c", std::move(script)}};
}

Exit run(ProcessOptions options) {
  auto exit = run_process(std::move(options), long_enough);
  EXPECT_TRUE(exit) << to_string(exit.error());
  return exit ? *std::move(exit) : Exit{};
}

// Reads until the child wrote a whole line.
std::string first_line(Process& process, const std::string& output) {
  while (output.find('\n') == std::string::npos) {
    if (process.wait_for(10ms)) break;
  }
  return output.substr(0, output.find('\n'));
}

// While it lives, orphans of our children become our children, so that a test can see how they ended.
class AdoptOrphans {
 public:
  AdoptOrphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }
  ~AdoptOrphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
  static int signal_that_ended(pid_t pid) {
    int status = 0;
    return ::waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) ? WTERMSIG(status) : -1;
  }
};

pid_t pid_from(const std::string& line) {
  return static_cast<pid_t>(parse_integer(line).value_or(-1));
}

TEST(Process, CapturesBothOutputs) {
  std::string output;
  std::string error;
  auto options = shell("echo out; echo err >&2; exit 7");
  options.on_output = [&](std::string_view bytes) { output += bytes; };
  options.on_error = [&](std::string_view bytes) { error += bytes; };
  const Exit exit = run(std::move(options));
  EXPECT_EQ(output, "out\n");
  EXPECT_EQ(error, "err\n");
  EXPECT_EQ(exit.output_tail, "out\n");
  EXPECT_EQ(exit.error_tail, "err\n");
  EXPECT_EQ(exit.code, 7);
  EXPECT_EQ(exit.signal, 0);
  EXPECT_FALSE(exit.ok());
  EXPECT_EQ(exit.describe(), "exited with status 7");
}

TEST(Process, KeepsTheEndOfEachOutput) {
  auto options = shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo x >&2");
  options.tail_bytes = 11;
  std::size_t seen = 0;
  options.on_output = [&](std::string_view bytes) { seen += bytes.size(); };
  const Exit exit = run(std::move(options));
  EXPECT_EQ(exit.output_tail, "line 19999\n");
  EXPECT_EQ(exit.error_tail, "x\n");
  EXPECT_EQ(seen, 208'890u);
  EXPECT_TRUE(exit.ok());
}

TEST(Process, NamesTheSignalThatEndedIt) {
  const Exit exit = run(shell("kill -SEGV $$"));
  EXPECT_EQ(exit.code, -1);
  EXPECT_EQ(exit.signal, SIGSEGV);
  EXPECT_EQ(exit.describe(), "was killed by SIGSEGV (segmentation fault)");
}

TEST(Process, DescribesEveryEnd) {
  EXPECT_EQ((Exit{.code = 0}).describe(), "exited with status 0");
  EXPECT_EQ((Exit{.signal = SIGKILL}).describe(), "was killed by SIGKILL (killed)");
  EXPECT_EQ((Exit{.signal = 42}).describe(), "was killed by signal 42");
  EXPECT_EQ((Exit{.signal = SIGKILL, .timed_out = true, .wall_seconds = 30.004}).describe(),
            "timed out after 30 s");
  EXPECT_EQ((Exit{.timed_out = true, .wall_seconds = 0.2004}).describe(), "timed out after 200 ms");
  EXPECT_EQ(signal_name(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_name(42), "signal 42");
}

TEST(Process, AMissingProgramIsNotFound) {
  const auto exit = run_process({.arguments = {"no-such-program-here"}}, long_enough);
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().code, ErrorCode::not_found);
  EXPECT_THAT(exit.error().message, HasSubstr("no-such-program-here"));
}

TEST(Process, AFileThatIsNoProgramIsAPermissionError) {
  const auto folder = TemporaryFolder::create("process-test-").value();
  ASSERT_TRUE(system_files().write_atomically(folder.path() / "data", "x"));
  const auto exit = run_process({.arguments = {folder.path() / "data"}}, long_enough);
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().code, ErrorCode::permission);
}

TEST(Process, AMissingFolderIsNotFound) {
  const auto exit = run_process({.arguments = {"true"}, .folder = "/no/such/folder"}, long_enough);
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().code, ErrorCode::not_found);
  EXPECT_THAT(exit.error().message, HasSubstr("/no/such/folder"));
}

TEST(Process, RefusesImpossibleCommands) {
  const auto code = [](ProcessOptions options) {
    return run_process(std::move(options), long_enough).error().code;
  };
  EXPECT_EQ(code({}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.arguments = {""}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.arguments = {"echo", std::string("a\0b", 3)}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.arguments = {"true"}, .environment = {{"A=B", "x"}}}), ErrorCode::invalid_argument);
}

TEST(Process, RunsInItsFolderAndLooksInPath) {
  const auto folder = TemporaryFolder::create("process-test-").value();
  const Exit exit = run({.arguments = {"pwd"}, .folder = folder.path()});
  EXPECT_EQ(exit.output_tail, std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST(Process, InheritsTheEnvironmentAndAddsToIt) {
  ::setenv("PROCESS_TEST_A", "inherited", 1);
  ::setenv("PROCESS_TEST_B", "inherited", 1);
  auto options = shell("echo $PROCESS_TEST_A $PROCESS_TEST_B $PROCESS_TEST_C");
  options.environment = {{"PROCESS_TEST_B", "replaced"}, {"PROCESS_TEST_C", "a = b"}};
  EXPECT_EQ(run(std::move(options)).output_tail, "inherited replaced a = b\n");
}

TEST(Process, PassesArgumentsWithoutAShell) {
  EXPECT_EQ(run({.arguments = {"echo", "$HOME", "a  b", "*", ";"}}).output_tail, "$HOME a  b * ;\n");
}

TEST(Process, FeedsInputLargerThanAPipe) {
  std::string input;
  for (int i = 0; input.size() < (1u << 20); ++i) input += std::to_string(i) + "\n";
  std::string output;
  ProcessOptions options{.arguments = {"cat"}, .input = input};
  options.on_output = [&](std::string_view bytes) { output += bytes; };
  EXPECT_TRUE(run(std::move(options)).ok());
  EXPECT_TRUE(output == input);
}

TEST(Process, AChildMayLeaveItsInputUnread) {
  auto options = shell("exec <&-; echo closed");
  options.input = std::string(1 << 20, 'x');
  const Exit exit = run(std::move(options));
  EXPECT_TRUE(exit.ok());
  EXPECT_EQ(exit.output_tail, "closed\n");
}

TEST(Process, HasNoInputWhereNoneIsGiven) {
  EXPECT_EQ(run({.arguments = {"cat"}}).output_tail, "");
}

TEST(Process, ReadsTheStreamOnDescriptor3) {
  auto options = shell("i=0; while [ $i -lt 20000 ]; do echo $i >&3; i=$((i+1)); done; echo done");
  options.stream_on_3 = true;
  std::string stream;
  options.on_stream = [&](std::string_view bytes) { stream += bytes; };
  const Exit exit = run(std::move(options));
  EXPECT_TRUE(exit.ok());
  EXPECT_EQ(exit.output_tail, "done\n");
  EXPECT_EQ(stream.size(), 108'890u);
  EXPECT_TRUE(stream.ends_with("\n19999\n"));
}

TEST(Process, InheritsNoOtherDescriptor) {
  const int stray = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as some library would
  ASSERT_GE(stray, 3);
  const Exit exit = run(shell(fmt::format("test ! -e /proc/$$/fd/{} && test ! -e /proc/$$/fd/3", stray)));
  ::close(stray);
  EXPECT_TRUE(exit.ok()) << exit.describe();
}

TEST(Process, StartsWithDefaultSignalsAndNoMask) {
  auto* before = std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigset_t mask;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &mask);
  const Exit exit = run({.arguments = {"grep", "-E", "^Sig(Blk|Ign|Cgt):", "/proc/self/status"}});
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  std::signal(SIGPIPE, before);
  EXPECT_THAT(exit.output_tail, HasSubstr("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"));
}

TEST(Process, HoldsTheMemoryLimit) {
  auto options = shell("ulimit -v");
  options.memory_limit_bytes = 256 << 20;
  EXPECT_EQ(run(std::move(options)).output_tail, "262144\n");
  ProcessOptions greedy{.arguments = {"dd", "if=/dev/zero", "of=/dev/null", "bs=512M", "count=1"}};
  greedy.memory_limit_bytes = 256 << 20;
  EXPECT_FALSE(run(std::move(greedy)).ok());
}

TEST(Process, ReportsWhatItUsed) {
  const Exit exit = run(shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"));
  EXPECT_GT(exit.user_seconds + exit.system_seconds, 0);
  EXPECT_GT(exit.peak_rss_bytes, 100u << 10);
  EXPECT_GE(exit.wall_seconds * 1.05, exit.user_seconds);
}

TEST(Process, IsKilledWhenItsTimeIsUp) {
  const auto exit = run_process({.arguments = {"sleep", "1000"}}, 50ms);
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->timed_out);
  EXPECT_EQ(exit->signal, SIGKILL);
  EXPECT_FALSE(exit->ok());
  EXPECT_THAT(exit->describe(), HasSubstr("timed out after"));
}

TEST(Process, WaitsWithoutBlocking) {
  auto process = system_processes().start({.arguments = {"sleep", "1000"}}).value();
  EXPECT_FALSE(process->wait_for(0ns));
  EXPECT_FALSE(process->wait_for(-1s));
  process->signal_group(SIGTERM);
  const auto exit = process->wait_for(std::chrono::nanoseconds::max());
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->signal, SIGTERM);
  EXPECT_FALSE(exit->timed_out);
  EXPECT_EQ(process->wait_for(0ns)->signal, SIGTERM);  // and again the same
  process->signal_group(SIGKILL);                      // nobody is left to hear it
}

TEST(Process, ASignalReachesTheWholeGroup) {
  const AdoptOrphans orphans;
  std::string output;
  auto options = shell("sleep 1000 & echo $!; wait");
  options.on_output = [&](std::string_view bytes) { output += bytes; };
  auto process = system_processes().start(std::move(options)).value();
  const pid_t grandchild = pid_from(first_line(*process, output));
  process->signal_group(SIGKILL);
  EXPECT_TRUE(process->wait_for(long_enough));
  EXPECT_EQ(AdoptOrphans::signal_that_ended(grandchild), SIGKILL);
}

TEST(Process, WhatItLeavesBehindIsKilledAndHangsNobody) {
  const AdoptOrphans orphans;
  const Exit exit = run(shell("sleep 1000 & echo $!"));
  EXPECT_TRUE(exit.ok()) << exit.describe();
  EXPECT_EQ(AdoptOrphans::signal_that_ended(pid_from(std::string(trim(exit.output_tail)))), SIGKILL);
}

TEST(Process, AnEscapedDaemonHoldingTheOutputHangsNobody) {
  const AdoptOrphans orphans;
  const Exit exit = run(shell("setsid sleep 1000 & echo $!"));
  EXPECT_TRUE(exit.ok()) << exit.describe();
  const pid_t daemon = pid_from(std::string(trim(exit.output_tail)));
  ASSERT_GT(daemon, 1);
  ::kill(daemon, SIGKILL);
  EXPECT_EQ(AdoptOrphans::signal_that_ended(daemon), SIGKILL);
}

TEST(Process, WritesOfWhatItLeftBehindAreRead) {
  const Exit exit =
      run(shell("(until grep -q '^State:.Z' /proc/$$/status; do :; done; echo late) & echo early"));
  EXPECT_EQ(exit.output_tail, "early\nlate\n");
}

TEST(Process, StopsGracefully) {
  std::string output;
  auto options = shell("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done");
  options.on_output = [&](std::string_view bytes) { output += bytes; };
  auto process = system_processes().start(std::move(options)).value();
  EXPECT_EQ(first_line(*process, output), "ready");
  const Exit exit = process->stop(long_enough);
  EXPECT_EQ(exit.code, 7);
  EXPECT_EQ(exit.output_tail, "ready\nbye\n");
}

TEST(Process, StopsWhatDoesNotListen) {
  std::string output;
  auto options = shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
  options.on_output = [&](std::string_view bytes) { output += bytes; };
  auto process = system_processes().start(std::move(options)).value();
  first_line(*process, output);
  EXPECT_EQ(process->stop(20ms).signal, SIGKILL);
}

TEST(Process, EndsWithItsObject) {
  const AdoptOrphans orphans;
  std::string output;
  auto options = shell("sleep 1000 & echo $!; wait");
  options.on_output = [&](std::string_view bytes) { output += bytes; };
  auto process = system_processes().start(std::move(options)).value();
  const pid_t grandchild = pid_from(first_line(*process, output));
  const pid_t child = process->pid();
  process.reset();
  EXPECT_FALSE(process_usage(child));
  EXPECT_EQ(AdoptOrphans::signal_that_ended(grandchild), SIGKILL);
}

// A parent of its own that starts a child, tells its id and is killed.
pid_t child_of_a_killed_parent() {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const auto process = system_processes().start({.arguments = {"sleep", "1000"}}).value();
    const pid_t child = process->pid();
    if (::write(ends[1], &child, sizeof child) == sizeof child) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  pid_t child = -1;
  EXPECT_EQ(::read(ends[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(AdoptOrphans::signal_that_ended(parent), SIGKILL);
  return child;
}

TEST(Process, DiesWithItsParent) {
  const AdoptOrphans orphans;
  EXPECT_EQ(AdoptOrphans::signal_that_ended(child_of_a_killed_parent()), SIGKILL);
}

TEST(Process, ManyThreadsStartAtOnce) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < 8; ++i) {
        const std::string word = fmt::format("{}-{}", thread, i);
        EXPECT_EQ(run({.arguments = {"cat"}, .input = word}).output_tail, word);
      }
    });
  }
}

TEST(Process, AnIgnoredChildSignalLosesNoExitStatus) {
  auto* before = std::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(run(shell("exit 3")).code, 3);
  std::signal(SIGCHLD, before);
}

TEST(ProcessUsage, SeesThisProcess) {
  const auto usage = process_usage(::getpid());
  ASSERT_TRUE(usage);
  EXPECT_GT(usage->rss_bytes, 1u << 20);
  EXPECT_GE(usage->peak_rss_bytes, usage->rss_bytes / 2);
  EXPECT_GE(usage->threads, 1);
  EXPECT_GE(usage->open_files, 3);
  EXPECT_GE(usage->cpu_seconds, 0);
}

TEST(ProcessUsage, IsNotFoundWhereTheProcessIsGone) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(process_usage(pid).error().code, ErrorCode::not_found);  // a zombie
  ::waitpid(pid, nullptr, 0);
  EXPECT_EQ(process_usage(pid).error().code, ErrorCode::not_found);
}

TEST(FreePort, IsAPort) {
  const auto port = free_port();
  ASSERT_TRUE(port);
  EXPECT_GT(*port, 1023);
  EXPECT_LT(*port, 65536);
}

// Each in a process of its own: what was raised stays raised.

[[noreturn]] void expect_first_signal_is_kept() {
  interrupts::install();
  interrupts::install();
  pollfd readable{interrupts::descriptor(), POLLIN, 0};
  const bool quiet = interrupts::raised() == 0 && ::poll(&readable, 1, 0) == 0;
  ::raise(SIGTERM);
  ::raise(SIGINT);
  const bool heard = interrupts::raised() == SIGTERM && ::poll(&readable, 1, 0) == 1;
  ::_exit(quiet && heard ? 0 : 1);
}

TEST(Interrupts, KeepTheFirstSignalAndWakeAPoll) {
  EXPECT_EXIT(expect_first_signal_is_kept(), testing::ExitedWithCode(0), "");
}

[[noreturn]] void expect_cancelled() {
  interrupts::install();
  auto options = shell("echo ready; sleep 1000");
  options.on_output = [](std::string_view) { ::raise(SIGINT); };
  const auto exit = run_process(std::move(options), long_enough);
  const bool cancelled =
      !exit && exit.error().code == ErrorCode::cancelled && exit.error().message == "interrupted by SIGINT";
  // Nothing is left of it, and cleaning up may still run processes.
  const bool alone = ::waitpid(-1, nullptr, 0) == -1;
  const bool cleans_up = run_process({.arguments = {"true"}}, long_enough).has_value();
  ::_exit(cancelled && alone && cleans_up ? 0 : 1);
}

TEST(Interrupts, CancelARunningProcess) {
  EXPECT_EXIT(expect_cancelled(), testing::ExitedWithCode(0), "");
}

TEST(Interrupts, AreQuietWhereNotInstalled) {
  EXPECT_EQ(interrupts::raised(), 0);
  EXPECT_EQ(interrupts::descriptor(), -1);
}

}  // namespace
}  // namespace base
