// Programs of other people as probes: what they say is taken in, and nothing of what they get wrong is
// believed.
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/check/project.h"

namespace plimsoll::testing {
namespace {

using ::testing::HasSubstr;

constexpr auto declare =
    R"({"declare":{"id":0,"name":"answers.right","labels":{},"unit":"ratio","better":"higher"}})";
constexpr auto observe = R"({"observe":{"series":0,"at":1790000000,"for":1,"k":39,"n":40}})";
constexpr auto done = R"({"done":{}})";

std::string plan_of(const std::string& entry) {
  return "project: probes\nprobes:\n  exec: [" + entry + "]\nrules: [answers.right > 50%]\n";
}

// A probe that prints these lines on descriptor 3.
std::string says(std::initializer_list<std::string> lines) {
  std::string script = "cat > /dev/null\n";
  for (const std::string& line : lines) script += "printf '%s\\n' '" + line + "' >&3\n";
  return script;
}

Outcome check_script(const std::string& script, const std::string& more = "") {
  Project project(plan_of("{name: mine, run: sh probe.sh" + more + "}"));
  project.write("probe.sh", script);
  return project.run({"check", "--json"});
}

// No verdict, because of the probe, in these words.
void expect_distrusted(const Outcome& check, const std::string& words) {
  EXPECT_EQ(check.exit.code, 3) << check.output << check.error;
  const base::Json document = check.json();
  EXPECT_EQ(document.value("status", ""), "inconclusive");
  ASSERT_EQ(document.at("judgements").size(), 1U);
  EXPECT_EQ(document.at("judgements")[0].value("reason", ""), "probe_crashed");
  EXPECT_THAT(document.at("probes")[0].value("error", ""), HasSubstr(words));
}

// The first ```python block of the chapter.
std::string documented_example() {
  const auto text = Project::must(base::read_file(PLIMSOLL_SOURCE_DIR "/docs/probes.md"));
  const std::string fence = "```python\n";
  const std::size_t start = text.find(fence) + fence.size();
  return text.substr(start, text.find("```", start) - start);
}

bool has_python() {
  const auto exit = base::run_process({.arguments = {"python3", "-c", "pass"}}, 10s);
  return exit && exit->ok();
}

TEST(ExecProbe, TheDocumentedExampleWorksAsItStands) {
  if (!has_python()) GTEST_SKIP() << "there is no python3 on this machine";
  Project project(plan_of("{name: answers, run: python3 answers.py}"));
  project.write("answers.py", documented_example());
  const Outcome check = project.run({"check", "--json"});
  EXPECT_EQ(check.exit.code, 0) << check.output << check.error;
  EXPECT_THAT(check.error, HasSubstr("asking 40 questions of nobody"));
  const base::Json document = check.json();
  const base::Json& judgement = document.at("judgements")[0];
  EXPECT_EQ(judgement.value("status", ""), "pass");
  EXPECT_NEAR(judgement.at("value").get<double>(), 39.0 / 40, 1e-12);
}

TEST(ExecProbe, FindingsCountToo) {
  Project project(
      "project: probes\nprobes: {exec: [{name: mine, run: sh probe.sh}]}\nrules: [exec.findings none]\n");
  project.write("probe.sh", says({R"({"finding":{"rule":"odd","severity":"high","file":"a.c","line":3,)"
                                  R"("fingerprint":"f1","message":"odd name","tools":["odd"]}})",
                                  done}));
  const Outcome check = project.run({"check", "--json"});
  EXPECT_EQ(check.exit.code, 1) << check.output << check.error;
  EXPECT_EQ(check.json().at("findings").size(), 1U);
}

TEST(ExecProbe, KnowsTheRun) {
  Project project(plan_of("{name: mine, run: sh probe.sh}"));
  project.write("probe.sh", says({declare, observe, done}) +
                                "test -d \"$PLIMSOLL_WORKDIR\" && pwd > where\n" +
                                "test \"$PLIMSOLL_ROOT\" = \"$(pwd)\"\n");
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 0) << check.output << check.error;
  EXPECT_EQ(project.read("where"), project.path().string() + "\n");
}

TEST(ExecProbe, ATestRunnersResultsAreRead) {
  Project project(R"(project: probes
probes:
  exec: [{name: unit, run: sh run_tests.sh, format: junit, output: junit.xml}]
rules: ["tests.failures = 0", exec.findings none]
)");
  project.write(
      "run_tests.sh",
      "cat > junit.xml <<'X'\n<testsuite name='s'><testcase name='a' time='0.1'/><testcase name='b'>"
      "<failure message='b is wrong'/></testcase></testsuite>\nX\nexit 1\n");
  const Outcome check = project.run({"check", "--json"});
  EXPECT_EQ(check.exit.code, 1) << check.output << check.error;
  EXPECT_THAT(check.output, HasSubstr("tests.failures{source=unit}"));
  EXPECT_THAT(check.output, HasSubstr("b is wrong"));
}

TEST(ExecProbe, ARunnerThatWritesNothingIsNoPass) {
  Project project(R"(project: probes
probes:
  exec: [{name: unit, run: "false", format: junit, output: junit.xml}]
rules: ["tests.failures = 0"]
)");
  EXPECT_EQ(project.run({"check"}).exit.code, 3);
}

TEST(ExecProbe, AStreamWithoutDoneWasCut) {
  expect_distrusted(check_script(says({declare, observe})), "without `done`");
  expect_distrusted(check_script(says({declare, observe}) + "printf '{\"done\":{}}' >&3\n"), "inside a line");
  expect_distrusted(check_script("cat > /dev/null\n"), "without `done`");
}

TEST(ExecProbe, GarbageIsRefused) {
  expect_distrusted(check_script(says({declare, "hello", observe, done})), "garbled");
  expect_distrusted(check_script("head -c 4096 /dev/urandom >&3\n"), "garbled");
  expect_distrusted(check_script(says({R"({"declare":{},"observe":{}})", done})), "one key");
  expect_distrusted(check_script(says({declare, observe, done, observe})), "after `done`");
}

TEST(ExecProbe, AnEndlessLineAndAnEndlessStreamEnd) {
  expect_distrusted(check_script("head -c 300000000 /dev/zero | tr '\\0' x >&3\n"), "longer than 1 MiB");
  expect_distrusted(check_script("yes '{\"log\":1}' >&3\n"), "garbled");
}

TEST(ExecProbe, LiesAboutSeriesAreRefused) {
  expect_distrusted(check_script(says({observe, done})), "not declared");
  expect_distrusted(check_script(says({declare, declare, done})), "id 0 declared");
  expect_distrusted(
      check_script(says({declare, R"({"observe":{"series":0,"at":1,"for":1,"k":41,"n":40}})", done})), "41");
  expect_distrusted(
      check_script(
          says({R"({"declare":{"id":0,"name":"Answers Right","labels":{},"unit":"ratio","better":"higher"}})",
                done})),
      "Answers Right");
}

TEST(ExecProbe, AnotherUnitThanLastTimeIsRefused) {
  Project project(plan_of("{name: mine, run: sh probe.sh}"));
  project.write("probe.sh", says({declare, observe, done}));
  EXPECT_EQ(project.run({"check"}).exit.code, 0);
  project.write("probe.sh", says({R"({"declare":{"id":0,"name":"answers.right","labels":{},"unit":"count",)"
                                  R"("better":"higher"}})",
                                  R"({"observe":{"series":0,"at":1790000000,"for":1,"scalar":39}})", done}));
  expect_distrusted(project.run({"check", "--json"}), "measured in ratio");
}

TEST(ExecProbe, ASleeperIsKilledWithAllItStarted) {
  const auto began = std::chrono::steady_clock::now();
  Project project(plan_of("{name: mine, run: sh probe.sh, timeout: 1s}"));
  project.write("probe.sh", says({declare, observe}) + "sleep 300 & echo $! > sleeper\nsleep 300\n");
  expect_distrusted(project.run({"check", "--json"}), "did not end within 1s");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 30s);
  const pid_t sleeper = static_cast<pid_t>(std::stol(project.read("sleeper")));
  EXPECT_FALSE(base::process_usage(sleeper).has_value()) << "process " << sleeper << " was left behind";
}

TEST(ExecProbe, AProgramThatFailsSaysWhy) {
  expect_distrusted(check_script(says({declare, observe, done}) + "echo 'no licence' >&2; exit 4\n"),
                    "exited with status 4: no licence");
  expect_distrusted(check_script("kill -SEGV $$\n"), "SIGSEGV");
  Project project(plan_of("{name: mine, run: ./nothing_here}"));
  EXPECT_EQ(project.run({"check"}).exit.code, 3);
}

TEST(ExecProbe, ItsOwnReasonMakesItsRulesInconclusive) {
  const Outcome check =
      check_script(says({declare, observe, R"({"done":{"reason":"too_few","detail":"only 40"}})"}));
  EXPECT_EQ(check.exit.code, 3);
  EXPECT_EQ(check.json().at("judgements")[0].value("reason", ""), "too_few");
}

TEST(ExecProbe, AnOutputWithoutAFormatIsAMistakeInThePlan) {
  Project project(plan_of("{run: sh probe.sh, output: x.json}"));
  const Outcome check = project.run({"check"});
  EXPECT_EQ(check.exit.code, 2);
  EXPECT_THAT(check.first_error_line(), HasSubstr("plimsoll.yaml:3:"));
}

}  // namespace
}  // namespace plimsoll::testing
