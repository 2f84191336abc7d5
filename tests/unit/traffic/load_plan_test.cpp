#include "plimsoll/traffic/load_plan.h"

#include <gtest/gtest.h>

#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/scenario/shape_overrides.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

LoadShape closed(int users) {
  LoadShape shape;
  shape.users = users;
  return shape;
}

LoadShape open(double rate) {
  LoadShape shape;
  shape.rate = rate;
  return shape;
}

TEST(LoadShape, IsOpenWhereARateIsGiven) {
  EXPECT_TRUE(open(5).is_open());
  EXPECT_FALSE(closed(5).is_open());
  EXPECT_FALSE(LoadShape{}.is_open());
}

TEST(LoadShape, RefusesContradictions) {
  LoadShape both = open(5);
  both.users = 3;
  EXPECT_FALSE(check_shape(both));
  LoadShape twice = closed(3);
  twice.duration = 5s;
  twice.requests = 7;
  EXPECT_FALSE(check_shape(twice));
  LoadShape thinking = open(5);
  thinking.think_time.mean = 1s;
  EXPECT_FALSE(check_shape(thinking));
  LoadShape staged = open(5);
  staged.rate_stages = {{5s, 10}};
  staged.duration = 5s;
  EXPECT_FALSE(check_shape(staged));
}

TEST(LoadShape, RefusesValuesOutOfRange) {
  EXPECT_FALSE(check_shape(closed(0)));
  EXPECT_FALSE(check_shape(closed(most_users + 1)));
  EXPECT_FALSE(check_shape(open(-1)));
  EXPECT_FALSE(check_shape(open(0)));
  LoadShape nothing = open(0.001);
  nothing.duration = 1s;
  EXPECT_FALSE(check_shape(nothing));  // makes no request
  LoadShape long_run = closed(1);
  long_run.duration = std::chrono::hours(24 * 30);
  EXPECT_FALSE(check_shape(long_run));
}

TEST(LoadShape, KnowsHowLongItLasts) {
  LoadShape shape = open(100);
  shape.requests = 250;
  shape.warmup = 1s;
  EXPECT_EQ(expected_length(shape), 3500ms);
  EXPECT_EQ(make_schedule(shape, 1).count(), 250);
  LoadShape counted = closed(4);
  counted.requests = 10;
  EXPECT_EQ(expected_length(counted), 0s);
  EXPECT_EQ(expected_length(closed(4)), 10s);
}

TEST(ShapeOverrides, ReplaceTheModel) {
  LoadShape shape = closed(10);
  shape.think_time.mean = 1s;
  shape.duration = 30s;
  const LoadShape faster = with_overrides(shape, {.rate = 50});
  EXPECT_TRUE(check_shape(faster));
  EXPECT_TRUE(faster.is_open());
  EXPECT_EQ(faster.duration, 30s);
  const LoadShape back = with_overrides(faster, {.users = 7, .duration = 5s});
  EXPECT_TRUE(check_shape(back));
  EXPECT_EQ(back.users, 7);
  EXPECT_EQ(back.duration, 5s);
}

TEST(ShapeOverrides, ConnectionsAreUsersOfTheClosedModel) {
  EXPECT_EQ(with_overrides({}, {.connections = 64}).users, 64);
  const LoadShape shape = with_overrides({}, {.rate = 9, .connections = 64});
  EXPECT_EQ(shape.connections, 64);
  EXPECT_FALSE(shape.users);
}

TEST(ShapeOverrides, ADurationEndsStages) {
  LoadShape shape;
  shape.user_stages = {{10s, 100}, {20s, 1000}};
  const LoadShape flat = with_overrides(shape, {.duration = 5s});
  EXPECT_EQ(flat.users, 1000);
  EXPECT_TRUE(check_shape(flat));
  const LoadShape staged = with_overrides(open(5), {.rate_stages = {{10s, 100}}});
  EXPECT_TRUE(check_shape(staged));
}

TEST(ShapeOverrides, LengthStretchesStages) {
  LoadShape shape;
  shape.rate_stages = {{10s, 100}, {30s, 100}};
  shape = with_length(shape, 80s);
  EXPECT_EQ(shape.rate_stages, (std::vector<Stage>{{20s, 100}, {60s, 100}}));
  EXPECT_EQ(with_length(closed(3), 7s).duration, 7s);
}

TEST(ShapeOverrides, ReadsStages) {
  const auto stages = parse_stages("30s:100, 0s:500,2m:0.5");
  ASSERT_TRUE(stages);
  EXPECT_EQ(*stages, (std::vector<Stage>{{30s, 100}, {0s, 500}, {2min, 0.5}}));
  for (const char* text : {"", "30s", "30:5", "30s:x", "30s:-1", "30s:1,", ":5"})
    EXPECT_FALSE(parse_stages(text)) << text;
}

TEST(StatusSet, ReadsClassesRangesAndStatuses) {
  const auto set = StatusSet::parse("2xx, 301,404-405");
  ASSERT_TRUE(set);
  for (const int status : {200, 299, 301, 404, 405}) EXPECT_TRUE(set->contains(status)) << status;
  for (const int status : {0, 199, 300, 302, 403, 406, 500}) EXPECT_FALSE(set->contains(status)) << status;
  for (const char* text : {"", "6xx", "20", "2000", "ok", "300-200", "200,", "0xx"})
    EXPECT_FALSE(StatusSet::parse(text)) << text;
}

TEST(Saturation, NeedsMoreThanTenAndMoreThanAThousandth) {
  EXPECT_FALSE(is_saturated(10, 100));
  EXPECT_TRUE(is_saturated(11, 100));
  EXPECT_FALSE(is_saturated(100, 100'000));
  EXPECT_TRUE(is_saturated(101, 100'000));
}

TEST(Saturation, AllowsFiveMillisecondsOrFivePercentOfTheMedian) {
  EXPECT_DOUBLE_EQ(late_after_seconds(0.001), 0.005);
  EXPECT_DOUBLE_EQ(late_after_seconds(2), 0.1);
  EXPECT_DOUBLE_EQ(late_after_seconds(std::numeric_limits<double>::quiet_NaN()), 0.005);
}

}  // namespace
}  // namespace plimsoll::traffic
