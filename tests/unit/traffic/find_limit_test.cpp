#include "plimsoll/traffic/find_limit.h"

#include <cmath>
#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "base/random.h"

namespace plimsoll::traffic {
namespace {

Limit search(LimitSearch& limits, const std::function<StepOutcome(double)>& service) {
  while (const auto rate = limits.next()) limits.report(service(*rate));
  return limits.result();
}

std::function<StepOutcome(double)> breaks_above(double knee) {
  return [knee](double rate) { return rate <= knee ? StepOutcome::held : StepOutcome::broke; };
}

TEST(FindLimit, ClosesInOnTheKnee) {
  for (const double knee : {3.0, 90.0, 100.0, 1'234.0, 150'000.0}) {
    LimitSearch limits({.start = 100, .precision = 0.05});
    const Limit limit = search(limits, breaks_above(knee));
    EXPECT_LE(*limit.holds, knee);
    EXPECT_GT(*limit.breaks, knee);
    EXPECT_LE(*limit.breaks / *limit.holds, 1.05);
    EXPECT_NEAR(*limit.knee() / knee, 1, 0.05);
    EXPECT_LT(limits.steps().size(), 40u);
  }
}

TEST(FindLimit, AnEndThatIsMissingIsSaid) {
  LimitSearch most({.start = 100, .most = 1'000});
  const Limit all = search(most, breaks_above(1e9));
  EXPECT_TRUE(all.reached_most);
  EXPECT_EQ(all.holds, 1'000);
  EXPECT_FALSE(all.breaks);
  EXPECT_FALSE(all.knee());

  LimitSearch none({.start = 100});
  const Limit nothing = search(none, breaks_above(0));
  EXPECT_FALSE(nothing.holds);
  EXPECT_LT(*nothing.breaks, 1);
}

TEST(FindLimit, TheGeneratorsLimitIsNotTheServices) {
  LimitSearch limits({.start = 100});
  const Limit limit =
      search(limits, [](double rate) { return rate < 1'000 ? StepOutcome::held : StepOutcome::generator; });
  EXPECT_TRUE(limit.generator_limited);
  EXPECT_EQ(limit.holds, 800);
  EXPECT_FALSE(limit.breaks);
}

TEST(FindLimit, AServiceThatIsGoneEndsTheSearch) {
  LimitSearch limits({.start = 100});
  const Limit limit =
      search(limits, [](double rate) { return rate < 300 ? StepOutcome::held : StepOutcome::gone; });
  EXPECT_TRUE(limit.service_gone);
  EXPECT_EQ(limit.holds, 200);
}

TEST(FindLimit, AServiceThatNeverHoldsEndsTheSearchAtTheLeastRate) {
  LimitSearch limits({.start = 100, .least = 20});
  const Limit limit = search(limits, [](double) { return StepOutcome::broke; });
  EXPECT_FALSE(limit.holds);
  EXPECT_EQ(limit.breaks, 25);
}

TEST(FindLimit, OneBadMomentBreaksNothing) {
  LimitSearch limits({.start = 100, .precision = 0.05});
  int asked = 0;
  const Limit limit = search(limits, [&](double rate) {
    if (++asked == 2) return StepOutcome::broke;
    return rate <= 5'000 ? StepOutcome::held : StepOutcome::broke;
  });
  EXPECT_NEAR(*limit.knee(), 5'000, 250);
}

TEST(FindLimit, OneGoodMomentHoldsNothing) {
  LimitSearch limits({.start = 100, .precision = 0.05});
  bool lucky = true;
  const Limit limit = search(limits, [&](double rate) {
    if (rate > 1'000 && std::exchange(lucky, false)) return StepOutcome::held;
    return rate <= 1'000 ? StepOutcome::held : StepOutcome::broke;
  });
  EXPECT_LE(*limit.holds, 1'000);
  EXPECT_NEAR(*limit.knee(), 1'000, 60);
}

// A real knee is soft: near it a step holds by chance. Over 20 % of the rate the chance falls from 1 to 0.
TEST(FindLimit, ASoftKneeIsFoundWithinItsSoftness) {
  base::Random random(1);
  int within = 0;
  for (int round = 0; round < 400; ++round) {
    LimitSearch limits({.start = 50, .precision = 0.05});
    const Limit limit = search(limits, [&](double rate) {
      const double p = 1 / (1 + std::exp(std::log(rate / 2'000) / 0.025));
      return random.uniform() < p ? StepOutcome::held : StepOutcome::broke;
    });
    within += std::abs(std::log(limit.knee().value_or(1) / 2'000)) < 0.1 ? 1 : 0;
  }
  EXPECT_GE(within, 380);
}

}  // namespace
}  // namespace plimsoll::traffic
