#include "plimsoll/plan/read_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "plimsoll/plan/rule_checks.h"
#include "plimsoll/plan/rule_text.h"
#include "test_kinds.h"

namespace plimsoll::plan {
namespace {

using base::Json;
using testing::ElementsAre;
using namespace std::chrono_literals;

class ReadPlanTest : public testing::Test {
 protected:
  void write(const std::string& name, std::string_view content) {
    const auto file = root() / name;
    ASSERT_TRUE(base::system_files().create_folders(file.parent_path()).has_value());
    ASSERT_TRUE(base::system_files().write_atomically(file, content).has_value());
  }
  std::filesystem::path root() const { return folder_.path(); }

  Plan read(std::string_view text, std::map<std::string, std::string> environment = {}) {
    auto plan =
        read_plan_text(text, root() / "plimsoll.yaml", test_kinds(), test_options(std::move(environment)));
    EXPECT_TRUE(plan.has_value()) << (plan ? "" : base::to_string(plan.error()));
    return plan.value_or(Plan{});
  }
  Json config(std::string_view probe) {
    const auto plan = read("probes:\n  " + std::string(probe) + "\n");
    return plan.probes.empty() ? Json() : *plan.probes.front().config;
  }

 private:
  base::TemporaryFolder folder_ = base::TemporaryFolder::create("plan").value();
};

constexpr std::string_view design_example = R"(
service:                      # optional: Plimsoll can start the service, wait until ready, stop it again
  start: build/bin/memory_api --port {port} --data {workdir} --key-file {workdir}/key
  ready: /ready                # on http://127.0.0.1:{port}; 200 within ready_timeout (default 30s)
  headers: {Authorization: "Token {file:{workdir}/key}"}
  # or, for a service that runs already:  url: http://127.0.0.1:8080
  metrics: /metrics
store: .plimsoll/evidence.db  # or postgresql://...
probes:
  load:
    - scenario: scripts/load_testing/basic_api_load.yaml
    - {name: list, url: "http://127.0.0.1:{port}/v1/memories/?user_id=ann", rate: 400, duration: 10s}   # inline
  bench: [{run: build/bin/api_latency_benchmarks, format: google-benchmark}]
  eval:  [{suite: tests/ml_quality/retrieval_quality.yaml}]
  scan:  [secrets, dependencies, licenses]
rules:
  - load.latency p95 < 200ms              # every scenario, each judged
  - load.latency{scenario=list} p99 < 50ms
  - load.errors < 0.1%                    # on the upper bound: needs about 3,700 clean requests to pass
  - bench.** regression warn 10% fail 20%
  - eval.mrr > 0.75
  - scan.findings{severity=~high|critical} none
)";

TEST_F(ReadPlanTest, ReadsTheExampleOfTheDesign) {
  write("scripts/load_testing/basic_api_load.yaml", "x: 1\n");
  write("tests/ml_quality/retrieval_quality.yaml", "x: 1\n");
  const auto plan = read(design_example);
  ASSERT_TRUE(plan.service.has_value());
  EXPECT_THAT(plan.service->start, ElementsAre("build/bin/memory_api", "--port", "{port}", "--data",
                                               "{workdir}", "--key-file", "{workdir}/key"));
  EXPECT_EQ(plan.service->ready, "/ready");
  EXPECT_EQ(plan.service->ready_timeout, 30s);
  EXPECT_EQ(plan.service->headers.at("Authorization"), "Token {file:{workdir}/key}");
  EXPECT_EQ(plan.service->metrics, "/metrics");
  std::vector<std::string> names;
  for (const auto& probe : plan.probes) names.push_back(probe.kind + "/" + probe.name);
  EXPECT_THAT(names,
              ElementsAre("load/basic_api_load", "load/list", "bench/api_latency_benchmarks",
                          "eval/retrieval_quality", "scan/secrets", "scan/dependencies", "scan/licenses"));
  ASSERT_EQ(plan.rules.size(), 6u);
  EXPECT_EQ(plan.rules[1].text, "load.latency{scenario=list} p99 < 50ms");
  EXPECT_EQ(plan.rules[1].place.line, 18);
  EXPECT_EQ(plan.rules[1].place.column, 5);
}

TEST_F(ReadPlanTest, FillsInWhatThePlanLeavesOut) {
  const auto plan = read("probes: {bench: [build/bench]}\n");
  EXPECT_EQ(plan.project, root().filename().string());
  EXPECT_EQ(plan.root, root());
  EXPECT_EQ(plan.store, ".plimsoll/evidence.db");
  EXPECT_EQ(plan.base_branch, "main");
  EXPECT_FALSE(plan.service.has_value());
  EXPECT_FALSE(plan.base.has_value());
  ASSERT_EQ(plan.probes.size(), 1u);
  const auto& probe = plan.probes.front();
  EXPECT_EQ(probe.name, "bench");
  EXPECT_EQ(*probe.config, (Json{{"run", {"build/bench"}}, {"repeats", 5}, {"warmup", 1}, {"pinned", true}}));
  EXPECT_EQ(probe.timeout, 30min);
  EXPECT_EQ(probe.expected, 0s);
  EXPECT_EQ(probe.place.line, 1);
  EXPECT_EQ(probe.place.column, 18);
}

TEST_F(ReadPlanTest, ReadsSettings) {
  const auto plan = read(
      "project: memory\nstore: postgresql://db/x\nbase: {branch: trunk, build: ./dev build}\n"
      "service: {start: [./serve, a b], environment: {PORT: \"{port}\", EMPTY: \"\"}, stop_timeout: 2s}\n"
      "profiles: {quick: {budget: 5m, only: [bench]}}\nprobes: {bench: [b]}\n");
  EXPECT_EQ(plan.project, "memory");
  EXPECT_EQ(plan.store, "postgresql://db/x");
  EXPECT_EQ(plan.base_branch, "trunk");
  EXPECT_THAT(plan.base->build, ElementsAre("./dev", "build"));
  EXPECT_THAT(plan.service->start, ElementsAre("./serve", "a b"));
  EXPECT_EQ(plan.service->environment.at("PORT"), "{port}");
  EXPECT_EQ(plan.service->environment.at("EMPTY"), "");
  EXPECT_EQ(plan.service->stop_timeout, 2s);
  EXPECT_EQ(plan.profiles.at("quick").budget, 5min);
  EXPECT_THAT(plan.profiles.at("quick").only, ElementsAre("bench"));
  EXPECT_TRUE(plan.profiles.contains("pr"));
  EXPECT_TRUE(plan.profiles.contains("nightly"));
}

TEST_F(ReadPlanTest, ReadsTheCommonKeysOfAProbe) {
  const auto plan = read(
      "probes:\n  bench:\n"
      "    - {run: a, name: one, profiles: [nightly], timeout: 2m, max_duration: 1m, during: two}\n"
      "    - {run: b, name: two, state: fresh}\n");
  const auto& probe = plan.probes.at(0);
  EXPECT_FALSE(probe.fresh_state);
  EXPECT_THAT(probe.profiles, ElementsAre("nightly"));
  EXPECT_EQ(probe.timeout, 2min);
  EXPECT_EQ(probe.max_duration, 1min);
  EXPECT_EQ(probe.during, "bench/two");
  EXPECT_FALSE(probe.config->contains("name"));
  EXPECT_TRUE(plan.probes.at(1).fresh_state);
}

TEST_F(ReadPlanTest, AKindsOwnKeyComesBeforeTheCommonOne) {
  const auto plan = read("probes: {load: [{url: \"http://a/\", timeout: 2s, duration: 20s}]}\n");
  const auto& probe = plan.probes.at(0);
  EXPECT_EQ(probe.config->at("timeout"), 2.0);
  EXPECT_EQ(probe.expected, 20s);
  EXPECT_EQ(probe.max_duration, 60s);
  EXPECT_EQ(probe.timeout, 3min);
}

TEST_F(ReadPlanTest, ConfigsAreTypedJson) {
  const auto load = config(
      "load: [{url: \"http://a:80/\", rate: 2.5, duration: 200ms, connections: 3, headers: {A: b, N: 5},\n"
      "  expect: [200, 404], stages: [{duration: 1m, rate: 9}], body: '{\"a\": 1}'}]");
  EXPECT_EQ(load, (Json{{"url", "http://a:80/"},
                        {"rate", 2.5},
                        {"duration", 0.2},
                        {"connections", 3},
                        {"headers", {{"A", "b"}, {"N", "5"}}},
                        {"expect", {"200", "404"}},
                        {"stages", {{{"duration", 60.0}, {"rate", 9.0}}}},
                        {"method", "GET"},
                        {"body", "{\"a\": 1}"}}));
  const auto any =
      config("exec: [{run: \"a 'b c'\", settings: {a: 1, b: 1.5, c: true, d: \"1\", e: ~, f: [x]}}]");
  EXPECT_EQ(any.at("run"), (Json{"a", "b c"}));
  EXPECT_EQ(any.at("settings"),
            (Json{{"a", 1}, {"b", 1.5}, {"c", true}, {"d", "1"}, {"e", nullptr}, {"f", {"x"}}}));
  EXPECT_EQ(config("bench: [{run: a, memory: 64MiB}]").at("memory"), 64 << 20);
}

TEST_F(ReadPlanTest, OneEntryNeedsNoList) {
  EXPECT_EQ(config("exec: ./probe.sh --fast").at("run"), (Json{"./probe.sh", "--fast"}));
  EXPECT_EQ(config("exec: {run: ./probe.sh}").at("run"), (Json{"./probe.sh"}));
}

TEST_F(ReadPlanTest, ReplacesEnvironmentVariables) {
  const auto plan = read(
      "project: ${NAME}\nservice: {start: \"run ${BRACES} $${NAME}\"}\nprobes: {load: [{url: \"${URL}/x\", "
      "rate: \"${RATE}\"}]}\n"
      "rules: [\"load.latency{a=\\\"${BRACES}\\\"} p95 < ${LIMIT}\"]\n",
      {{"NAME", "memory"}, {"BRACES", "{x}"}, {"URL", "http://a:1"}, {"RATE", "5"}, {"LIMIT", "20ms"}});
  EXPECT_EQ(plan.project, "memory");
  EXPECT_THAT(plan.service->start, ElementsAre("run", "{{x}", "${{NAME}"));
  EXPECT_EQ(expand(plan.service->start[1], {}).value(), "{x}");
  EXPECT_EQ(expand(plan.service->start[2], {}).value(), "${NAME}");
  EXPECT_EQ(plan.probes[0].config->at("url"), "http://a:1/x");
  EXPECT_EQ(plan.probes[0].config->at("rate"), 5.0);
  EXPECT_EQ(plan.rules[0].text, "load.latency{a=\"{x}\"} p95 < 20ms");
}

TEST_F(ReadPlanTest, IncludesAddProbesAndRules) {
  write("parts/a.yaml", "include: [b.yaml]\nprobes: {bench: [a]}\nrules: [bench.** change]\n");
  write("parts/b.yaml", "probes: {scan: [secrets]}\nrules: [scan.findings none]\n");
  const auto plan = read(
      "include: [parts/a.yaml, parts/b.yaml, parts/../parts/b.yaml]\nprobes: {bench: [main]}\n"
      "rules: [scan.findings < 3]\n");
  std::vector<std::string> names;
  for (const auto& probe : plan.probes) names.push_back(probe.name);
  EXPECT_THAT(names, ElementsAre("main", "a", "secrets"));
  ASSERT_EQ(plan.rules.size(), 3u);
  EXPECT_EQ(plan.rules[2].place.file, (root() / "parts/b.yaml").string());
}

TEST_F(ReadPlanTest, AnIncludeAloneMayHoldTheProbes) {
  write("probes.yaml", "probes: {bench: [a]}\n");
  EXPECT_EQ(read("include: probes.yaml\n").probes.size(), 1u);
}

TEST_F(ReadPlanTest, ReadsTheLongFormOfARule) {
  const auto plan = read(
      "probes: {bench: [a]}\nrules:\n"
      "  - {rule: bench.** regression, level: warn, because: new and shaky, owner: ann, until: "
      "2026-12-31}\n");
  const auto& rule = plan.rules.at(0);
  EXPECT_EQ(rule.level, model::Level::warn);
  EXPECT_EQ(rule.because, "new and shaky");
  EXPECT_EQ(rule.owner, "ann");
  EXPECT_EQ(rule.until, "2026-12-31");
  EXPECT_EQ(rule.place.column, 12);
}

TEST_F(ReadPlanTest, AcceptsRulesThatAPlannedProbeCanFeed) {
  const auto plan = read(
      "probes: {load: [{url: \"http://a/\"}], bench: [a], scan: [secrets]}\n"
      "rules:\n"
      "  - load.* p95 < 1s\n  - '*.latency p95 < 1s'\n  - '** regression'\n  - bench.a.b p50 < 5ms\n  - "
      "bench.a < 5\n"
      "  - load.rate > 400\n  - load.latency count > 100\n  - load.errors < 0.001\n  - load.errors <= 1\n"
      "  - scan.findings{severity=~high|critical,tool!=x} count < 3\n  - '*.findings none'\n  - "
      "scan.findings ratchet\n"
      "  - p(95)<200\n  - rate<0.01\n  - load.latency fresh within 24h\n");
  EXPECT_EQ(plan.rules.size(), 15u);
}

TEST_F(ReadPlanTest, EqualDigestsMeasureTheSameWay) {
  write("s.yaml", "one");
  const auto digest = [&](std::string_view entry) {
    return read("probes: {load: [" + std::string(entry) + "]}\n").probes.at(0).digest();
  };
  const auto first = digest("{scenario: s.yaml, rate: 5}");
  EXPECT_EQ(first.size(), 16u);
  EXPECT_EQ(first, digest("{rate: 5, scenario: s.yaml, name: other, profiles: [pr]}"));
  EXPECT_EQ(first, digest("{rate: 5.0, scenario: s.yaml, duration: 10000ms}"));
  EXPECT_EQ(first, digest("{scenario: s.yaml, rate: 5, live: there}"));
  EXPECT_NE(first, digest("{scenario: s.yaml, rate: 6}"));
  EXPECT_NE(first, digest("{scenario: s.yaml, rate: 5, state: fresh}"));
  write("s.yaml", "two");
  EXPECT_NE(first, digest("{scenario: s.yaml, rate: 5}"));
}

TEST_F(ReadPlanTest, ReadsFromAFile) {
  write("plimsoll.yaml", "probes: {bench: [a]}\n");
  const auto plan = read_plan(root() / "plimsoll.yaml", test_kinds(), test_options());
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->file, root() / "plimsoll.yaml");
}

