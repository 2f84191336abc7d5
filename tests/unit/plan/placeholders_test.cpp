#include "plimsoll/plan/placeholders.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/file.h"
#include "plimsoll/plan/read_plan.h"

namespace plimsoll::plan {
namespace {

class PlaceholdersTest : public testing::Test {
 protected:
  base::TemporaryFolder folder_ = base::TemporaryFolder::create("placeholders").value();
  Placeholders values_{.port = 8123, .workdir = folder_.path(), .root = folder_.path()};

  std::string expanded(std::string_view text) { return expand(text, values_).value_or("error"); }
  std::string message(std::string_view text) {
    const auto result = expand(text, values_);
    return result ? "no error" : base::to_string(result.error());
  }
  void write(const std::string& name, std::string_view content) {
    ASSERT_TRUE(base::system_files().write_atomically(folder_.path() / name, content).has_value());
  }
};

TEST_F(PlaceholdersTest, ReplacesPortAndWorkdir) {
  EXPECT_EQ(expanded("--port {port} --data {workdir}/x"),
            "--port 8123 --data " + folder_.path().string() + "/x");
}

TEST_F(PlaceholdersTest, ReplacesFilesByTheirTrimmedContent) {
  write("key", "  secret\n");
  write("8123", "by port");
  EXPECT_EQ(expanded("Token {file:key}"), "Token secret");
  EXPECT_EQ(expanded("Token {file:{workdir}/key}!"), "Token secret!");
  EXPECT_EQ(expanded("{file:{port}}"), "by port");
}

TEST_F(PlaceholdersTest, KeepsBracesThatAreNoPlaceholder) {
  EXPECT_EQ(expanded(R"({"a": {1}, "b": {}})"), R"({"a": {1}, "b": {}})");
  EXPECT_EQ(expanded("{{port} {"), "{port} {");
  EXPECT_EQ(expanded("} {A} {_}"), "} {A} {_}");
}

TEST_F(PlaceholdersTest, ErrorsNameThePlaceholder) {
  EXPECT_NE(message("a {prt} b").find("\"{prt}\""), std::string::npos);
  EXPECT_NE(message("a {prt} b").find("did you mean {port}?"), std::string::npos);
  EXPECT_NE(message("a {port").find("never closed"), std::string::npos);
  EXPECT_NE(message("{file:absent}").find("{file:absent}"), std::string::npos);
  EXPECT_NE(message("{file}").find("{file:PATH}"), std::string::npos);
  EXPECT_NE(message("{file:}").find("names no file"), std::string::npos);
  EXPECT_NE(message("{file:{file:{file:{file:{file:x}}}}}").find("too deep"), std::string::npos);
}

TEST_F(PlaceholdersTest, RefusesAFileThatIsTooLarge) {
  write("large", std::string((64 << 10) + 1, 'x'));
  EXPECT_NE(message("{file:large}").find("{file:large}"), std::string::npos);
}

TEST(Placeholders, WhatIsNotKnownIsAnError) {
  EXPECT_FALSE(expand("{port}", {}).has_value());
  EXPECT_FALSE(expand("{workdir}", {}).has_value());
}

TEST(Placeholders, LiteralTextIsWhatNoRunIsNeededFor) {
  EXPECT_EQ(literal_text("a {{b}").value(), "a {b}");
  EXPECT_EQ(literal_text("a {port}").value(), std::nullopt);
  EXPECT_FALSE(literal_text("a {b}").has_value());
}

TEST(Placeholders, UsesPlaceholderLooksInsideFiles) {
  EXPECT_TRUE(uses_placeholder("{file:{workdir}/{port}}", "port"));
  EXPECT_FALSE(uses_placeholder("{{port} {workdir}", "port"));
}

RC_GTEST_PROP(Placeholders, EscapedTextMeansItself, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("{}aport:$ ")));
  RC_ASSERT(expand(escape_braces(text), {}).value() == text);
  RC_ASSERT(check_placeholders(escape_braces(text)).has_value());
}

RC_GTEST_PROP(Placeholders, WhatIsCheckedExpands, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::elementOf(std::vector<std::string>{"{", "}", "{{", "{port}", "{workdir}", "port", "x", "{p"}));
  std::string text;
  for (const auto& piece : pieces) text += piece;
  const auto result = expand(text, {.port = 1, .workdir = "/w"});
  RC_ASSERT(check_placeholders(text).has_value() == result.has_value());
}

}  // namespace
}  // namespace plimsoll::plan
