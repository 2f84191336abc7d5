#include "plimsoll/model/observation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "generators.h"

namespace plimsoll::model {
namespace {

Observation observe(Value value) {
  return {.series = 0, .slice_start = 1, .slice_seconds = 1, .value = std::move(value)};
}

RC_GTEST_PROP(Observation, JsonReadsBack, ()) {
  const auto observation = *testing::any_observation(1000);
  const auto json = base::parse_json(base::dump(to_json(observation)), "test");
  RC_ASSERT(json.has_value());
  const auto read = observation_from_json(*json);
  RC_ASSERT(read.has_value());
  RC_ASSERT(testing::same(*read, observation));
}

TEST(Observation, RefusesWhatCannotBe) {
  auto observation = observe(1.0);
  EXPECT_TRUE(validate(observation));
  observation.slice_start = NAN;
  EXPECT_FALSE(validate(observation));
  observation.slice_start = -1;
  EXPECT_FALSE(validate(observation));
  observation.slice_start = 0;
  observation.slice_seconds = INFINITY;
  EXPECT_FALSE(validate(observation));
  observation.slice_seconds = 0;
  observation.subject = std::string(201, 'x');
  EXPECT_FALSE(validate(observation));
  observation.subject = "\xc3";
  EXPECT_FALSE(validate(observation));
  EXPECT_FALSE(validate(observe(Proportion{2, 1})));
  EXPECT_TRUE(validate(observe(NAN)));
}

TEST(Observation, RefusesBrokenJson) {
  for (const auto* text :
       {"1", "{}", R"({"series":0,"at":1})", R"({"series":-1,"at":1,"scalar":1})",
        R"({"series":0,"scalar":1})", R"({"series":4294967296,"at":1,"scalar":1})",
        R"({"series":0,"at":1,"scalar":"x"})", R"({"series":0,"at":1,"k":1})",
        R"({"series":0,"at":1,"k":2,"n":1})", R"({"series":0,"at":1,"k":-1,"n":1})",
        R"({"series":0,"at":1,"samples":[null]})", R"({"series":0,"at":1,"block":1.5,"scalar":1})",
        R"({"series":0,"at":1,"histogram":{"buckets":[[1]]}})",
        R"({"series":0,"at":1,"histogram":{"buckets":[[99999999,1]]}})"}) {
    const auto read = observation_from_json(base::Json::parse(text));
    EXPECT_FALSE(read) << text;
  }
}

TEST(Merge, OfNothingIsNothing) {
  EXPECT_EQ(merge({}), std::nullopt);
}

TEST(Merge, AddsProportions) {
  const std::vector<Observation> both = {observe(Proportion{1, 10}), observe(Proportion{2, 30})};
  EXPECT_EQ(std::get<Proportion>(*merge(both)), (Proportion{3, 40}));
}

TEST(Merge, MakesSamplesOfScalarsAndSamples) {
  const std::vector<Observation> both = {observe(1.0), observe(Samples{2, 3}), observe(4.0)};
  EXPECT_THAT(std::get<Samples>(*merge(both)), ::testing::ElementsAre(1, 2, 3, 4));
}

TEST(Merge, KeepsTheEdgesOfHistograms) {
  const std::vector<double> edges = {0.2};
  base::Histogram a(edges), b(edges);
  a.record(0.1);
  b.record(0.2);
  b.record(0.3);
  const std::vector<Observation> both = {observe(a), observe(b)};
  const auto merged = std::get<base::Histogram>(*merge(both));
  EXPECT_EQ(merged.count(), 3u);
  ASSERT_EQ(merged.edges().size(), 1u);
  EXPECT_EQ(merged.edges()[0].at_or_below, 2u);
}

TEST(Merge, TakesTheFirstKindWhereKindsDiffer) {
  const std::vector<Observation> both = {observe(Proportion{1, 2}), observe(5.0)};
  EXPECT_EQ(std::get<Proportion>(*merge(both)), (Proportion{1, 2}));
}

}  // namespace
}  // namespace plimsoll::model
