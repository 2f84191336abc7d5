#include "plimsoll/report/ticks.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plimsoll::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> labels(double low, double high, std::string_view unit, int wanted) {
  std::vector<std::string> result;
  for (const Tick& tick : ticks(low, high, unit, wanted)) result.push_back(tick.label);
  return result;
}

TEST(Ticks, AreRoundInTheUnitTheyAreWrittenIn) {
  EXPECT_THAT(labels(0, 0.43, "seconds", 5), ElementsAre("0 s", "100 ms", "200 ms", "300 ms", "400 ms"));
  EXPECT_THAT(labels(0, 59, "seconds", 6), ElementsAre("0 s", "10 s", "20 s", "30 s", "40 s", "50 s"));
  EXPECT_THAT(labels(0, 3'000, "seconds", 4), ElementsAre("0 s", "15 min", "30 min", "45 min"));
  EXPECT_THAT(labels(0, 40 * 1048576.0, "bytes", 4),
              ElementsAre("0 B", "10 MiB", "20 MiB", "30 MiB", "40 MiB"));
  EXPECT_THAT(labels(0.7, 0.9, "share", 4), ElementsAre("70 %", "75 %", "80 %", "85 %", "90 %"));
  EXPECT_THAT(labels(0, 400, "requests/s", 4), ElementsAre("0", "100", "200", "300", "400"));
  EXPECT_THAT(labels(0, 400, "per_second", 4), ElementsAre("0/s", "100/s", "200/s", "300/s", "400/s"));
}

TEST(Ticks, OfNoRangeAreNone) {
  EXPECT_THAT(ticks(1, 1, "seconds", 5), IsEmpty());
  EXPECT_THAT(ticks(2, 1, "seconds", 5), IsEmpty());
  EXPECT_THAT(ticks(0, HUGE_VAL, "seconds", 5), IsEmpty());
  EXPECT_THAT(ticks(std::nan(""), 1, "seconds", 5), IsEmpty());
}

RC_GTEST_PROP(Ticks, LieInTheRangeInOrderAndAreNotMany, (double a, double b)) {
  RC_PRE(std::isfinite(a) && std::isfinite(b) && std::isfinite(b - a));
  const double low = std::min(a, b), high = std::max(a, b);
  const auto found = ticks(low, high, "seconds", 5);
  RC_ASSERT(found.size() <= 12U);
  for (std::size_t i = 1; i < found.size(); ++i) RC_ASSERT(found[i - 1].at < found[i].at);
  const double slack = (high - low) * 1e-6 + std::abs(high) * 1e-9;
  for (const Tick& tick : found) RC_ASSERT(tick.at >= low - slack && tick.at <= high + slack);
}

}  // namespace
}  // namespace plimsoll::report
