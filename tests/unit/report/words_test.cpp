#include "plimsoll/report/words.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/sample_snapshot.h"

namespace plimsoll::report {
namespace {

using model::Effect;
using model::EffectKind;
using model::Judgement;

std::string demand_of(std::string rule, std::string stat = "") {
  return demand(Judgement{.rule = std::move(rule), .stat = std::move(stat)});
}

TEST(Demand, IsTheRuleWithoutItsSelector) {
  EXPECT_EQ(demand_of("load.latency p95 < 200ms"), "p95 < 200ms");
  EXPECT_EQ(demand_of("load.latency{scenario=list} p99 < 50ms"), "p99 < 50ms");
  EXPECT_EQ(demand_of("load.latency{a=\"x}y\\\"}\"} by (route, method) p99<50ms"), "p99<50ms");
  EXPECT_EQ(demand_of("bench.** regression warn 10% fail 20%"), "regression warn 10% fail 20%");
  EXPECT_EQ(demand_of("load.errors<0.1%"), "<0.1%");
  EXPECT_EQ(demand_of("load.errors"), "");
}

TEST(Demand, NamesTheStatisticThatWasJudged) {
  EXPECT_EQ(demand_of("load.latency regression", "p50"), "p50 regression");
  EXPECT_EQ(demand_of("load.latency p95 < 200ms", "p95"), "p95 < 200ms");
}

TEST(Demand, OfBrokenTextIsHarmless) {
  for (const auto* rule : {"", "{", "a{\"", "a{\\", "a by (", "   "}) demand_of(rule);
  EXPECT_EQ(demand_of("a{b=c"), "");
}

TEST(Figures, OfAThresholdAreInItsUnit) {
  const Judgement judgement{.unit = "seconds",
                            .value = 0.213,
                            .effect = Effect{EffectKind::difference, 0.213, 0.2071, 0.2194},
                            .bound = 0.2,
                            .n = 24'013};
  EXPECT_EQ(figure_text(judgement), "213 ms");
  EXPECT_EQ(interval_text(judgement), "207 to 219 ms");
  EXPECT_EQ(bound_text(judgement), "200 ms");
  EXPECT_EQ(sample_text(judgement), "n = 24,013");
}

TEST(Figures, OfARegressionAreChanges) {
  const Judgement judgement{.unit = "seconds",
                            .value = 0.0413,
                            .effect = Effect{EffectKind::ratio, 1.31, 1.22, 1.41},
                            .bound = 1.2,
                            .n = 3,
                            .n_base = 12};
  EXPECT_EQ(figure_text(judgement), "+31 %");
  EXPECT_EQ(interval_text(judgement), "+22 to +41 %");
  EXPECT_EQ(bound_text(judgement), "+20 %");
  EXPECT_EQ(value_text(judgement), "41.3 ms");
  EXPECT_EQ(sample_text(judgement), "n = 3 against 12");
}

TEST(Figures, OfARatchetAreTheValueAgainstTheOldOne) {
  const Judgement judgement{
      .unit = "count", .value = 12, .effect = Effect{EffectKind::difference, 2, 2, 2}, .bound = 10};
  EXPECT_EQ(figure_text(judgement), "12");
  EXPECT_EQ(interval_text(judgement), "");
  EXPECT_EQ(bound_text(judgement), "10");
}

TEST(Figures, OfWhatDoesNotExistAreADash) {
  Judgement judgement{.unit = "seconds"};
  EXPECT_EQ(figure_text(judgement), "–");
  EXPECT_EQ(interval_text(judgement), "");
  EXPECT_EQ(bound_text(judgement), "");
  judgement.value = HUGE_VAL;
  EXPECT_EQ(value_text(judgement), "–");
}

TEST(Figures, SayWhereAnIntervalIsOpen) {
  Judgement judgement{
      .unit = "seconds", .value = 0.2, .effect = Effect{EffectKind::difference, 0.2, 0.1, {}}};
  EXPECT_EQ(interval_text(judgement), "from 100 ms");
  judgement.effect = Effect{EffectKind::difference, 0.2, {}, 0.3};
  EXPECT_EQ(interval_text(judgement), "up to 300 ms");
}

TEST(ChangeText, SaysHowMuchMoreOrLess) {
  EXPECT_EQ(change_text(1.3), "+30 %");
  EXPECT_EQ(change_text(1.012), "+1.2 %");
  EXPECT_EQ(change_text(0.5), "-50 %");
  EXPECT_EQ(change_text(1), "±0 %");
  EXPECT_EQ(change_text(12), "× 12");
}

TEST(CountsText, IsWorstFirst) {
  EXPECT_EQ(counts_text(testing::sample_snapshot().verdict),
            "2 failed, 2 inconclusive, 1 with a warning, 4 passed, 1 learning, 1 not run");
  EXPECT_EQ(counts_text({}), "nothing was judged");
}

TEST(OpenFindings, AreWorstFirstWithoutTheSuppressed) {
  const auto snapshot = testing::sample_snapshot();
  const auto open = open_findings(snapshot.verdict);
  ASSERT_EQ(open.size(), 3U);
  EXPECT_EQ(open[0]->fingerprint, "aa02");
  EXPECT_EQ(open[1]->fingerprint, "aa03");
  EXPECT_EQ(open[2]->fingerprint, "aa01");
  EXPECT_EQ(suppressed_findings(snapshot.verdict).size(), 1U);
}

TEST(PlaceText, IsAFileOrAPackage) {
  EXPECT_EQ(place_text({.file = "a.cpp", .line = 3, .column = 9}), "a.cpp:3:9");
  EXPECT_EQ(place_text({.file = "a.cpp"}), "a.cpp");
  EXPECT_EQ(place_text({.package = "zlib", .version = "1.2"}), "zlib 1.2");
  EXPECT_EQ(place_text({}), "");
}

}  // namespace
}  // namespace plimsoll::report
