#include "plimsoll/stats/noise_shape.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/power/noise_models.h"

namespace plimsoll::stats {
namespace {

NoiseShape fitted(const power::Family& family) {
  const std::vector<std::span<const double>> baselines(family.begin(), family.end());
  return fit_noise_shape(baselines, noise_floor(0.10));
}

TEST(NoiseShape, ScoresKeepTheTailProbability) {
  EXPECT_NEAR(standard_score(2.093024054408263, 19), 1.959963984540054, 1e-9);
  EXPECT_NEAR(from_standard_score(1.959963984540054, 19), 2.093024054408263, 1e-9);
  EXPECT_NEAR(standard_score(-2.776445105197793, 4), -1.959963984540054, 1e-9);
  EXPECT_EQ(standard_score(0, 5), 0);
  EXPECT_TRUE(std::isfinite(standard_score(1e300, 30)));
}

TEST(NoiseShape, ThePriorIsHeavierThanNormalFarOutOnly) {
  const NoiseTail prior;
  EXPECT_NEAR(prior.limit(), 2.2, 0.25);
  EXPECT_NEAR(prior.above(0), 0.5, 1e-9);
  EXPECT_GT(prior.above(5), 1e-4);
}

TEST(NoiseShape, CalmFamiliesAreTakenForNormal) {
  base::Random random(23);
  const NoiseShape shape = fitted(power::gaussian(random, 100, 20, 0.03));
  EXPECT_LT(shape.calm.worse.above(4), 4e-4);
  EXPECT_NEAR(shape.calm.worse.limit(), 2, 0.1);
  EXPECT_LT(shape.autocorrelation, 0.1);
}

TEST(NoiseShape, HeavyTailsAreSeen) {
  base::Random random(24);
  const NoiseShape calm = fitted(power::gaussian(random, 100, 20, 0.03));
  const NoiseShape heavy = fitted(power::heavy_tailed(random, 100, 20, 0.03));
  EXPECT_GT(heavy.calm.worse.above(6), 20 * calm.calm.worse.above(6));
  EXPECT_GT(heavy.wild.better.above(6), 20 * calm.calm.better.above(6));
}

TEST(NoiseShape, SkewIsKeptApart) {
  base::Random random(25);
  const NoiseShape shape = fitted(power::with_outliers(random, 100, 20));
  EXPECT_GT(shape.calm.worse.above(6), 20 * shape.calm.better.above(6));
}

TEST(NoiseShape, AFewWildSeriesDoNotBluntTheCalmOnes) {
  base::Random random(26);
  power::Family family = power::gaussian(random, 100, 20, 0.02);
  for (std::size_t s = 0; s < 10; ++s) {
    for (std::size_t r = s % 4; r < 20; r += 4) family[s][r] += 1;
  }
  const NoiseShape shape = fitted(family);
  EXPECT_LT(shape.of(family[50]).worse.above(5), 1e-3);
  EXPECT_GT(shape.wild.worse.above(3), 5 * shape.calm.worse.above(3));
}

TEST(NoiseShape, SeesAutocorrelation) {
  base::Random random(27);
  EXPECT_NEAR(fitted(power::autocorrelated(random, 100, 20, 0.5, 0.03)).autocorrelation, 0.5, 0.08);
}

TEST(NoiseShape, CommonScalesAreFound) {
  base::Random random(28);
  const NoiseShape alike = fitted(power::gaussian(random, 200, 6, 0.05));
  EXPECT_NEAR(std::sqrt(alike.scale.variance), 0.05, 0.01);
  EXPECT_GT(alike.scale.df, 10);
  power::Family different = power::gaussian(random, 200, 6, 0.05);
  for (auto& values : different) {
    const double factor = std::exp(2 * random.normal());
    for (double& value : values) value *= factor;
  }
  EXPECT_LT(fitted(different).scale.df, 3);
}

TEST(NoiseShape, ACommonScaleNeverOutweighsTheOwn) {
  const CommonScale common{.variance = 1, .df = 1'000};
  const Scale scale = moderated(3, 4, common);
  EXPECT_DOUBLE_EQ(scale.df, 8);
  EXPECT_DOUBLE_EQ(scale.stddev, std::sqrt(2));
  EXPECT_DOUBLE_EQ(moderated(3, 4, {}).stddev, std::sqrt(3));
}

TEST(NoiseShape, NothingIsLearntFromTooLittle) {
  const NoiseShape nothing = fitted({{1, 2, 3, 4}, {5, 5, 5, 5, 5, 5}});
  EXPECT_DOUBLE_EQ(nothing.calm.worse.above(4), NoiseTail().above(4));
  EXPECT_EQ(nothing.scale.df, 0);
}

RC_GTEST_PROP(NoiseShape, TailsFallAndQuantilesInvertThem, ()) {
  std::vector<double> beyond;
  for (int i = *rc::gen::inRange(0, 30); i > 0; --i) beyond.push_back(1.5 + *rc::gen::inRange(0, 200) / 20.0);
  const NoiseTail tail(beyond, static_cast<std::size_t>(*rc::gen::inRange(0, 1'000)));
  double before = 1;
  for (double z = -5; z < 39; z += 0.25) {
    RC_ASSERT(tail.above(z) <= before);
    before = tail.above(z);
  }
  for (const double p : {0.2, 0.025, 1e-3, 1e-4}) {
    const double z = tail.quantile(p);  // 38 is as far as scores go
    RC_ASSERT(z > 37.9 || std::abs(tail.above(z) / p - 1) < 1e-3);
  }
}

}  // namespace
}  // namespace plimsoll::stats
