#include "plimsoll/pipeline/expand_rules.h"

#include <gtest/gtest.h>

#include "plimsoll/plan/rule_text.h"

namespace plimsoll::pipeline {
namespace {

const plan::ProbeKind& load_kind() {
  static const plan::ProbeKind kind{.name = "load",
                                    .series = {{"load.latency", "seconds"}, {"load.errors", "ratio"}},
                                    .identity_label = "scenario"};
  return kind;
}

ProbeState probe(const std::string& name, model::Reason reason = model::Reason::none) {
  ProbeState state{.kind = &load_kind()};
  state.record = {.kind = "load", .name = name, .reason = reason};
  if (reason != model::Reason::none) state.record.error = "was killed by SIGKILL";
  return state;
}

model::SeriesData series(const std::string& scenario, const std::string& route) {
  model::SeriesData data{
      {{"load.latency", {{"scenario", scenario}, {"route", route}}}, "seconds", model::Better::lower},
      "load/" + scenario,
      {}};
  data.observations.push_back({.value = 0.1});
  return data;
}

model::Rule rule(const std::string& text) {
  return plan::parse_rule(text).value();
}

// The label `source` stands on what a format read of an exec probe, not on what a program streams itself.
TEST(ExpandRules, ARuleOnOneSourceIsNotSpoiledByAnother) {
  const plan::ProbeKind exec{.name = "exec", .series = {{"**", ""}}, .optional_label = "source"};
  ProbeState broken{.kind = &exec};
  broken.record = {.kind = "exec", .name = "locust", .reason = model::Reason::probe_crashed};
  model::SeriesData vegeta{
      {{"load.latency", {{"source", "vegeta"}}}, "seconds", model::Better::lower}, "exec/vegeta", {}};
  vegeta.observations.push_back({.value = 0.1});
  ProbeState good{.kind = &exec};
  good.record = {.kind = "exec", .name = "vegeta"};
  const auto asked = [&](const std::string& text) {
    return expand_rule(rule(text), std::vector{vegeta}, {}, std::vector{good, broken}).size();
  };
  EXPECT_EQ(asked("load.latency{source=vegeta} p95 < 1s"), 1U);
  EXPECT_EQ(asked("load.latency p95 < 1s"), 2U);
}

TEST(ExpandRules, LoadRulesKeepScenariosApartAndMergeRoutes) {
  const std::vector data = {series("a", "/x"), series("a", "/y"), series("b", "/x")};
  const auto asked =
      expand_rule(rule("load.latency p95 < 200ms"), data, {}, std::vector{probe("a"), probe("b")});
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(to_string(asked[0].question.series.id), "load.latency{scenario=a}");
  EXPECT_EQ(asked[0].question.head.size(), 2u);
  EXPECT_EQ(asked[1].question.head.size(), 1u);
}

TEST(ExpandRules, ByDecidesTheGroups) {
  const std::vector data = {series("a", "/x"), series("a", "/y")};
  const auto asked =
      expand_rule(rule("load.latency by (route) p95 < 200ms"), data, {}, std::vector{probe("a")});
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(to_string(asked[0].question.series.id), "load.latency{route=/x}");
}

TEST(ExpandRules, ACrashedProbeBlocksItsSeriesWhateverTheySay) {
  const std::vector data = {series("a", "/x"), series("b", "/x")};
  const auto asked = expand_rule(rule("load.latency p95 < 200ms"), data, {},
                                 std::vector{probe("a", model::Reason::probe_crashed), probe("b")});
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].question.blocked, model::Reason::probe_crashed);
  EXPECT_NE(asked[0].question.blocked_detail.find("SIGKILL"), std::string::npos);
  EXPECT_EQ(asked[1].question.blocked, model::Reason::none);
}

TEST(ExpandRules, ACrashedProbeThatSaidNothingIsNotPassedOver) {
  const std::vector data = {series("b", "/x")};
  const auto asked = expand_rule(rule("load.latency p95 < 200ms"), data, {},
                                 std::vector{probe("a", model::Reason::probe_crashed), probe("b")});
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(to_string(asked[1].question.series.id), "load.latency{scenario=a}");
  EXPECT_EQ(asked[1].question.blocked, model::Reason::probe_crashed);
}

