// `plimsoll import` and `plimsoll bench` as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/check/project.h"

namespace plimsoll::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

const std::string plan = "probes: {bench: [\"true\"]}\n";

std::string data(const std::string& name) {
  return PLIMSOLL_SOURCE_DIR "/tests/unit/formats/data/" + name;
}

// hyperfine's file of one command.
std::string times_about(double level) {
  std::string times;
  for (int i = 0; i < 20; ++i)
    times += (i > 0 ? "," : "") + std::to_string(level * (1 + 0.01 * ((i * 7) % 10 - 5)));
  return R"({"results":[{"command":"app","mean":1,"times":[)" + times + "]}]}";
}

TEST(ImportCommand, PrintsFiguresInSiUnitsAndNullForWhatAFileLacks) {
  Project project(plan);
  const Outcome import =
      project.run({"import", data("pytest_benchmark_saved.json"), data("google_benchmark.json"), "--json"});
  EXPECT_EQ(import.exit.code, 0) << import.error;
  const base::Json document = import.json();
  EXPECT_EQ(document.value("plimsoll", ""), "import");
  EXPECT_EQ(document.value("version", 0), 1);
  EXPECT_EQ(document.value("status", ""), "pass");
  EXPECT_TRUE(document.at("run").at("id").is_string());
  const base::Json& saved = document.at("files")[0];
  EXPECT_EQ(saved.value("format", ""), "pytest-benchmark");
  EXPECT_TRUE(saved.at("series")[0].at("p95").is_null());
  EXPECT_TRUE(saved.at("series")[0].at("median").is_number());
  const base::Json& google = document.at("files")[1].at("series")[0];
  EXPECT_EQ(google.at("labels").value("benchmark", ""), "record/0");
  EXPECT_EQ(google.value("unit", ""), "seconds");
  EXPECT_EQ(google.value("count", 0), 1);
}

TEST(ImportCommand, WritesNoStoreUnlessAsked) {
  Project project(plan);
  EXPECT_EQ(project.run({"import", data("hyperfine.json")}).exit.code, 0);
  EXPECT_FALSE(std::filesystem::exists(project.path() / ".plimsoll"));
}

TEST(ImportCommand, KeepsARunThatCanBeReportedAndNotOverwritten) {
  Project project(plan);
  const std::vector<std::string> words = {
      "import", data("junit_pytest.xml"), data("junit_gtest.xml"), "--run", "nightly-1", "--store", "e.db"};
  const Outcome import = project.run(words);
  EXPECT_EQ(import.exit.code, 0) << import.error;
  const Outcome report = project.run({"report", "nightly-1", "--store", "e.db", "--json"});
  EXPECT_EQ(report.exit.code, 0) << report.error;
  EXPECT_EQ(report.json().at("findings").size(), 4U);
  const Outcome again = project.run(words);
  EXPECT_EQ(again.exit.code, 3);
  EXPECT_THAT(again.error, HasSubstr("nightly-1"));
}

TEST(ImportCommand, NamesAFileAndPlaceItCannotRead) {
  Project project(plan);
  project.write("cut.json", project.read(data("hyperfine.json")).substr(0, 200));
  const Outcome cut = project.run({"import", "cut.json"});
  EXPECT_EQ(cut.exit.code, 3);
  EXPECT_TRUE(cut.error.starts_with("cut.json:")) << cut.error;
  EXPECT_EQ(project.run({"import", "missing.json"}).exit.code, 3);
  EXPECT_EQ(project.run({"import", data("hyperfine.json"), "--format", "hyperfin"}).exit.code, 2);
  EXPECT_EQ(project.run({"import", data("hyperfine.json"), "--run", "../x"}).exit.code, 2);
  EXPECT_EQ(project.run({"import"}).exit.code, 2);
}

TEST(BenchCompare, JudgesTheRatio) {
  Project project(plan);
  project.write("base.json", times_about(1));
  project.write("same.json", times_about(1.001));
  project.write("slow.json", times_about(1.3));
  project.write("warn.json", times_about(1.15));
  EXPECT_EQ(project.run({"bench", "compare", "base.json", "same.json"}).exit.code, 0);
  const Outcome slow = project.run({"bench", "compare", "base.json", "slow.json", "--json"});
  EXPECT_EQ(slow.exit.code, 1) << slow.output;
  const base::Json document = slow.json();
  EXPECT_EQ(document.value("plimsoll", ""), "bench.compare");
  const base::Json& judgement = document.at("judgements")[0];
  EXPECT_NEAR(judgement.at("effect").at("estimate").get<double>(), 1.3, 0.02);
  EXPECT_EQ(judgement.at("effect").value("kind", ""), "ratio");
  EXPECT_EQ(judgement.at("sample").value("n_base", 0), 20);
  EXPECT_EQ(project.run({"bench", "compare", "base.json", "warn.json", "--json"}).json().value("status", ""),
            "warn");
  EXPECT_EQ(
      project.run({"bench", "compare", "base.json", "slow.json", "--warn", "40%", "--fail", "50%"}).exit.code,
      0);
}

