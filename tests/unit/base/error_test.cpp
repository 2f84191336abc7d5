#include "base/error.h"

#include <cerrno>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace base {
namespace {

using testing::StartsWith;

Result<int> half_of(int number) {
  if (number % 2 != 0) return fail(ErrorCode::invalid_argument, "odd");
  return number / 2;
}

Status check_even(int number) {
  BASE_TRY(half_of(number));
  return {};
}

Result<int> quarter_of(int number) {
  BASE_ASSIGN(const int half, half_of(number));
  BASE_ASSIGN(const int quarter, half_of(half));
  return quarter;
}

Result<std::unique_ptr<int>> owned(int number) {
  auto make = [&]() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(number); };
  BASE_ASSIGN(auto made, make());
  return made;
}

TEST(Error, SaysPlaceMessageAndHint) {
  const Error error{ErrorCode::invalid_argument, "expected a map", "remove the dash",
                    Place{"plimsoll.yaml", 3, 7}};
  EXPECT_EQ(to_string(error), "plimsoll.yaml:3:7: expected a map (remove the dash)");
  EXPECT_EQ(to_string(Error{ErrorCode::io, "broken"}), "broken");
}

TEST(Error, LeavesOutWhatIsUnknownOfAPlace) {
  EXPECT_EQ(to_string(Place{"a.yaml"}), "a.yaml");
  EXPECT_EQ(to_string(Place{"a.yaml", 3}), "a.yaml:3");
  EXPECT_EQ(to_string(Place{"a.yaml", 0, 5}), "a.yaml");
}

TEST(Error, FailAtKeepsThePlace) {
  const Result<int> result = fail_at({"a.yaml", 1, 2}, "wrong", "mend it");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(result.error().place, (Place{"a.yaml", 1, 2}));
  EXPECT_EQ(result.error().hint, "mend it");
}

TEST(Error, ErrnoBecomesACodeAndAMessage) {
  const auto missing = from_errno("open x", ENOENT);
  EXPECT_EQ(missing.code, ErrorCode::not_found);
  EXPECT_THAT(missing.message, StartsWith("open x: No such file"));
  EXPECT_EQ(from_errno("", ENOSPC).code, ErrorCode::no_space);
  EXPECT_EQ(from_errno("", EACCES).code, ErrorCode::permission);
  EXPECT_EQ(from_errno("", EROFS).code, ErrorCode::permission);
  EXPECT_EQ(from_errno("", ETIMEDOUT).code, ErrorCode::timeout);
  EXPECT_EQ(from_errno("", ECONNREFUSED).code, ErrorCode::unavailable);
  EXPECT_EQ(from_errno("", EEXIST).code, ErrorCode::conflict);
  EXPECT_EQ(from_errno("", EIO).code, ErrorCode::io);
}

TEST(Error, ContextStandsBeforeTheMessage) {
  const auto error = with_context(Error{ErrorCode::timeout, "slow", "wait", Place{"f", 1, 1}}, "reading");
  EXPECT_EQ(to_string(error), "f:1:1: reading: slow (wait)");
  EXPECT_EQ(error.code, ErrorCode::timeout);
}

TEST(Error, TryLeavesWithTheErrorAndGoesOnWithoutOne) {
  EXPECT_TRUE(check_even(4).has_value());
  EXPECT_EQ(check_even(3).error().message, "odd");
}

TEST(Error, AssignTakesTheValueOrLeaves) {
  EXPECT_EQ(quarter_of(8).value(), 2);
  EXPECT_EQ(quarter_of(6).error().message, "odd");
  EXPECT_EQ(*owned(7).value(), 7);
}

TEST(ErrorCode, HasANameEach) {
  EXPECT_EQ(to_string(ErrorCode::invalid_argument), "invalid_argument");
  EXPECT_EQ(to_string(ErrorCode::no_space), "no_space");
  EXPECT_EQ(to_string(ErrorCode::too_large), "too_large");
  EXPECT_EQ(to_string(ErrorCode::internal), "internal");
}

}  // namespace
}  // namespace base
