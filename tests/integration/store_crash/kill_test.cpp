// A writer is killed with SIGKILL at seeded random moments, over and over on one store.
#include <array>
#include <chrono>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "tests/integration/store_crash/workload.h"

namespace plimsoll::evidence::crash {
namespace {

// Writes until it is killed; every acknowledgement goes through the pipe at once.
[[noreturn]] void write_until_killed(const std::string& path, const Workload& workload, int first_run,
                                     int pipe) {
  auto store = open_store(path);
  if (!store) ::_exit(1);
  const auto status = workload.write(**store, first_run, [&](Event event) {
    return ::write(pipe, &event, sizeof event) != static_cast<ssize_t>(sizeof event);
  });
  ::_exit(status ? 0 : 1);
}

// Up to `count` events, or until the pipe is closed.
void read_events(int pipe, std::size_t count, std::vector<Event>& events) {
  for (Event event;
       events.size() < count && ::read(pipe, &event, sizeof event) == static_cast<ssize_t>(sizeof event);) {
    events.push_back(event);
  }
}

void spin_for(std::chrono::nanoseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

// What the child had acknowledged when it was killed.
std::vector<Event> run_and_kill(const std::string& path, const Workload& workload, int first_run,
                                base::Random& random) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    write_until_killed(path, workload, first_run, pipe[1]);
  }
  ::close(pipe[1]);
  std::vector<Event> events;
  read_events(pipe[0], random.below(40), events);
  spin_for(std::chrono::microseconds(random.below(4000)));
  ::kill(child, SIGKILL);
  // What stands in the pipe still was acknowledged before.
  read_events(pipe[0], SIZE_MAX, events);
  ::close(pipe[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with status " << WEXITSTATUS(status);
  return events;
}

TEST(StoreCrash, KilledWritersLoseNothingAcknowledged) {
  const auto folder = base::TemporaryFolder::create("crash");
  ASSERT_TRUE(folder);
  const auto path = (folder->path() / "evidence.db").string();
  std::size_t acknowledged = 0;
  for (int round = 0; round < crash_rounds(); ++round) {
    base::Random random(static_cast<std::uint64_t>(round));
    const Workload workload(static_cast<std::uint64_t>(round));
    const int first_run = round * 1000;
    const auto events = run_and_kill(path, workload, first_run, random);
    acknowledged += events.size();
    auto store = open_store(path);
    ASSERT_TRUE(store) << "round " << round << ": " << base::to_string(store.error());
    ASSERT_EQ(workload.judge(**store, first_run, events), "") << "round " << round;
    for (const auto& run : *(*store)->runs({}))
      ASSERT_NE(run.state, model::RunState::running) << "round " << round;
  }
  EXPECT_GT(acknowledged, static_cast<std::size_t>(crash_rounds()));
}

}  // namespace
}  // namespace plimsoll::evidence::crash
