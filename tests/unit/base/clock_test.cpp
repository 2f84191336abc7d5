#include "base/clock.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace base {
namespace {

using namespace std::chrono_literals;

UtcTime at(std::int64_t nanoseconds) {
  return UtcTime(Nanoseconds(nanoseconds));
}

UtcTime parsed(std::string_view text) {
  const auto time = parse_rfc3339(text);
  EXPECT_TRUE(time.has_value()) << text;
  return time.value_or(UtcTime::min());
}

TEST(SystemClock, GoesForwardAndKnowsTheCentury) {
  const auto before = system_clock().steady();
  EXPECT_LE(before, system_clock().steady());
  EXPECT_GT(system_clock().utc(), parsed("2024-01-01"));
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock(at(5));
  const auto start = clock.steady();
  EXPECT_EQ(clock.utc(), at(5));
  EXPECT_EQ(clock.steady(), start);
  clock.advance(3s);
  EXPECT_EQ(clock.utc(), at(5) + 3s);
  EXPECT_EQ(clock.steady() - start, 3s);
}

TEST(Rfc3339, WritesUtcWithTheDigitsAskedFor) {
  const auto time = parsed("2026-11-23T14:52:35.123456789Z");
  EXPECT_EQ(to_rfc3339(time), "2026-11-23T14:52:35Z");
  EXPECT_EQ(to_rfc3339(time, 3), "2026-11-23T14:52:35.123Z");
  EXPECT_EQ(to_rfc3339(time, 6), "2026-11-23T14:52:35.123456Z");
  EXPECT_EQ(to_rfc3339(time, 9), "2026-11-23T14:52:35.123456789Z");
  EXPECT_EQ(to_rfc3339(at(-1)), "1969-12-31T23:59:59Z");
}

TEST(Rfc3339, ReadsAnyOffsetAndFraction) {
  EXPECT_EQ(parsed("1970-01-01T00:00:01Z"), at(1'000'000'000));
  EXPECT_EQ(parsed("1970-01-01t00:00:01z"), at(1'000'000'000));
  EXPECT_EQ(parsed("1970-01-01 00:00:01Z"), at(1'000'000'000));
  EXPECT_EQ(parsed("1970-01-01T01:00:00+01:00"), at(0));
  EXPECT_EQ(parsed("1969-12-31T18:30:00-05:30"), at(0));
  EXPECT_EQ(parsed("1970-01-01T00:00:00.5Z"), at(500'000'000));
  EXPECT_EQ(parsed("1970-01-01T00:00:00.1234567899Z"), at(123'456'789));
  EXPECT_EQ(parsed("2016-12-31T23:59:60Z"), parsed("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parsed("2024-02-29"), parsed("2024-02-29T00:00:00Z"));
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const auto* text :
       {"", "2026", "2026-13-01", "2026-02-29", "2026-1-1", "2026-11-23T", "2026-11-23T14:52Z",
        "2026-11-23T14:52:35", "2026-11-23T24:00:00Z", "2026-11-23T14:60:00Z", "2026-11-23T14:52:61Z",
        "2026-11-23T14:52:35.Z", "2026-11-23T14:52:35+0100", "2026-11-23T14:52:35+24:00",
        "2026-11-23T14:52:35Z ", " 2026-11-23", "9999-12-31", "0001-01-01", "2262-04-12"}) {
    const auto time = parse_rfc3339(text);
    ASSERT_FALSE(time.has_value()) << text;
    EXPECT_EQ(time.error().code, ErrorCode::invalid_argument);
  }
}

RC_GTEST_PROP(Rfc3339, ReadsBackToTheNanosecond, (std::int64_t nanoseconds)) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() - 86'400'000'000'000;
  RC_PRE(nanoseconds < most && nanoseconds > -most);
  const auto time = parse_rfc3339(to_rfc3339(at(nanoseconds), 9));
  RC_ASSERT(time.has_value());
  RC_ASSERT(*time == at(nanoseconds));
}

RC_GTEST_PROP(UnixSeconds, ReadBackToAboutAMicrosecond, ()) {
  const auto time = at(*rc::gen::inRange<std::int64_t>(0, 4'102'444'800'000'000'000));  // to the year 2100
  const auto error = from_unix_seconds(to_unix_seconds(time)) - time;
  RC_ASSERT(std::abs(error.count()) <= 1'000);
}

TEST(UnixSeconds, HoldsWhatIsOutOfRange) {
  EXPECT_EQ(to_unix_seconds(at(1'500'000'000)), 1.5);
  EXPECT_EQ(from_unix_seconds(-0.25), at(-250'000'000));
  EXPECT_EQ(from_unix_seconds(std::nan("")), at(0));
  EXPECT_GT(from_unix_seconds(1e300), parsed("2262-04-10"));
  EXPECT_LT(from_unix_seconds(-1e300), parsed("1677-09-23"));
}

}  // namespace
}  // namespace base