TEST(BenchCompare, WithoutCommonGroundThereIsNoVerdict) {
  Project project(plan);
  EXPECT_EQ(
      project.run({"bench", "compare", data("hyperfine.json"), data("google_benchmark.json")}).exit.code, 3);
  EXPECT_EQ(project.run({"bench", "compare", data("google_benchmark.json"), data("google_benchmark.json")})
                .exit.code,
            3);
  EXPECT_EQ(project.run({"bench", "compare", data("hyperfine.json"), "missing.json"}).exit.code, 3);
  EXPECT_EQ(project.run({"bench", "compare", data("hyperfine.json"), data("hyperfine.json"), "--warn", "30%"})
                .exit.code,
            2);
}

TEST(BenchRun, TimesACommand) {
  Project project(plan);
  const Outcome run = project.run(
      {"bench", "run", "--repeats", "4", "--json", "--store", "e.db", "--", "sh", "-c", "exit 0"});
  EXPECT_EQ(run.exit.code, 0) << run.error;
  const base::Json document = run.json();
  EXPECT_EQ(document.value("plimsoll", ""), "bench.run");
  EXPECT_EQ(document.value("status", ""), "pass");
  EXPECT_EQ(document.at("series")[0].value("name", ""), "bench.wall_time");
  EXPECT_EQ(document.at("series")[0].value("count", 0), 4);
  EXPECT_EQ(project.run({"report", "latest", "--store", "e.db"}).exit.code, 0);
}

TEST(BenchRun, InterleavesInAbbaOrderAndJudgesPairs) {
  Project project(plan);
  project.write("side.sh",
                "echo $1 >> order\n"
                "echo '{\"results\":[{\"command\":\"app\",\"mean\":1,\"times\":['$2']}]}'\n");
  const Outcome run = project.run({"bench", "run", "--repeats", "4", "--warmup", "0", "--interleave",
                                   "sh side.sh base 1", "--json", "--", "sh", "side.sh", "head", "1.5"});
  EXPECT_EQ(run.exit.code, 1) << run.error << run.output;
  EXPECT_EQ(project.read("order"), "base\nhead\nhead\nbase\nbase\nhead\nhead\nbase\n");
  const base::Json document = run.json();
  ASSERT_EQ(document.at("judgements").size(), 1U);
  EXPECT_EQ(document.at("judgements")[0].value("test", ""), "paired-t-on-log-ratios");
  EXPECT_NEAR(document.at("judgements")[0].at("effect").at("estimate").get<double>(), 1.5, 1e-9);
}

TEST(BenchRun, RepeatsUntilThePrecisionIsReached) {
  Project project(plan);
  // Every value the same: precise at the first look that an interval of a median can have.
  project.write("side.sh", "echo '{\"results\":[{\"command\":\"app\",\"mean\":1,\"times\":[1]}]}'\n");
  const Outcome run = project.run({"bench", "run", "--precision", "1%", "--json", "--", "sh", "side.sh"});
  EXPECT_EQ(run.exit.code, 0) << run.error;
  const base::Json document = run.json();
  const int count = document.at("series")[0].value("count", 0);
  EXPECT_GE(count, 5);
  EXPECT_LE(count, 12);
  EXPECT_DOUBLE_EQ(document.at("precision").value("asked", 0.0), 0.01);
  EXPECT_LE(document.at("precision").value("reached", 1.0), 0.01);
  EXPECT_EQ(project.run({"bench", "run", "--precision", "200%", "--", "true"}).exit.code, 2);
  EXPECT_EQ(project.run({"bench", "run", "--max-time", "5", "--", "true"}).exit.code, 2);
}

TEST(BenchRun, EndsWhenTheTimeIsUp) {
  Project project(plan);
  const Outcome run = project.run(
      {"bench", "run", "--repeats", "100000", "--max-time", "1ms", "--warmup", "0", "--json", "--", "true"});
  EXPECT_EQ(run.exit.code, 0) << run.error;
  EXPECT_THAT(run.json().value("ended", ""), MatchesRegex("[1-9] runs?, then the time was up"));
}

