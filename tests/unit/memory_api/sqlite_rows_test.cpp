#include "apps/memory_api/storage/sqlite_rows.h"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace memory_api::storage {
namespace {

// 250 years around 1970.
RC_GTEST_PROP(Microseconds, AreReadBackAsTheyWereWritten, ()) {
  constexpr std::int64_t limit = 250LL * 365 * 86'400 * 1'000'000;
  const auto value = *rc::gen::inRange<std::int64_t>(-limit, limit);
  RC_ASSERT(to_microseconds(from_microseconds(value)) == value);
}

TEST(Microseconds, OfADamagedRowStayWithinTheClock) {
  EXPECT_EQ(from_microseconds(std::numeric_limits<std::int64_t>::min()),
            from_microseconds(-9'300'000'000'000'000));
  EXPECT_EQ(from_microseconds(std::numeric_limits<std::int64_t>::max()),
            from_microseconds(9'300'000'000'000'000));
  EXPECT_LT(from_microseconds(-9'300'000'000'000'000), from_microseconds(0));
  EXPECT_LT(from_microseconds(0), from_microseconds(9'300'000'000'000'000));
}

}  // namespace
}  // namespace memory_api::storage
