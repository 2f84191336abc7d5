#include "plimsoll/model/judgement.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "generators.h"
#include "verdict_generators.h"

namespace plimsoll::model {
namespace {

base::Json written(const Judgement& judgement) {
  return *base::parse_json(base::dump(to_json(judgement)), "test");
}

RC_GTEST_PROP(Judgement, JsonReadsBack, ()) {
  const Judgement judgement = *testing::any_judgement();
  const auto read = judgement_from_json(written(judgement));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == judgement);
}

TEST(Judgement, JsonIsTheObjectOfTheInterface) {
  const Judgement judgement{.rule = "load.latency p95 < 200ms",
                            .series = "load.latency{scenario=list}",
                            .stat = "p95",
                            .unit = "seconds",
                            .status = Status::inconclusive,
                            .reason = Reason::undecided,
                            .value = 0.19,
                            .effect = Effect{EffectKind::difference, 0.19, 0.18, std::nullopt, 0.95},
                            .bound = 0.2,
                            .n = 240,
                            .n_base = 3,
                            .test = "clopper-pearson",
                            .explanation = "too few",
                            .evidence = {"b", "a"}};
  const base::Json json = to_json(judgement);
  EXPECT_EQ(json.at("rule"), "load.latency p95 < 200ms");
  EXPECT_EQ(json.at("series"), "load.latency{scenario=list}");
  EXPECT_EQ(json.at("status"), "inconclusive");
  EXPECT_EQ(json.at("reason"), "undecided");
  EXPECT_EQ(json.at("value"), 0.19);
  EXPECT_EQ(json.at("effect"), base::Json::parse(R"({"kind": "difference", "estimate": 0.19,
                                                     "interval": [0.18, null], "confidence": 0.95})"));
  EXPECT_EQ(json.at("bound"), 0.2);
  EXPECT_EQ(json.at("sample"), base::Json::parse(R"({"n": 240, "n_base": 3})"));
  EXPECT_EQ(json.at("test"), "clopper-pearson");
  EXPECT_EQ(json.at("explanation"), "too few");
  EXPECT_EQ(json.at("evidence"), base::Json::parse(R"(["b", "a"])"));
}

TEST(Judgement, JsonHasNullForNumbersThatDoNotExist) {
  const base::Json json = to_json(Judgement{.rule = "r", .series = "s"});
  for (const auto* key : {"value", "effect", "bound", "reason", "false_alarm_rate", "detectable_effect"}) {
    EXPECT_TRUE(json.at(key).is_null()) << key;
  }
}

TEST(Judgement, JsonNeverHoldsANumberThatIsNotFinite) {
  Judgement judgement{.rule = "r", .series = "s", .value = HUGE_VAL, .bound = std::nan("")};
  judgement.effect = Effect{EffectKind::ratio, std::nan(""), -HUGE_VAL, HUGE_VAL, 0.95};
  const base::Json json = written(judgement);
  EXPECT_TRUE(json.at("value").is_null());
  EXPECT_TRUE(json.at("bound").is_null());
  EXPECT_TRUE(json.at("effect").at("estimate").is_null());
  EXPECT_EQ(json.at("effect").at("interval"), base::Json::parse("[null, null]"));
}

TEST(Judgement, BrokenJsonIsNamed) {
  const auto complaint = [](std::string_view key, const base::Json& value) {
    base::Json json = to_json(Judgement{.rule = "r", .series = "s"});
    json[std::string(key)] = value;
    const auto read = judgement_from_json(json);
    return read ? std::string("accepted") : read.error().message;
  };
  EXPECT_EQ(complaint("value", "fast"), R"(value: expected a number, found "fast")");
  EXPECT_NE(complaint("status", "perfect").find("perfect"), std::string::npos);
  EXPECT_NE(complaint("effect", {{"kind", "vague"}, {"interval", {1, 2}}}).find("vague"), std::string::npos);
  EXPECT_NE(complaint("effect", {{"kind", "ratio"}, {"interval", {1}}}).find("two numbers"),
            std::string::npos);
  EXPECT_NE(complaint("evidence", {1, 2}).find("evidence"), std::string::npos);
  EXPECT_FALSE(judgement_from_json(base::Json::array()));
}

}  // namespace
}  // namespace plimsoll::model
