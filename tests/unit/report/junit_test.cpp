#include "plimsoll/report/junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>
#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "tests/support/sample_snapshot.h"

namespace plimsoll::report {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

pugi::xml_document parsed(const std::string& xml) {
  pugi::xml_document document;
  const auto result = document.load_string(xml.c_str());
  EXPECT_TRUE(result) << result.description();
  return document;
}

std::size_t count(const pugi::xml_document& document, const char* path) {
  return document.select_nodes(path).size();
}

TEST(Junit, HasACaseForEveryJudgement) {
  const auto document = parsed(junit(testing::sample_snapshot()));
  EXPECT_EQ(count(document, "/testsuites/testsuite/testcase"), 11U);
  EXPECT_EQ(count(document, "//testcase/failure"), 2U);
  EXPECT_EQ(count(document, "//testcase/error"), 2U);
  EXPECT_EQ(count(document, "//testcase/skipped"), 2U);
  EXPECT_EQ(count(document, "//testcase/system-out"), 1U);
}

TEST(Junit, CountsWhatItHolds) {
  const auto document = parsed(junit(testing::sample_snapshot()));
  const pugi::xml_node root = document.child("testsuites");
  EXPECT_EQ(root.attribute("tests").as_int(), 11);
  EXPECT_EQ(root.attribute("failures").as_int(), 2);
  EXPECT_EQ(root.attribute("errors").as_int(), 2);
  EXPECT_EQ(root.attribute("skipped").as_int(), 2);
  int tests = 0;
  for (const pugi::xml_node suite : root.children("testsuite")) {
    EXPECT_EQ(static_cast<std::size_t>(suite.attribute("tests").as_int()),
              suite.select_nodes("testcase").size());
    tests += suite.attribute("tests").as_int();
  }
  EXPECT_EQ(tests, 11);
}

TEST(Junit, SaysWhatFailedAndWhy) {
  const auto document = parsed(junit(testing::sample_snapshot()));
  const pugi::xml_node test_case =
      document.select_node("//testcase[@name='load.latency{scenario=basic_api_load} p95 < 200ms']").node();
  ASSERT_TRUE(test_case);
  EXPECT_STREQ(test_case.attribute("classname").value(), "plimsoll.load");
  EXPECT_THAT(test_case.child("failure").attribute("message").value(),
              HasSubstr("beyond its bound < 200 ms"));
  const std::string details = test_case.child("failure").child_value();
  for (const auto* said : {"value: 213 ms", "interval: 207 to 219 ms", "bound: 200 ms", "sample: n = 24,013",
                           "test: clopper-pearson", "owner: search team"}) {
    EXPECT_THAT(details, HasSubstr(said));
  }
}

TEST(Junit, GivesTheReasonOfWhatWasNotDecidedOrSkipped) {
  const auto document = parsed(junit(testing::sample_snapshot()));
  EXPECT_STREQ(document.select_node("//error/@type").attribute().value(), "undecided");
  EXPECT_THAT(
      document.select_node("//skipped[starts-with(@message, 'learning')]/@message").attribute().value(),
      HasSubstr("2 of 5 comparable runs"));
  EXPECT_EQ(count(document, "//skipped[starts-with(@message, 'not run')]"), 1U);
}

TEST(Junit, OfAVerdictThatNoJudgementShowsHasACaseOfItsOwn) {
  model::Snapshot snapshot;
  snapshot.verdict.headline = "No verdict: the plan has no rules, so nothing was judged.";
  const auto document = parsed(junit(snapshot));
  EXPECT_STREQ(
      document.select_node("//testcase[starts-with(@name, 'verdict')]/error/@message").attribute().value(),
      snapshot.verdict.headline.c_str());
}

RC_GTEST_PROP(Junit, IsValidXmlForAnyBytes, (const std::string& bytes)) {
  const std::string xml = junit(testing::hostile_snapshot(bytes));
  RC_ASSERT(base::is_valid_utf8(xml));
  for (const char c : xml) RC_ASSERT(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  RC_ASSERT(xml.find("&#0") == std::string::npos && xml.find("&#1;") == std::string::npos);
  pugi::xml_document document;
  RC_ASSERT(document.load_string(xml.c_str()));
}

TEST(Junit, DeclaresItself) {
  EXPECT_THAT(junit({}),
              StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll\""));
}

}  // namespace
}  // namespace plimsoll::report
