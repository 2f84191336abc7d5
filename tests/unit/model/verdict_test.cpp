#include "plimsoll/model/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "verdict_generators.h"

namespace plimsoll::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Verdict small_verdict() {
  Verdict verdict;
  verdict.status = Status::warn;
  verdict.headline = "This release may ship, with a warning.";
  verdict.run.id = "20261123T145235-1a2b3c4d";
  verdict.run.environment.cpu_model = "A CPU";
  verdict.run.probes = {{.kind = "load", .name = "list", .duration_seconds = 10.25}};
  verdict.judgements = {{.rule = "r", .series = "s", .status = Status::warn}};
  verdict.findings = {{.rule = "f", .fingerprint = "0f"}};
  verdict.false_alarm_rate = 0.05;
  verdict.family_size = 12;
  return verdict;
}

std::vector<std::string> keys_of(const base::OrderedJson& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

RC_GTEST_PROP(Verdict, JsonReadsBackAndIsWrittenTheSame, ()) {
  const Verdict verdict = *testing::any_verdict();
  const std::string text = base::dump(to_json(verdict));
  const auto read = verdict_from_json(*base::parse_json(text, "test"));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->judgements == verdict.judgements);
  RC_ASSERT(read->findings == verdict.findings);
  RC_ASSERT(read->run == verdict.run);
  RC_ASSERT(base::dump(to_json(*read)) == text);
}

TEST(Verdict, JsonIsTheCheckDocument) {
  const base::OrderedJson json = to_json(small_verdict());
  EXPECT_THAT(keys_of(json),
              ElementsAre("plimsoll", "version", "status", "headline", "run", "partial", "false_alarm_rate",
                          "family_size", "judgements", "findings", "probes"));
  EXPECT_EQ(json.at("plimsoll"), "check");
  EXPECT_EQ(json.at("version"), 1);
  EXPECT_EQ(json.at("status"), "warn");
  EXPECT_EQ(json.at("partial"), false);
  EXPECT_EQ(json.at("false_alarm_rate"), 0.05);
  EXPECT_EQ(json.at("family_size"), 12);
  EXPECT_EQ(json.at("judgements").size(), 1U);
  EXPECT_EQ(json.at("findings").at(0).at("fingerprint"), "0f");
}

TEST(Verdict, JsonHoldsTheRunWithItsEnvironmentInside) {
  const base::OrderedJson run = to_json(small_verdict()).at("run");
  const std::vector<std::string> keys = keys_of(run);
  ASSERT_GE(keys.size(), 5U);
  EXPECT_THAT(std::vector(keys.begin(), keys.begin() + 5),
              ElementsAre("id", "commit", "branch", "started", "environment"));
  EXPECT_TRUE(run.at("commit").is_null());
  EXPECT_TRUE(run.at("branch").is_null());
  EXPECT_EQ(run.at("environment").at("cpu_model"), "A CPU");
}

TEST(Verdict, JsonHasTheProbesOnTop) {
  const base::OrderedJson json = to_json(small_verdict());
  const base::OrderedJson probe = json.at("probes").at(0);
  EXPECT_EQ(probe.at("kind"), "load");
  EXPECT_EQ(probe.at("name"), "list");
  EXPECT_EQ(probe.at("status"), "complete");
  EXPECT_EQ(probe.at("duration_seconds"), 10.25);
  EXPECT_TRUE(probe.at("error").is_null());
}

TEST(Verdict, JsonOfAnEmptyVerdictHasEveryKey) {
  const base::OrderedJson json = to_json(Verdict{});
  EXPECT_EQ(json.at("status"), "inconclusive");
  for (const auto* key : {"judgements", "findings", "probes"})
    EXPECT_EQ(json.at(key), base::OrderedJson::array());
}

TEST(Verdict, JsonTakesAnyBytes) {
  Verdict verdict = small_verdict();
  verdict.headline = std::string("\xff\x00 a", 4);
  const auto json = base::parse_json(base::dump(to_json(verdict)), "test");
  ASSERT_TRUE(json) << to_string(json.error());
  EXPECT_TRUE(verdict_from_json(*json));
}

TEST(Verdict, BrokenJsonIsNamed) {
  const auto complaint = [](std::string_view key, const base::Json& value) {
    base::Json json = base::Json::parse(base::dump(to_json(small_verdict())));
    json[std::string(key)] = value;
    const auto read = verdict_from_json(json);
    return read ? std::string("accepted") : read.error().message;
  };
  EXPECT_THAT(complaint("judgements", 7), HasSubstr("judgements: expected a list"));
  EXPECT_THAT(complaint("judgements", {7}), HasSubstr("judgement"));
  EXPECT_THAT(complaint("run", nullptr), HasSubstr("run"));
  EXPECT_THAT(complaint("status", 1), HasSubstr("status"));
  EXPECT_FALSE(verdict_from_json("text"));
}

TEST(Verdict, ExitCodeIsZeroOnlyWhereTheReleaseMayShip) {
  EXPECT_EQ(exit_code(Status::pass), 0);
  EXPECT_EQ(exit_code(Status::warn), 0);
  EXPECT_EQ(exit_code(Status::fail), 1);
  EXPECT_EQ(exit_code(Status::inconclusive), 3);
  EXPECT_EQ(exit_code(Status::learning), 3);
  EXPECT_EQ(exit_code(Status::not_run), 3);
}

}  // namespace
}  // namespace plimsoll::model
