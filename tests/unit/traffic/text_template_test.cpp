#include "plimsoll/traffic/request/text_template.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/file.h"
#include "base/text.h"

namespace plimsoll::traffic {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

std::string render(std::string_view text, Escape escape = Escape::none, std::uint64_t seed = 1) {
  const auto parsed = TextTemplate::parse(text, escape, {}, {});
  if (!parsed) return "error: " + parsed.error().message;
  Generator generator{base::Random(seed)};
  std::string out;
  parsed->render(generator, out);
  return out;
}

TEST(TextTemplate, LeavesOrdinaryTextAlone) {
  for (const char* text :
       {"", "plain", "{\"a\": {\"b\": \"$5\"}}", "{port} ${NAME} {{x}} $ ( )", "100 $ (net)"}) {
    EXPECT_EQ(render(text), text);
    EXPECT_TRUE(TextTemplate::parse(text, Escape::none, {}, {})->is_fixed());
  }
}

TEST(TextTemplate, WritesItsOwnMarkWhenDoubled) {
  EXPECT_EQ(render("costs $$(seq)"), "costs $(seq)");
}

TEST(TextTemplate, CountsUpWithoutGapsAndAcrossThreads) {
  const auto text = TextTemplate::parse("$(seq),$(seq);", Escape::none, {}, {});
  std::string out;
  Generator first{base::Random(1), 1, 2};
  Generator second{base::Random(2), 2, 2};
  text->render(first, out);
  text->render(second, out);
  EXPECT_EQ(out, "1,3;2,4;");
}

TEST(TextTemplate, DrawsNumbersFromTheWholeRange) {
  const auto text = TextTemplate::parse("$(random_int -2 2)", Escape::none, {}, {});
  ASSERT_TRUE(text);
  Generator generator{base::Random(1)};
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    std::string out;
    text->render(generator, out);
    seen.insert(out);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"-2", "-1", "0", "1", "2"}));
}

TEST(TextTemplate, WritesVersion4Uuids) {
  const std::string uuid = render("$(uuid)");
  EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(uuid, render("$(uuid)", Escape::none, 1));
  EXPECT_NE(uuid, render("$(uuid)", Escape::none, 2));
}

TEST(TextTemplate, EscapesChosenValuesForTheirSurroundings) {
  EXPECT_EQ(render("$(pick a\"b)", Escape::json), "a\\\"b");
  EXPECT_EQ(render("$(pick a/b&c)", Escape::url), "a%2Fb%26c");
  EXPECT_EQ(render("/v1/$(pick a)?x=/", Escape::url), "/v1/a?x=/");
}

TEST(TextTemplate, ReadsLinesOfAFile) {
  const auto folder = base::TemporaryFolder::create("template");
  ASSERT_TRUE(folder);
  std::ofstream(folder->path() / "names") << "ann\r\n\nbob\n";
  const auto text = TextTemplate::parse("<$(line names)>", Escape::none, folder->path(), {});
  ASSERT_TRUE(text) << text.error().message;
  Generator generator{base::Random(3)};
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    std::string out;
    text->render(generator, out);
    seen.insert(out);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"<ann>", "<bob>"}));
}

TEST(TextTemplate, RefusesWhatItDoesNotKnowAtItsColumn) {
  const base::Place place{"s.yaml", 3, 10};
  for (const char* text :
       {"abc $(sequence)", "abc $(seq 1)", "abc $(random_int 5 1)", "abc $(random_int a b)", "abc $(pick)",
        "abc $(line nowhere.txt)", "abc $(", "abc $(uuid", "abc $()"}) {
    const auto parsed = TextTemplate::parse(text, Escape::none, {}, place);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().place, (base::Place{"s.yaml", 3, 14})) << text;
  }
}

RC_GTEST_PROP(TextTemplate, KeepsTextWithoutMarks, (const std::string& text)) {
  RC_PRE(text.find("$(") == std::string::npos);
  RC_ASSERT(render(text) == text);
}

}  // namespace
}  // namespace plimsoll::traffic
