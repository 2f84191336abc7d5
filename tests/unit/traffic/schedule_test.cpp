#include "plimsoll/traffic/schedule.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

std::vector<double> all(Schedule schedule) {
  std::vector<double> due;
  while (const auto next = schedule.next()) due.push_back(std::chrono::duration<double>(*next).count());
  return due;
}

Schedule steady(double rate, base::Nanoseconds duration, Arrival arrival = Arrival::constant,
                std::uint64_t seed = 1) {
  const Stage stage{duration, rate};
  return {rate, std::span(&stage, 1), arrival, seed};
}

TEST(Schedule, HoldsExactlyRateTimesDuration) {
  for (const double rate : {0.5, 1.0, 3.0, 7.3, 400.0, 33'333.0, 1e6}) {
    for (const auto duration : {base::Nanoseconds(2s), base::Nanoseconds(10s), base::Nanoseconds(1500ms)}) {
      const double wanted = rate * std::chrono::duration<double>(duration).count();
      EXPECT_EQ(steady(rate, duration).count(), static_cast<std::uint64_t>(std::llround(wanted))) << rate;
    }
  }
}

TEST(Schedule, SpacesAConstantRateEvenly) {
  const auto due = all(steady(400, 10s));
  ASSERT_EQ(due.size(), 4000);
  for (std::size_t i = 0; i < due.size(); ++i) EXPECT_NEAR(due[i], static_cast<double>(i) / 400, 1e-9);
}

TEST(Schedule, RampsLinearlyBetweenStages) {
  const std::vector<Stage> stages = {{10s, 100}, {10s, 100}, {0s, 10}, {10s, 10}};
  const Schedule schedule(0, stages, Arrival::constant, 1);
  EXPECT_EQ(schedule.count(), 500 + 1000 + 100);
  EXPECT_EQ(schedule.length(), 30s);
  const auto due = all(schedule);
  const auto within = [&](double from, double to) {
    return std::ranges::count_if(due, [&](double t) { return t >= from && t < to; });
  };
  EXPECT_NEAR(static_cast<double>(within(0, 5)), 125, 1);  // a quarter of the triangle
  EXPECT_NEAR(static_cast<double>(within(5, 10)), 375, 1);
  EXPECT_NEAR(static_cast<double>(within(10, 20)), 1000, 1);
  EXPECT_NEAR(static_cast<double>(within(20, 30)), 100, 1);
  EXPECT_NEAR(due[50], std::sqrt(2 * 50 / 10.0), 1e-6);  // t²·10/2 = 50
}

TEST(Schedule, RampsDownToNothing) {
  const std::vector<Stage> stages = {{10s, 0}};
  const auto due = all({100, stages, Arrival::constant, 1});
  EXPECT_EQ(due.size(), 500);
  EXPECT_LT(due.back(), 10);
}

TEST(Schedule, PoissonHasTheSameCountAndItsOwnSeed) {
  const auto due = all(steady(500, 10s, Arrival::poisson, 7));
  EXPECT_EQ(due.size(), 5000);
  EXPECT_EQ(due, all(steady(500, 10s, Arrival::poisson, 7)));
  EXPECT_NE(due, all(steady(500, 10s, Arrival::poisson, 8)));
  EXPECT_GE(due.front(), 0);
  EXPECT_LT(due.back(), 10);
}

// Given their number, arrivals of a Poisson process are uniform: Kolmogorov–Smirnov at one in a million (2.7
// / √n), and gaps are exponential: their coefficient of variation is 1.
TEST(Schedule, PoissonArrivalsAreIndependent) {
  const auto due = all(steady(2000, 10s, Arrival::poisson, 3));
  const auto n = static_cast<double>(due.size());
  double distance = 0;
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < due.size(); ++i) {
    distance = std::max(distance, std::abs(due[i] / 10 - static_cast<double>(i) / n));
    if (i == 0) continue;
    const double gap = due[i] - due[i - 1];
    sum += gap;
    squares += gap * gap;
  }
  EXPECT_LT(distance, 2.7 / std::sqrt(n));
  const double mean = sum / (n - 1);
  EXPECT_NEAR(std::sqrt(squares / (n - 1) - mean * mean) / mean, 1, 0.03);
}

TEST(Ramp, TellsItsLevel) {
  const std::vector<Stage> stages = {{10s, 100}, {0s, 40}, {5s, 40}};
  const Ramp ramp(20, stages);
  EXPECT_DOUBLE_EQ(ramp.level(0), 20);
  EXPECT_DOUBLE_EQ(ramp.level(5), 60);
  EXPECT_DOUBLE_EQ(ramp.level(12), 40);
  EXPECT_DOUBLE_EQ(ramp.level(99), 40);
  EXPECT_DOUBLE_EQ(ramp.area(), 600 + 200);
}

RC_GTEST_PROP(Schedule, AscendsWithinItsLength, ()) {
  const auto stages = *rc::gen::nonEmpty(rc::gen::container<std::vector<Stage>>(
      rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 3000), rc::gen::inRange(0, 500)),
                   [](const std::pair<int, int>& pair) {
                     return Stage{std::chrono::milliseconds(pair.first), static_cast<double>(pair.second)};
                   })));
  const auto arrival = *rc::gen::element(Arrival::constant, Arrival::poisson);
  const auto start = static_cast<double>(*rc::gen::inRange(0, 500));
  const Schedule schedule(start, stages, arrival, *rc::gen::arbitrary<std::uint64_t>());
  const auto due = all(schedule);
  RC_ASSERT(due.size() == schedule.count());
  RC_ASSERT(std::ranges::is_sorted(due));
  if (!due.empty()) RC_ASSERT(due.front() >= 0);
  if (!due.empty()) RC_ASSERT(due.back() <= std::chrono::duration<double>(schedule.length()).count() + 1e-6);
}

}  // namespace
}  // namespace plimsoll::traffic
