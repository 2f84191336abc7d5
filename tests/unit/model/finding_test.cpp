#include "plimsoll/model/finding.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "plimsoll/model/status.h"

namespace plimsoll::model {
namespace {

Finding full_finding() {
  return {.probe = "secrets",
          .rule = "aws-access-token",
          .aliases = {"CVE-1"},
          .severity = Severity::critical,
          .file = "a/<b>.py",
          .line = 3,
          .end_line = 4,
          .column = 9,
          .commit = "c0ffee",
          .package = "zlib",
          .version = "1.2",
          .fixed_in = "1.3",
          .licence = "MIT",
          .cwe = "CWE-798",
          .fingerprint = "f1",
          .message = "a \x1b key",
          .tools = {"plimsoll", "bandit"},
          .suppressed = true};
}

TEST(Finding, JsonReadsBack) {
  for (const auto& finding : {full_finding(), Finding{.rule = "r", .fingerprint = "f"}}) {
    const auto json = base::parse_json(base::dump(to_json(finding)), "test");
    ASSERT_TRUE(json);
    const auto read = finding_from_json(*json);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(*read, finding);
  }
}

TEST(Finding, JsonLeavesEmptyFieldsOut) {
  const auto json = to_json(Finding{.rule = "r", .fingerprint = "f"});
  for (const auto* key : {"file", "line", "column", "package", "tools", "aliases"})
    EXPECT_FALSE(json.contains(key)) << key;
}

TEST(Finding, RefusesBrokenJson) {
  for (const auto& [key, value] : std::map<std::string, base::Json>{{"rule", 1},
                                                                    {"severity", "grave"},
                                                                    {"fingerprint", ""},
                                                                    {"line", -1},
                                                                    {"line", 1.5},
                                                                    {"tools", "bandit"},
                                                                    {"suppressed", 1}}) {
    auto json = to_json(full_finding());
    json[key] = value;
    EXPECT_FALSE(finding_from_json(json)) << key;
  }
}

TEST(Words, AllReadBack) {
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(parse_status(to_string(static_cast<Status>(i))), static_cast<Status>(i));
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(parse_reason(to_string(static_cast<Reason>(i))), static_cast<Reason>(i));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(parse_severity(to_string(static_cast<Severity>(i))), static_cast<Severity>(i));
  EXPECT_FALSE(parse_status("passed"));
  EXPECT_FALSE(parse_reason("bored"));
}

}  // namespace
}  // namespace plimsoll::model
