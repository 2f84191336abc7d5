// What even_rise() promises, on memory as processes have it: ten minutes sampled by the second, σ = 1 of
// noise. PLIMSOLL_PRINT_TABLES=1 prints the table of docs/load.md.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "plimsoll/stats/rise.h"

namespace plimsoll::stats {
namespace {

constexpr std::size_t seconds = 600;
constexpr int rounds = 120;

using Series = std::vector<double>;

Series noise(base::Random& random, double rho) {
  Series series;
  double value = random.normal();
  for (std::size_t i = 0; i < seconds; ++i) {
    series.push_back(value);
    value = rho * value + std::sqrt(1 - rho * rho) * random.normal();
  }
  return series;
}

Series plus(Series series, const std::function<double(double)>& of_second) {
  for (std::size_t i = 0; i < series.size(); ++i) series[i] += of_second(static_cast<double>(i));
  return series;
}

Series with_outliers(base::Random& random) {
  Series series = noise(random, 0.5);
  for (double& value : series) {
    if (random.uniform() < 0.03) value += 10 * random.exponential();
  }
  return series;
}

// A collector that runs whenever some random limit is reached.
Series irregular_saw(base::Random& random) {
  Series series = noise(random, 0);
  double level = 0;
  double limit = 35;
  for (double& value : series) {
    level += 1 + 0.3 * random.normal();
    if (level > limit) {
      level = 2 * random.uniform();
      limit = 20 + 30 * random.uniform();
    }
    value = 0.2 * value + level / 4;
  }
  return series;
}

Series saw(base::Random& random, double period) {
  const double phase = random.uniform() * period;
  return plus(noise(random, 0), [=](double t) { return 10 * std::fmod(t + phase, period) / period; });
}

Series cache(base::Random& random, double constant) {
  return plus(noise(random, 0.5), [=](double t) { return 100 * (1 - std::exp(-t / constant)); });
}

Series filled(base::Random& random) {
  const double full = (0.1 + 0.35 * random.uniform()) * seconds;
  return plus(noise(random, 0.5), [=](double t) { return 50 * std::min(1.0, t / full); });
}

Series steps(base::Random& random, int count, double height) {
  Series series = noise(random, 0.5);
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<double>(random.below(seconds));
    series = plus(std::move(series), [=](double t) { return t >= at ? height : 0; });
  }
  return series;
}

struct Kind {
  std::string name;
  std::function<Series(base::Random&)> make;
  double most_false_alarms;  // P(called a rise | no leak)
  double least_power;        // P(called a rise | it rises by 10 σ in the ten minutes)
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"white noise", [](auto& r) { return noise(r, 0); }, 0.025, 0.99},
      {"AR(1) 0.9", [](auto& r) { return noise(r, 0.9); }, 0.025, 0.9},
      {"AR(1) 0.98", [](auto& r) { return noise(r, 0.98); }, 0.025, 0.3},
      {"outliers", with_outliers, 0.025, 0.99},
      {"saw tooth of 7 s", [](auto& r) { return saw(r, 7); }, 0.025, 0.99},
      {"saw tooth of 40 s", [](auto& r) { return saw(r, 40); }, 0.025, 0.9},
      {"irregular collector", irregular_saw, 0.025, 0.85},
      {"cache, τ = 1 min", [](auto& r) { return cache(r, 60); }, 0.05, 0.8},
      {"cache, τ = 2 min", [](auto& r) { return cache(r, 120); }, 0.05, 0},
      {"cache, τ = 3.3 min", [](auto& r) { return cache(r, 200); }, 0.05, 0},
      {"cache that is full by half time", filled, 0.05, 0.85},
      {"one large step", [](auto& r) { return steps(r, 1, 10); }, 0.05, 0},
      {"one small step", [](auto& r) { return steps(r, 1, 1); }, 0.05, 0.9},
      {"two large steps", [](auto& r) { return steps(r, 2, 10); }, 0.05, 0},
  };
  return all;
}

struct Rates {
  double called = 0, covered = 0;
};

