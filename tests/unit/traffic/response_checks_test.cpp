#include "plimsoll/traffic/request/response_checks.h"

#include <gtest/gtest.h>

#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::traffic {
namespace {

ResponseCapture response() {
  ResponseCapture capture;
  capture.status = 201;
  capture.fields = {{"Content-Type", "application/json"}, {"Location", "/notes/42"}};
  capture.body = R"({"id": 42, "name": "ann", "tags": ["a"], "none": null, "note": "say \"hi\""})";
  return capture;
}

// The step of a scenario with this text as its checks or extractions.
StepLogic logic_of(const std::string& keys) {
  const auto scenario = parse_scenario("steps:\n  - {path: /, " + keys + "}", "s.yaml");
  if (!scenario) throw std::runtime_error(base::to_string(scenario.error()));
  return scenario->steps.front().logic;
}

bool check_holds(const std::string& check) {
  Generator generator{base::Random(1)};
  return holds(logic_of("checks: [" + check + "]").checks.front(), response(), generator);
}

TEST(Check, HoldsWhereTheResponseSaysSo) {
  for (const char* check :
       {"{status: 201}", "{status: 2xx}", "{json: /id}", "{json: /none}", "{json: /id, equals: 42}",
        "{json: /id, equals: 42.0}", "{json: /name, equals: ann}", "{json: /name, not_equals: bob}",
        "{json: /id, at_least: 42}", "{json: /id, greater_than: 41.5}", "{json: /id, at_most: 42}",
        "{json: /id, less_than: 43}", "{json: /note, contains: 'say \"hi'}", "{json: /name, matches: \"^a\"}",
        "{json: /gone, exists: false}", "{header: location, matches: \"/notes/\\\\d+\"}",
        "{header: Content-Type, contains: json}", "{body_contains: ann}",
        "{body_matches: \"\\\"id\\\": \\\\d+\"}"}) {
    EXPECT_TRUE(check_holds(check)) << check;
  }
}

TEST(Check, FailsElsewhere) {
  for (const char* check :
       {"{status: 200}", "{json: /gone}", "{json: /gone, equals: 1}", "{json: /gone, not_equals: 1}",
        "{json: /id, equals: 43}", "{json: /id, not_equals: 42}", "{json: /name, at_least: 1}",
        "{json: /id, exists: false}", "{json: /tags/1}", "{header: X-None}",
        "{header: Location, equals: /notes}", "{body_contains: bob}", "{body_matches: \"^ann\"}"}) {
    EXPECT_FALSE(check_holds(check)) << check;
  }
}

TEST(Check, IsNamedAfterWhatItAsks) {
  EXPECT_EQ(logic_of("checks: [{json: /id, at_least: 5}]").checks[0].name, "json /id is at least 5");
  EXPECT_EQ(logic_of("checks: [{status: 2xx}]").checks[0].name, "status 2xx");
  EXPECT_EQ(logic_of("checks: [{name: mine, body_contains: x}]").checks[0].name, "mine");
}

std::string extracted(const std::string& source) {
  std::string value;
  return extract(logic_of("extract: {x: " + source + "}").extractions.front(), response(), value) ? value
                                                                                                  : "missing";
}

TEST(Extraction, TakesWhatIsThere) {
  EXPECT_EQ(extracted("/id"), "42");
  EXPECT_EQ(extracted("{json: /name}"), "ann");
  EXPECT_EQ(extracted("/tags"), "[\"a\"]");
  EXPECT_EQ(extracted("{header: location}"), "/notes/42");
  EXPECT_EQ(extracted("{header: location, regex: \"(\\\\d+)$\"}"), "42");
  EXPECT_EQ(extracted("{regex: '\"name\": \"(\\w+)\"'}"), "ann");
  EXPECT_EQ(extracted("{regex: nam.}"), "name");
}

TEST(Extraction, SaysWhatIsMissing) {
  EXPECT_EQ(extracted("/gone"), "missing");
  EXPECT_EQ(extracted("{header: X}"), "missing");
  EXPECT_EQ(extracted("{regex: zzz}"), "missing");
  EXPECT_EQ(extracted("{json: /gone, default: none}"), "none");
}

}  // namespace
}  // namespace plimsoll::traffic
