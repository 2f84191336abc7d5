#include "plimsoll/pipeline/schedule.h"

#include <gtest/gtest.h>

namespace plimsoll::pipeline {
namespace {

using namespace std::chrono_literals;

plan::Plan plan_of_three() {
  plan::Plan plan;
  for (const auto& [kind, name, seconds] :
       {std::tuple("load", "list", 10), std::tuple("load", "search", 60), std::tuple("bench", "core", 20)}) {
    plan::ProbePlan probe;
    probe.kind = kind;
    probe.name = name;
    probe.expected = std::chrono::seconds(seconds);
    plan.probes.push_back(probe);
  }
  plan.profiles["pr"] = {.budget = 0s, .only = {"bench"}};
  return plan;
}

std::vector<bool> selected(const Schedule& schedule) {
  std::vector<bool> result;
  for (const ScheduledProbe& probe : schedule.probes) result.push_back(probe.selected);
  return result;
}

TEST(Schedule, RunsEverythingInThePlansOrder) {
  const plan::Plan plan = plan_of_three();
  const Schedule all = schedule(plan, {}).value();
  EXPECT_EQ(selected(all), (std::vector{true, true, true}));
  EXPECT_EQ(all.expected, 90s);
  EXPECT_FALSE(all.partial);
}

TEST(Schedule, OnlyAndSkipMakeItPartial) {
  const plan::Plan plan = plan_of_three();
  const Schedule only = schedule(plan, {.only = {"load"}}).value();
  EXPECT_EQ(selected(only), (std::vector{true, true, false}));
  EXPECT_TRUE(only.partial);
  const Schedule skip = schedule(plan, {.skip = {"load/search"}}).value();
  EXPECT_EQ(selected(skip), (std::vector{true, false, true}));
  EXPECT_TRUE(skip.partial);
}

TEST(Schedule, AProfileIsThePlansOwnChoice) {
  const plan::Plan plan = plan_of_three();
  const Schedule pr = schedule(plan, {.profile = "pr"}).value();
  EXPECT_EQ(selected(pr), (std::vector{false, false, true}));
  EXPECT_FALSE(pr.partial);
}

TEST(Schedule, TheBudgetGoesToTheFirstThatFit) {
  const plan::Plan plan = plan_of_three();
  const Schedule cheap = schedule(plan, {.budget = 35s}).value();
  EXPECT_EQ(selected(cheap), (std::vector{true, false, true}));
  EXPECT_TRUE(cheap.partial);
  EXPECT_EQ(cheap.expected, 30s);
}

TEST(Schedule, AWordThatNamesNothingIsRefusedWithTheNearest) {
  const plan::Plan plan = plan_of_three();
  const auto wrong = schedule(plan, {.only = {"laod"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::ErrorCode::invalid_argument);
  EXPECT_NE(wrong.error().hint.find("load"), std::string::npos);
  EXPECT_FALSE(schedule(plan, {.profile = "weekly"}));
}

// `search` runs during `core`; the plan names it first.
plan::Plan plan_with_a_companion() {
  plan::Plan plan = plan_of_three();
  plan.probes[1].during = "bench/core";
  return plan;
}

TEST(Schedule, ProbesThatRunSideBySideAreOneGroup) {
  const plan::Plan plan = plan_with_a_companion();
  const Schedule all = schedule(plan, {}).value();
  EXPECT_EQ(groups(all), (std::vector<std::vector<std::size_t>>{{0}, {2, 1}}));
  EXPECT_EQ(all.expected, 70s);  // the longer of the two, after the first
}

TEST(Schedule, WhatRunsDuringAProbeThatIsLeftOutIsLeftOutToo) {
  const plan::Plan plan = plan_with_a_companion();
  const Schedule without = schedule(plan, {.skip = {"core"}}).value();
  EXPECT_EQ(selected(without), (std::vector{true, false, false}));
  EXPECT_EQ(without.probes[1].why_not, "bench/core, during which it runs, is left out");
  EXPECT_EQ(groups(without), (std::vector<std::vector<std::size_t>>{{0}}));
  const Schedule alone = schedule(plan, {.skip = {"search"}}).value();
  EXPECT_EQ(groups(alone), (std::vector<std::vector<std::size_t>>{{0}, {2}}));
}

TEST(Schedule, ACompanionCostsTheBudgetNothing) {
  const plan::Plan plan = plan_with_a_companion();
  const Schedule cheap = schedule(plan, {.budget = 35s}).value();
  EXPECT_EQ(selected(cheap), (std::vector{true, true, true}));
}

}  // namespace
}  // namespace plimsoll::pipeline