Rates simulate(const Kind& kind, double rise) {
  base::Random random(11);
  Rates rates;
  Series time;
  for (std::size_t i = 0; i < seconds; ++i) time.push_back(static_cast<double>(i) / seconds);
  for (int round = 0; round < rounds; ++round) {
    const Series values = plus(kind.make(random), [=](double t) { return rise * t / seconds; });
    const auto found = even_rise(time, values);
    const bool called =
        found->shape == RiseShape::even && found->beats_a_jump && found->slope.interval.lo > 0;
    rates.called += called ? 1.0 / rounds : 0;
    rates.covered += found->slope.interval.contains(rise) ? 1.0 / rounds : 0;
  }
  return rates;
}

TEST(RiseSimulation, HoldsItsFalseAlarmRateAndFindsLeaks) {
  const bool print = std::getenv("PLIMSOLL_PRINT_TABLES") != nullptr;
  for (const Kind& kind : kinds()) {
    const Rates still = simulate(kind, 0);
    const Rates leaking = simulate(kind, 10);
    // Three standard errors of so many rounds on top.
    const double p = kind.most_false_alarms;
    EXPECT_LE(still.called, p + 3 * std::sqrt(p * (1 - p) / rounds)) << kind.name;
    EXPECT_GE(leaking.called, kind.least_power) << kind.name;
    if (print)
      std::printf("| %s | %.1f %% | %.0f %% |\n", kind.name.c_str(), 100 * still.called,
                  100 * leaking.called);
  }
}

TEST(RiseSimulation, TheIntervalCoversTheSlope) {
  for (const Kind& kind : kinds()) {
    if (kind.most_false_alarms > 0.025) continue;  // no straight line below it
    // A twelfth of the run is correlated there: what is left of it are a dozen points.
    const double least = kind.name == "AR(1) 0.98" ? 0.85 : 0.92;
    EXPECT_GE(simulate(kind, 3).covered, least) << kind.name;
  }
}

TEST(Rise, FindsTheSlopeBehindAWarmUp) {
  base::Random random(3);
  Series time;
  for (std::size_t i = 0; i < seconds; ++i) time.push_back(static_cast<double>(i));
  const Series values =
      plus(noise(random, 0.5), [](double t) { return 50 * std::min(1.0, t / 100) + 0.1 * t; });
  const auto rise = even_rise(time, values);
  ASSERT_TRUE(rise);
  EXPECT_EQ(rise->shape, RiseShape::even);
  EXPECT_GT(rise->from, 100);
  EXPECT_NEAR(rise->slope.slope, 0.1, 0.01);
  EXPECT_TRUE(rise->slope.interval.contains(0.1));
}

TEST(Rise, NamesWhatIsNoEvenRise) {
  base::Random random(4);
  Series time;
  for (std::size_t i = 0; i < seconds; ++i) time.push_back(static_cast<double>(i));
  EXPECT_EQ(even_rise(time, cache(random, 200))->shape, RiseShape::slowing);
  const Series late = plus(noise(random, 0), [](double t) { return t > 500 ? 10 : 0; });
  EXPECT_EQ(even_rise(time, late)->shape, RiseShape::jump);
}

TEST(Rise, NeedsTwentyFourPointsOverTime) {
  const Series few(23, 1.0);
  EXPECT_FALSE(even_rise(few, few));
  Series time;
  for (int i = 0; i < 24; ++i) time.push_back(i);
  EXPECT_TRUE(even_rise(time, time));
  EXPECT_FALSE(even_rise(Series(30, 5.0), Series(30, 1.0)));
  Series holes = time;
  holes[3] = NAN;
  EXPECT_FALSE(even_rise(time, holes));
}

TEST(Rise, AConstantDoesNotRise) {
  Series time;
  for (int i = 0; i < 60; ++i) time.push_back(i);
  const auto rise = even_rise(time, Series(60, 7.0));
  ASSERT_TRUE(rise);
  EXPECT_EQ(rise->slope.slope, 0);
  EXPECT_EQ(rise->slope.interval.lo, 0);
  EXPECT_EQ(rise->slope.interval.hi, 0);
  EXPECT_EQ(rise->shape, RiseShape::even);
}

}  // namespace
}  // namespace plimsoll::stats
