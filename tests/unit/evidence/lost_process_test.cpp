// Runs whose process is gone. The process is a forked child that ends without tidying up.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plimsoll/evidence/process_identity.h"
#include "tests/unit/evidence/store_fixture.h"

namespace plimsoll::evidence::testing {
namespace {

// Runs `work` in a child that ends at once, without destructors.
void in_lost_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      work();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
}

class LostProcess : public StoreTest {
 protected:
  void lose(const model::Run& run) {
    in_lost_child([&] {
      auto store = open();
      auto writer = must(store->begin(run));
      must(writer->append(std::vector{at(1, must(writer->declare(make_series("a"), "p")), 1.0)}));
      ::_exit(0);
    });
  }
  RunState state_for_reader() { return must(open({.read_only = true})->run("latest")).state; }
  RunState state_after_open() {
    open();
    return state_for_reader();
  }
};

TEST_F(LostProcess, IsAbortedAtTheNextOpenForWriting) {
  lose(make_run(1));
  EXPECT_EQ(state_for_reader(), RunState::running);
  EXPECT_EQ(state_after_open(), RunState::aborted);
  EXPECT_EQ(must(open()->read("latest", kEverything)).at(0).observations.size(), 1u);
}

TEST_F(LostProcess, IsAbortedAfterAReboot) {
  auto run = make_run(1);
  run.process_id = ::getpid();
  run.boot_id = "the boot before";
  lose(run);
  EXPECT_EQ(state_after_open(), RunState::aborted);
}

TEST_F(LostProcess, IsKeptWhileItsProcessLives) {
  auto run = make_run(1);
  run.process_id = ::getpid();
  lose(run);
  EXPECT_EQ(state_after_open(), RunState::running);
}

TEST(ProcessIdentity, TellsARecycledNumberByItsStart) {
  const auto start = process_start(::getpid());
  ASSERT_GT(start, 0);
  EXPECT_TRUE(is_alive(::getpid(), start, current_boot_id()));
  EXPECT_TRUE(is_alive(::getpid(), 0, current_boot_id()));
  EXPECT_FALSE(is_alive(::getpid(), start + 1, current_boot_id()));
  EXPECT_FALSE(is_alive(::getpid(), start, "another boot"));
}

TEST(ProcessIdentity, TakesAZombieForGone) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(process_start(child), 0);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

}  // namespace
}  // namespace plimsoll::evidence::testing
