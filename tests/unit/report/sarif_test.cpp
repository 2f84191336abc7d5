#include "plimsoll/report/sarif.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/support/sample_snapshot.h"

namespace plimsoll::report {
namespace {

base::Json run_of(const model::Snapshot& snapshot) {
  const auto json = base::parse_json(sarif(snapshot), "sarif");
  EXPECT_TRUE(json) << to_string(json.error());
  EXPECT_EQ(json->at("version"), "2.1.0");
  EXPECT_EQ(json->at("runs").size(), 1U);
  return json->at("runs").at(0);
}

TEST(Sarif, HasAResultForEveryFinding) {
  const base::Json run = run_of(testing::sample_snapshot());
  EXPECT_EQ(run.at("tool").at("driver").at("name"), "Plimsoll");
  ASSERT_EQ(run.at("results").size(), 4U);
  const base::Json& secret = run.at("results").at(1);
  EXPECT_EQ(secret.at("ruleId"), "generic-api-key");
  EXPECT_EQ(secret.at("level"), "error");
  EXPECT_EQ(secret.at("message").at("text"), "A key with 164 bits of entropy stands in a tracked file.");
  EXPECT_EQ(secret.at("partialFingerprints").at("plimsoll/v1"), "aa02");
  const base::Json& place = secret.at("locations").at(0).at("physicalLocation");
  EXPECT_EQ(place.at("artifactLocation").at("uri"), "apps/memory_api/config/local.yaml");
  EXPECT_EQ(place.at("region"), base::Json::parse(R"({"startLine": 12, "startColumn": 9})"));
}

TEST(Sarif, GivesSeverityAsLevelAndScore) {
  const base::Json run = run_of(testing::sample_snapshot());
  EXPECT_EQ(run.at("results").at(0).at("level"), "warning");
  for (const base::Json& result : run.at("results")) {
    const base::Json& rule =
        run.at("tool").at("driver").at("rules").at(result.at("ruleIndex").get<std::size_t>());
    EXPECT_EQ(rule.at("id"), result.at("ruleId"));
    EXPECT_TRUE(rule.at("properties").contains("security-severity"));
  }
}

TEST(Sarif, LeavesOutPlacesThatAreNone) {
  const base::Json run = run_of(testing::sample_snapshot());
  EXPECT_FALSE(run.at("results").at(2).contains("locations"));
  EXPECT_EQ(run.at("results").at(2).at("properties").at("fixedIn"), "1.2.9");
  EXPECT_FALSE(run.at("results").at(0).at("locations").at(0).at("physicalLocation").contains("region"));
}

TEST(Sarif, MarksWhatIsSuppressed) {
  const base::Json results = run_of(testing::sample_snapshot()).at("results");
  EXPECT_FALSE(results.at(0).contains("suppressions"));
  EXPECT_EQ(results.at(3).at("suppressions"), base::Json::parse(R"([{"kind": "external"}])"));
}

TEST(Sarif, WithoutFindingsHasNoResults) {
  EXPECT_TRUE(run_of({}).at("results").empty());
}

TEST(Sarif, EncodesFileNamesAsUris) {
  auto snapshot = testing::sample_snapshot();
  snapshot.verdict.findings[0].file = "a b/ü#?.txt";
  const base::Json result = run_of(snapshot).at("results").at(0);
  EXPECT_EQ(result.at("locations").at(0).at("physicalLocation").at("artifactLocation").at("uri"),
            "a%20b/%C3%BC%23%3F.txt");
}

}  // namespace
}  // namespace plimsoll::report
