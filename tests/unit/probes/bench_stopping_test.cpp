#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/probes/bench/stopping.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::probes::bench {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

formats::ImportedFile time_of(double seconds, const std::string& name = "bench.wall_time") {
  formats::Collector collector;
  collector.add_sample(formats::series_in_seconds(name, {{"benchmark", "a"}}), seconds);
  return collector.take();
}

// Repeats drawn until the rule is content.
std::vector<double> measure(base::Random& random, double cv, Stopping& stopping) {
  std::vector<double> times;
  do {
    times.push_back(std::exp(cv * random.normal()));
    stopping.add(time_of(times.back()));
  } while (!stopping.enough(0s));
  return times;
}

TEST(Stopping, WithoutAPrecisionRepeatsAsOftenAsAsked) {
  Stopping stopping({.least = 3});
  base::Random random(1);
  EXPECT_EQ(measure(random, 0.5, stopping).size(), 3U);
  EXPECT_EQ(stopping.why(), "3 runs");
}

TEST(Stopping, QuietTimesEndSoonerThanNoisyOnes) {
  base::Random random(2);
  Stopping quiet({.precision = 0.02});
  Stopping noisy({.precision = 0.02});
  const std::size_t few = measure(random, 0.005, quiet).size();
  const std::size_t many = measure(random, 0.05, noisy).size();
  EXPECT_LE(few, 14U);
  EXPECT_GE(many, 25U);
  EXPECT_LE(*noisy.reached(), 0.02);
}

// The promise of the header: however it ended, the truth lies within what was reached.
TEST(Stopping, TheIntervalThatEndsItCoversTheTruth) {
  constexpr int measurements = 1'000;
  base::Random random(20'261'123);
  int covered = 0;
  for (int i = 0; i < measurements; ++i) {
    Stopping stopping({.precision = 0.02});
    const double median = stats::median(measure(random, 0.04, stopping));
    covered += std::abs(1 / median - 1) <= *stopping.reached() + 1e-12 ? 1 : 0;
  }
  EXPECT_GE(covered, measurements * 95 / 100);
}

TEST(Stopping, TheRatioOfPairsIsCoveredToo) {
  constexpr int measurements = 500;
  base::Random random(7);
  int covered = 0;
  for (int i = 0; i < measurements; ++i) {
    Stopping stopping({.precision = 0.02});
    double sum = 0;
    do {
      const double ratio = std::exp(0.03 * random.normal());
      sum += std::log(ratio);
      stopping.add_pair(time_of(2), time_of(2 * ratio));
    } while (!stopping.enough(0s));
    covered += std::abs(sum / stopping.repeats()) <= std::log1p(*stopping.reached()) ? 1 : 0;
  }
  EXPECT_GE(covered, measurements * 95 / 100);
}

TEST(Stopping, SaysWhatWasReachedWhenTheTimeIsUp) {
  Stopping stopping({.precision = 0.001, .max_time = 10s});
  base::Random random(3);
  for (int i = 0; i < 9; ++i) {
    stopping.add(time_of(std::exp(0.1 * random.normal())));
    EXPECT_FALSE(stopping.enough(9s));
  }
  stopping.add(time_of(1));
  EXPECT_TRUE(stopping.enough(10s));
  EXPECT_THAT(stopping.why(), HasSubstr("10 runs: within "));
  EXPECT_THAT(stopping.why(), HasSubstr("not the 0.1 % asked for: the time was up"));
}

TEST(Stopping, TimeThatIsUpAtOnceStillGivesOneRun) {
  Stopping stopping({.max_time = 1ms});
  stopping.add(time_of(1));
  EXPECT_TRUE(stopping.enough(1s));
  EXPECT_EQ(stopping.why(), "1 run, then the time was up");
}

TEST(Stopping, EndsAtItsMostRunsWhereNoTimeIsReported) {
  Stopping stopping({.most = 30, .precision = 0.01});
  int runs = 0;
  do {
    stopping.add(time_of(1, "bench.cpu_time"));
    ++runs;
  } while (!stopping.enough(0s));
  EXPECT_EQ(runs, 30);
  EXPECT_THAT(stopping.why(), HasSubstr("unknown precision"));
}

}  // namespace
}  // namespace plimsoll::probes::bench