TEST(BenchRun, JudgesOnlyWhatIsAsked) {
  Project project(plan);
  const Outcome run = project.run({"bench", "run", "--repeats", "3", "--interleave", "true", "--judge",
                                   "bench.peak_memory", "--json", "--", "true"});
  const base::Json document = run.json();
  ASSERT_EQ(document.at("judgements").size(), 1U);
  EXPECT_EQ(document.at("judgements")[0].value("series", ""), "bench.peak_memory{benchmark=true}");
  EXPECT_EQ(project.run({"bench", "run", "--judge", "Bench?", "--", "true"}).exit.code, 2);
}

TEST(BenchRun, CountsInstructionsThatRepeat) {
  Project project(plan);
  const Outcome run = project.run({"bench", "run", "--repeats", "3", "--warmup", "0", "--callgrind", "--json",
                                   "--interleave", "true", "--judge", "bench.instructions", "--", "true"});
  const base::Json document = run.json();
  const base::Json& last = document.at("series").back();
  if (last.value("name", "") != "bench.instructions") {
    EXPECT_EQ(document.at("skipped")[0].value("why", ""), "valgrind is not installed");
    EXPECT_EQ(run.exit.code, 3);
    GTEST_SKIP() << "valgrind is not installed";
  }
  EXPECT_EQ(run.exit.code, 0) << run.error << run.output;
  EXPECT_EQ(last.value("count", 0), 2);
  EXPECT_GT(last.value("min", 0.0), 10'000);
  EXPECT_LT(last.value("max", 0.0), 1.005 * last.value("min", 0.0));
  EXPECT_EQ(document.at("judgements")[0].value("test", ""), "counts");
}

// A plan whose benchmark says times of its own that differ from run to run by 10 % and more, the same each
// day.
const std::string noisy_plan =
    "project: noisy\n"
    "probes: {bench: [{name: app, run: sh app.sh, repeats: 1, warmup: 0}]}\n"
    "rules: [\"bench.wall_time regression warn 1% fail 2%\"]\n";
const std::string noisy_program =
    "n=$(cat n 2>/dev/null || echo 0); n=$((n + 1)); echo $n > n\n"
    "echo '{\"results\":[{\"command\":\"app\",\"mean\":1,\"times\":[1.'$((n * 7 % 10))']}]}'\n";

TEST(BenchNoise, RefusesARuleFinerThanItAllows) {
  Project project(noisy_plan);
  project.write("app.sh", noisy_program);
  const Outcome before = project.run({"check", "--json"});
  EXPECT_EQ(before.exit.code, 0) << before.output;  // learning
  const Outcome noise = project.run({"bench", "noise", "--runs", "10", "--json"});
  ASSERT_EQ(noise.exit.code, 0) << noise.error;
  const base::Json document = noise.json();
  EXPECT_EQ(document.value("plimsoll", ""), "bench.noise");
  ASSERT_EQ(document.at("series").size(), 1U);
  EXPECT_GT(document.at("series")[0].value("noise", 0.0), 0.05);
  EXPECT_EQ(document.at("series")[0].at("values").size(), 10U);
  EXPECT_GT(document.at("series")[0].at("visible")[2].at("against_runs").value("power_95", 0.0), 0.1);

  const Outcome dry = project.run({"check", "--dry-run"});
  EXPECT_THAT(dry.output, HasSubstr("refused: `bench noise` measured"));
  const Outcome after = project.run({"check", "--json"});
  EXPECT_EQ(after.exit.code, 3) << after.output;
  const base::Json judgement = after.json().at("judgements")[0];
  EXPECT_EQ(judgement.value("reason", ""), "environment");
  EXPECT_THAT(judgement.value("explanation", ""), HasSubstr("a fail bound of 2 % is tighter"));
}

TEST(BenchNoise, OfACommandIsKeptOnlyWhereAsked) {
  Project project(plan);
  const Outcome noise = project.run({"bench", "noise", "--runs", "5", "--repeats", "1", "--", "true"});
  EXPECT_EQ(noise.exit.code, 0) << noise.error;
  EXPECT_THAT(noise.output, HasSubstr("sees, at 80 / 95 % power"));
  EXPECT_FALSE(std::filesystem::exists(project.path() / ".plimsoll"));
  EXPECT_EQ(project.run({"bench", "noise", "--runs", "4", "--", "true"}).exit.code, 2);
  EXPECT_EQ(project.run({"bench", "noise", "--only", "nothing"}).exit.code, 2);
}

TEST(BenchBaseline, WritesWhatTheStoreKnowsAndSaysWhatDiffers) {
  Project project(noisy_plan);
  project.write("app.sh", noisy_program);
  EXPECT_EQ(project.run({"bench", "baseline"}).exit.code, 3);  // nothing measured yet
  const Outcome first = project.run({"bench", "baseline", "--measure", "--update", "--quiet"});
  ASSERT_EQ(first.exit.code, 0) << first.error;
  const base::Json file = base::Json::parse(project.read("benchmarking/results/baseline_metrics.json"));
  EXPECT_EQ(file.value("plimsoll", ""), "bench.baseline");
  EXPECT_TRUE(file.at("environment").contains("cpu_model"));
  const base::Json& figure = file.at("probes").at("app").at("benchmarks").at("app").at("wall_time_seconds");
  EXPECT_DOUBLE_EQ(figure.value("median", 0.0), 1.7);
  EXPECT_EQ(figure.value("repeats", 0), 1);
  EXPECT_THAT(project.run({"bench", "baseline"}).output, HasSubstr("nothing differs"));
  const Outcome second = project.run({"bench", "baseline", "--measure", "--json"});
  const base::Json differences = second.json().at("differences");
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_DOUBLE_EQ(differences[0].value("before", 0.0), 1.7);
  EXPECT_DOUBLE_EQ(differences[0].value("after", 0.0), 1.4);
  EXPECT_EQ(base::Json::parse(project.read("benchmarking/results/baseline_metrics.json")), file);
}

std::string git(const Project& project, std::vector<std::string> words) {
  base::ProcessOptions options;
  options.arguments = std::move(words);
  options.arguments.insert(options.arguments.begin(), "git");
  options.folder = project.path();
  const base::Exit exit = Project::must(base::run_process(std::move(options), 20s));
  EXPECT_TRUE(exit.ok()) << exit.output_tail;
  return exit.output_tail.substr(0, exit.output_tail.find('\n'));
}

TEST(BenchChanges, LinksOfATableTheCommitsThatGitKnowsHere) {
  Project project(plan);
  project.commit_all();
  git(project, {"remote", "add", "origin", "https://forge.example/ann/app.git"});
  const std::string known = git(project, {"rev-parse", "HEAD"});
  const std::string unknown(40, 'b');
  std::string rows = "time,commit,a\n";
  for (int i = 0; i < 4; ++i)
    rows += std::to_string(1'700'000'000 + 60 * i) + "," + (i < 2 ? unknown : known.substr(0, 12)) + ",1\n";
  project.write("history.csv", rows);
  const Outcome changes = project.run({"bench", "changes", "history.csv", "--html", "trends.html"});
  EXPECT_EQ(changes.exit.code, 0) << changes.error;
  const std::string page = project.read("trends.html");
  EXPECT_THAT(page, HasSubstr("commit/" + known.substr(0, 12) + "\""));
  EXPECT_THAT(page, Not(HasSubstr("commit/" + unknown)));
}

TEST(BenchChanges, LinksNoCommitsOfAnotherProject) {
  Project project("project: theirs\n" + plan);
  project.commit_all();
  git(project, {"remote", "add", "origin", "https://forge.example/ann/app.git"});
  EXPECT_EQ(project.run({"import", data("hyperfine.json"), "--store", "e.db"}).exit.code, 0);
  const auto page = [&](const std::string& name) {
    project.write("plimsoll.yaml", "project: " + name + "\n" + plan);
    const Outcome changes =
        project.run({"bench", "changes", "--store", "e.db", "--project", "theirs", "--html", "trends.html"});
    EXPECT_EQ(changes.exit.code, 0) << changes.error;
    return project.read("trends.html");
  };
  EXPECT_THAT(page("theirs"), HasSubstr("https://forge.example/ann/app/commit/"));
  EXPECT_THAT(page("ours"), Not(HasSubstr("https://forge.example")));
}

TEST(BenchRun, ACommandThatFailsCouldNotBeMeasured) {
  Project project(plan);
  const Outcome run = project.run({"bench", "run", "--", "sh", "-c", "echo broken >&2; exit 9"});
  EXPECT_EQ(run.exit.code, 3);
  EXPECT_THAT(run.error, HasSubstr("exited with status 9: broken"));
  EXPECT_EQ(project.run({"bench", "run"}).exit.code, 2);
  EXPECT_EQ(project.run({"bench"}).exit.code, 2);
}

}  // namespace
}  // namespace plimsoll::testing
