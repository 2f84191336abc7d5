// Services that fail in every way: exit 3 that names what happened, and no process left behind.
#include <csignal>

#include <gtest/gtest.h>

#include "base/text.h"
#include "project.h"
#include "tests/support/waiting.h"

namespace plimsoll::testing {
namespace {

using testing_support::eventually;

// A plan whose service is `start`, with one load probe on it.
std::string plan_with(const std::string& start, const std::string& more = "") {
  return "service:\n  start: " + start + "\n  ready: /ready\n  ready_timeout: 2s\n  stop_timeout: 2s\n" +
         more +
         "probes:\n  load: [{name: list, url: \"http://127.0.0.1:{port}/v1/memories/?user_id=ann\", rate: "
         "50, duration: 20s}]\n"
         "rules: [load.latency p95 < 200ms]\n";
}

std::string memory_api(const std::string& more = "") {
  return program("memory_api") + " --port {port} --data {workdir} --open-keys" + more;
}

// Whether any process has the text in its command line.
bool somebody_runs(const std::string& text) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto line = base::read_file(entry.path() / "cmdline", 1 << 20);
    if (line && line->find(text) != std::string::npos) return true;
  }
  return false;
}

std::string state_of_latest_run(const Project& project) {
  const Outcome exported = project.run({"store", "export", "-"});
  return exported.output;
}

TEST(GuardedService, ThatDoesNotExistIsNamed) {
  const Project project(plan_with("no-such-program-anywhere --port {port}"));
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 3);
  EXPECT_NE(check.output.find("no-such-program-anywhere"), std::string::npos) << check.output;
}

TEST(GuardedService, ThatEndsBeforeItIsReadySaysHowAndItsLastLines) {
  const Project project(plan_with("sh -c 'echo the disk is on fire >&2; exit 7'"));
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 3);
  EXPECT_TRUE(check.output.starts_with("No verdict: the service exited with status 7")) << check.output;
  EXPECT_NE(check.output.find("the disk is on fire"), std::string::npos) << check.output;
}

TEST(GuardedService, ThatIsNeverReadyIsEnded) {
  const Project project(plan_with("sleep 3456.25"));
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 3);
  EXPECT_NE(check.output.find("not ready"), std::string::npos) << check.output;
  EXPECT_FALSE(somebody_runs("3456.25"));
}

TEST(GuardedService, ThatAnswersGarbageIsNotReady) {
  const std::string garbage =
      R"(perl -MIO::Socket -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => {port}, Listen => 9, ReuseAddr => 1); while (my $c = $s->accept) { print $c "\x00\xffgarbage\n"; close $c }')";
  const Project project(
      "service:\n  start: >-\n    " + garbage +
      "\n  ready_timeout: 2s\nprobes:\n  load: [{name: list, url: \"http://127.0.0.1:{port}/\", rate: 50, "
      "duration: 5s}]\nrules: [load.latency p95 < 200ms]\n");
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 3) << check.output << check.error;
  EXPECT_NE((check.output + check.error).find("not ready"), std::string::npos) << check.output << check.error;
}

TEST(GuardedService, ThatDiesMidRunIsTheFirstSentence) {
  const Project project(plan_with(memory_api(" --fault crash"), "  headers: {Authorization: Token t}\n"));
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 3) << check.output;
  const std::string sentence =
      base::replace_all(check.output.substr(0, check.output.find("\n\n")), "\n", " ");
  EXPECT_NE(sentence.find("SIGSEGV"), std::string::npos) << check.output;
  EXPECT_NE(sentence.find(" at 2"), std::string::npos) << check.output;
}

class Interrupted : public ::testing::TestWithParam<int> {};

TEST_P(Interrupted, LeavesNoProcessAndAnAbortedRun) {
  const Project project(plan_with(memory_api(), "  headers: {Authorization: Token t}\n"));
  const auto process = project.start({"check"});
  const std::string load = project.path().string();
  ASSERT_TRUE(eventually([&] {
                return std::filesystem::exists(project.path() / ".plimsoll" / "evidence.db") &&
                       somebody_runs("probe\0load");
              }) ||
              eventually([&] { return somebody_runs("memory_api"); }));
  ::kill(process->pid(), GetParam());
  const auto exit = process->wait_for(20s);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 128 + GetParam()) << exit->describe() << exit->error_tail;
  const std::string exported = state_of_latest_run(project);
  EXPECT_NE(exported.find("aborted"), std::string::npos) << exported;
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupted, ::testing::Values(SIGINT, SIGTERM));

TEST(GuardedService, DiesWithAKilledPlimsoll) {
  const Project project(plan_with("sh -c 'exec sleep 4567.75'"));
  const auto process = project.start({"check"});
  ASSERT_TRUE(eventually([] { return somebody_runs("4567.75"); }));
  ::kill(process->pid(), SIGKILL);
  ASSERT_TRUE(process->wait_for(20s));
  EXPECT_TRUE(eventually([] { return !somebody_runs("4567.75"); }));
}

}  // namespace
}  // namespace plimsoll::testing