TEST_F(ReadPlanTest, AMissingPlanSaysHowToWriteOne) {
  const auto plan = read_plan(root() / "none.yaml", test_kinds(), test_options());
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().code, base::ErrorCode::invalid_argument);
  EXPECT_NE(plan.error().hint.find("plimsoll init"), std::string::npos);
}

TEST_F(ReadPlanTest, RefusesMoreThanAMebibyte) {
  const auto text = "probes: {bench: [a]}\n#" + std::string(1 << 20, 'x');
  EXPECT_FALSE(read_plan_text(text, "p.yaml", test_kinds(), test_options()).has_value());
}

TEST_F(ReadPlanTest, PlacesCarryTheNameAsItWasGiven) {
  const auto plan = read_plan_text("probes:\n  bnch: [a]\n", "plimsoll.yaml", test_kinds(), test_options());
  ASSERT_FALSE(plan.has_value());
  EXPECT_TRUE(base::to_string(plan.error()).starts_with("plimsoll.yaml:2:3: "))
      << base::to_string(plan.error());
}

TEST(PatternsOverlap, WhereSomeNameIsCoveredByBoth) {
  EXPECT_TRUE(patterns_overlap("bench.**", "bench.a.b"));
  EXPECT_TRUE(patterns_overlap("*.latency", "load.*"));
  EXPECT_TRUE(patterns_overlap("**", "bench.**"));
  EXPECT_TRUE(patterns_overlap("a.*.c", "a.b.**"));
  EXPECT_FALSE(patterns_overlap("bench", "bench.**"));
  EXPECT_FALSE(patterns_overlap("load.latency", "load.errors"));
  EXPECT_FALSE(patterns_overlap("load.*", "load.latency.list"));
}

}  // namespace
}  // namespace plimsoll::plan