TEST(ExpandRules, ARuleThatNamesAnotherScenarioDoesNotMindTheCrash) {
  const std::vector data = {series("b", "/x")};
  const auto asked = expand_rule(rule("load.latency{scenario=b} p95 < 200ms"), data, {},
                                 std::vector{probe("a", model::Reason::probe_crashed), probe("b")});
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].question.blocked, model::Reason::none);
}

TEST(ExpandRules, NothingMeasuredIsMissingAndLeftOutIsNotRun) {
  const auto missing = expand_rule(rule("load.latency p95 < 200ms"), {}, {}, std::vector{probe("a")});
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].question.blocked, model::Reason::missing);
  EXPECT_FALSE(missing[0].not_run);
  ProbeState skipped = probe("a");
  skipped.skipped = true;
  const auto left_out = expand_rule(rule("load.latency p95 < 200ms"), {}, {}, std::vector{skipped});
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_TRUE(left_out[0].not_run);
}

TEST(ExpandRules, ThresholdsBecomeEdges) {
  const std::vector rules = {rule("load.latency p95 < 200ms"), rule("load.latency regression"),
                             rule("load.latency p99 < 1s")};
  const auto edges = threshold_edges(rules);
  ASSERT_EQ(edges.size(), 2u);
  EXPECT_EQ(edges[0], (std::pair<std::string, double>("load.latency", 0.2)));
}

TEST(ExpandRules, KnowsTheSeriesThatRulesNameInFull) {
  const std::vector rules = {rule("load.first_byte p95 regression"), rule("load.** regression"),
                             rule("load.first_byte p50 change"), rule("service.memory slope < 1MiB/h")};
  EXPECT_EQ(named_series(rules), (std::set<std::string>{"load.first_byte", "service.memory"}));
}

model::SeriesData benchmark(const std::string& name, const std::string& unit, model::Better better,
                            const std::string& counter = "") {
  model::Labels labels = {{"benchmark", "get"}};
  if (!counter.empty()) labels["counter"] = counter;
  model::SeriesData data{{{name, labels}, unit, better}, "bench/db", {}};
  data.observations.push_back({.value = 1.0});
  return data;
}

// What a Google Benchmark program reports of one benchmark.
std::vector<model::SeriesData> benchmark_series() {
  using enum model::Better;
  return {benchmark("bench.real_time", "seconds", lower),
          benchmark("bench.items_per_second", "per_second", higher),
          benchmark("bench.counter", "per_second", higher, "hits_per_second"),
          benchmark("bench.counter", "count", neither, "depth")};
}

std::vector<std::string> asked_by(const std::string& text, const std::vector<model::SeriesData>& data) {
  std::vector<std::string> names;
  for (const RuleQuestion& asked : expand_rule(rule(text), data, {}, {}))
    names.push_back(to_string(asked.question.series.id));
  return names;
}

TEST(ExpandRules, ARegressionOverAPatternAsksEachThingOnce) {
  EXPECT_EQ(asked_by("bench.** regression", benchmark_series()),
            std::vector<std::string>{"bench.real_time{benchmark=get}"});
}

TEST(ExpandRules, ARateWithoutItsTimeIsAskedOf) {
  EXPECT_EQ(asked_by("bench.** regression", {benchmark_series()[1]}),
            std::vector<std::string>{"bench.items_per_second{benchmark=get}"});
}

TEST(ExpandRules, ASeriesNamedInFullIsAskedOfWhateverItIs) {
  EXPECT_EQ(asked_by("bench.items_per_second regression", {benchmark_series()[1]}).size(), 1U);
  EXPECT_EQ(asked_by("bench.counter{counter=depth} regression", {benchmark_series()[3]}).size(), 1U);
}

TEST(ExpandRules, OtherChecksOverAPatternAskOfEverything) {
  EXPECT_EQ(asked_by("bench.** change", benchmark_series()).size(), 4U);
}

}  // namespace
}  // namespace plimsoll::pipeline
