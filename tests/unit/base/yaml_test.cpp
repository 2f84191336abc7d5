#include "base/yaml.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace base::yaml {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Node read(std::string_view text) {
  auto result = parse(text, "p.yaml");
  EXPECT_TRUE(result) << to_string(result.error());
  return result ? *std::move(result) : Node{};
}

std::string error_of(std::string_view text, const Limits& limits = {}) {
  const auto result = parse(text, "p.yaml", limits);
  return result ? "no error" : to_string(result.error());
}

std::string place(const Node& node) {
  return fmt::format("{}:{}", node.place.line, node.place.column);
}

TEST(Yaml, ReadsMapsListsAndScalarsInOrder) {
  const Node root = read("b: 1\na:\n  - x\n  - {k: v}\nc: [p, \"q\"]\n");
  ASSERT_TRUE(root.is_map());
  ASSERT_EQ(root.entries.size(), 3u);
  EXPECT_EQ(root.entries[0].key, "b");
  EXPECT_EQ(root.entries[1].key, "a");
  EXPECT_EQ(root.find("b")->text, "1");
  const Node* list = root.find("a");
  ASSERT_TRUE(list->is_sequence());
  EXPECT_EQ(list->items[0].text, "x");
  EXPECT_EQ(list->items[1].find("k")->text, "v");
  EXPECT_FALSE(root.find("c")->items[0].quoted);
  EXPECT_TRUE(root.find("c")->items[1].quoted);
  EXPECT_EQ(root.find("nope"), nullptr);
}

TEST(Yaml, EveryKeyAndValueKnowsItsPlace) {
  const Node root = read("a: 1\nlist:\n  - x\n  - k: v\n    l: [w,  z]\n");
  EXPECT_EQ(place(root), "1:1");
  EXPECT_EQ(place(*root.find("a")), "1:4");
  EXPECT_EQ(root.find("a")->place.file, "p.yaml");
  EXPECT_EQ(root.entries[1].key_place.line, 2);
  EXPECT_EQ(root.entries[1].key_place.column, 1);
  const Node& list = *root.find("list");
  EXPECT_EQ(place(list), "3:3");
  EXPECT_EQ(place(list.items[0]), "3:5");
  EXPECT_EQ(place(list.items[1]), "4:5");
  EXPECT_EQ(place(*list.items[1].find("k")), "4:8");
  EXPECT_EQ(place(list.items[1].find("l")->items[1]), "5:13");
}

TEST(Yaml, ColumnsCountBytes) {
  const Node root = read("é: ü\n\"𝄞\": [é, {b: c}]\r\nz: y\r\n");
  EXPECT_EQ(place(*root.find("é")), "1:5");
  EXPECT_EQ(place(*root.find("𝄞")), "2:9");
  EXPECT_EQ(place(root.find("𝄞")->items[1]), "2:14");
  EXPECT_EQ(place(*root.find("z")), "3:4");
}

TEST(Yaml, AnEmptyValueHasThePlaceOfItsKey) {
  const Node root = read("a:\nnull_like:\nb: {k: , l}\nc:\n  d:\n# end\n");
  EXPECT_TRUE(root.find("a")->is_null());
  EXPECT_EQ(place(*root.find("a")), "1:1");
  EXPECT_EQ(place(*root.find("b")->find("k")), "3:5");
  EXPECT_EQ(place(*root.find("b")->find("l")), "3:10");
  EXPECT_EQ(place(*root.find("c")->find("d")), "5:3");
}

TEST(Yaml, AnEmptyItemHasThePlaceOfItsDash) {
  const Node root = read("- \n-   # why\n\n  # - x\n- ~\n- -\n  - x\n-\n");
  ASSERT_EQ(root.items.size(), 5u);
  EXPECT_EQ(place(root.items[0]), "1:1");
  EXPECT_EQ(place(root.items[1]), "2:1");
  EXPECT_EQ(place(root.items[2]), "5:3");
  EXPECT_EQ(place(root.items[3].items[0]), "6:3");
  EXPECT_EQ(place(root.items[4]), "8:1");
}

TEST(Yaml, AWrittenNullHasItsOwnPlace) {
  const Node root = read("a: ~\nb: null\nc:\n  - NULL\nd: \"null\"\n");
  EXPECT_TRUE(root.find("a")->is_null());
  EXPECT_EQ(place(*root.find("a")), "1:4");
  EXPECT_EQ(place(*root.find("b")), "2:4");
  EXPECT_EQ(place(root.find("c")->items[0]), "4:5");
  EXPECT_EQ(root.find("d")->text, "null");
}

TEST(Yaml, AnEmptyValueBeforeANullIsStillEmpty) {
  const Node root = read("- a:\n- null\n");
  EXPECT_EQ(place(*root.items[0].find("a")), "1:3");
  EXPECT_EQ(place(root.items[1]), "2:3");
}

TEST(Yaml, NoDocumentIsNothingAtTheStart) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "\xEF\xBB\xBF"}) {
    const Node root = read(text);
    EXPECT_TRUE(root.is_null()) << text;
    EXPECT_EQ(place(root), "1:1") << text;
  }
}

TEST(Yaml, TextsAreUnfoldedAndUnquoted) {
  const Node root =
      read("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: 'it''s'\nd: \"x\\ty\\u00e9\"\ne: !!str 5\n");
  EXPECT_EQ(root.find("a")->text, "one\ntwo\n");
  EXPECT_TRUE(root.find("a")->quoted);
  EXPECT_EQ(root.find("b")->text, "one two");
  EXPECT_EQ(root.find("c")->text, "it's");
  EXPECT_EQ(root.find("d")->text, "x\ty\xC3\xA9");
  EXPECT_TRUE(root.find("e")->quoted);
}

TEST(Yaml, AByteOrderMarkAndOneDocumentMarkerAreSkipped) {
  EXPECT_EQ(place(*read("\xEF\xBB\xBFkey: v\n").find("key")), "1:6");
  EXPECT_EQ(place(*read("%YAML 1.2\n---\nkey: v\n...\n").find("key")), "3:6");
}

struct Broken {
  const char* text;
  const char* error;  // how it starts
};

class BrokenYaml : public testing::TestWithParam<Broken> {};

TEST_P(BrokenYaml, IsRefusedAtItsPlace) {
  EXPECT_THAT(error_of(GetParam().text), StartsWith(GetParam().error)) << GetParam().text;
}

constexpr Broken broken_cases[] = {
    {"a: 1\nb: 2\na: 3\n", "p.yaml:3:1: the key \"a\" is there twice, first on line 1"},
    {"a: {x: 1, \"x\": 2}\n", "p.yaml:1:11: the key \"x\" is there twice, first on line 1"},
    {"a: 1\n---\nb: 2\n", "p.yaml:2:1: text after the end of the document"},
    {"a: 1\n---\n", "p.yaml:2:1: text after the end of the document"},
    {"a: 1\n...\nb\n", "p.yaml:3:1: text after the end of the document"},
    {"- a\nb: c\n", "p.yaml:2:1: text after the end of the document"},
    {"a: &x 1\nb: *x\n", "p.yaml:2:4: aliases"},
    {"a: *nowhere\n", "p.yaml:1:4: aliases"},
    {"*a : b\n", "p.yaml:1:1: aliases"},
    {"a: 1\n<<: {b: 2}\n", "p.yaml:2:1: merge keys"},
    {"? [x]\n: y\n", "p.yaml:1:3: a key that is a list or a map"},
    {"{a: 1}: y\n", "p.yaml:1:1: a key that is a list or a map"},
    {"null: 1\n", "p.yaml:1:1: a key that is nothing"},
    {": 1\n", "p.yaml:1:1: a key that is nothing"},
    {"a: !thing b\n", "p.yaml:1:4: the tag !thing is not supported"},
    {"a: !!int 5\n", "p.yaml:1:4: the tag tag:yaml.org,2002:int is not supported"},
    {"a: !!set {}\n", "p.yaml:1:4: the tag"},
    {"a: 1\nb: \"x\nc: 2\n", "p.yaml:2:4: the quote \" that opens here is never closed"},
    {"b: 'it''s\n", "p.yaml:1:4: the quote ' that opens here is never closed"},
    {"b: \"x\\\"\n", "p.yaml:1:4: the quote \" that opens here is never closed"},
    {"b: &n !!str \"x\n", "p.yaml:1:13: the quote \" that opens here is never closed"},
    {"a: [1, 2\n", "p.yaml:1:4: the bracket that opens here is never closed"},
    {"a: {b: [1, 2]\n\n# c\n", "p.yaml:1:4: the bracket that opens here is never closed"},
    {"[1, [2, 3]", "p.yaml:1:1: the bracket that opens here is never closed"},
    {"a: {b: \"x", "p.yaml:1:8: the quote \" that opens here is never closed"},
    {"'x", "p.yaml:1:1: the quote ' that opens here is never closed"},
    {"a: [1]]\n", "p.yaml:1:7: broken YAML: illegal flow end"},
    {"a: b: c\n", "p.yaml:1:5: broken YAML: a \":\" that cannot stand here"},
    {"a:\n\t- b\n", "p.yaml:2:2: broken YAML"},
    {"a: \"x\" y\n", "p.yaml:1:8: broken YAML: expected the next key of the map of line 1"},
    {"a:\n  b: 1\n c: 2\n", "p.yaml:3:2: broken YAML: expected the next key of the map of line 1"},
    {"a: @x\n", "p.yaml:1:4: broken YAML"},
    {"a: \"\\q\"\n", "p.yaml:1:7: broken YAML: unknown escape"},
    {"a: \"\\ud800\"\n", "p.yaml:1:"},
    {"a: \"x\\0y\"\n", "p.yaml:1:4: a control character in the text"},
    {"a: \"\\e[31m\"\n", "p.yaml:1:4: a control character in the text"},
    {"a: \"x\\N\"\n", "p.yaml:1:4: the escapes \\N and \\_ are not supported"},
    {"a: [\"\\_\"]\n", "p.yaml:1:5: the escapes \\N and \\_ are not supported"},
    {"a: b\x01\n", "p.yaml:1:5: the control character U+0001"},
    {"a: b\x04\nc: d\n", "p.yaml:1:5: the control character U+0004"},
    {"é: b\x7F\n", "p.yaml:1:6: the control character U+007F"},
    {"a: b\rc: d\n", "p.yaml:1:5: the control character U+000D"},
    {"a: \xC2\x80\n", "p.yaml:1:4: the control character U+0080"},
    {"a: b\nc: \xFF\n", "p.yaml:2:4: invalid UTF-8"},
    {"a: \xC0\xAF\n", "p.yaml:1:4: invalid UTF-8"},
    {"a: \xED\xA0\x80\n", "p.yaml:1:4: invalid UTF-8"},
    {"a: \xF4\x90\x80\x80\n", "p.yaml:1:4: invalid UTF-8"},
    {"a: \xE2\x82", "p.yaml:1:4: invalid UTF-8"},
    {"%YAML 2.0\n---\na: 1\n", "p.yaml:1:"},
};
INSTANTIATE_TEST_SUITE_P(Cases, BrokenYaml, testing::ValuesIn(broken_cases));

TEST(Yaml, RefusesANul) {
  EXPECT_EQ(error_of(std::string_view("a: b\0\nc: d\n", 11)), "p.yaml:1:5: the control character U+0000");
}

TEST(Yaml, HoldsTheDepthLimitExactly) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse(nested(64), "p.yaml"));
  EXPECT_EQ(error_of(nested(65)), "p.yaml:1:65: nested deeper than 64 levels");
  EXPECT_EQ(parse(nested(65), "p.yaml").error().code, ErrorCode::too_large);
  for (const char* piece : {"[", "{", "- ", "[a: ", "{a: "}) {
    std::string bomb;
    while (bomb.size() < 100'000) bomb += piece;
    EXPECT_FALSE(parse(bomb, "p.yaml")) << piece;
  }
}

TEST(Yaml, HoldsTheSizeLimitExactly) {
  EXPECT_TRUE(parse("a: 1", "p.yaml", {.bytes = 4}));
  const auto result = parse("a: 12", "p.yaml", {.bytes = 4});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::too_large);
}

TEST(Yaml, ErrorsArePrintable) {
  const std::string error = error_of("\xE2\x80\xAE\xE2\x80\xAE: 1\n\xE2\x80\xAE\xE2\x80\xAE: 2\n");
  EXPECT_THAT(error, HasSubstr("twice"));
  EXPECT_EQ(error.find("\xE2\x80\xAE"), std::string::npos);
}

TEST(Yaml, DescribesNodes) {
  const Node root = read("a: x\nb: [1]\nc:\nd: \"\\n\"\n");
  EXPECT_EQ(describe(root), "a map");
  EXPECT_EQ(describe(*root.find("a")), "the text \"x\"");
  EXPECT_EQ(describe(*root.find("b")), "a list");
  EXPECT_EQ(describe(*root.find("c")), "nothing");
}

RC_GTEST_PROP(YamlProperty, QuotedTextsComeBackWithTheirLines, ()) {
  const auto character = rc::gen::elementOf(std::string("abc XYZ\"\\':#-{}[]&*!|>%@`,?~019"));
  const auto texts =
      *rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(character));
  std::string document = "[]\n";
  if (!texts.empty()) document.clear();
  for (const auto& text : texts) {
    document += "- \"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"\n";
  }
  const auto root = parse(document, "p.yaml");
  RC_ASSERT(root.has_value());
  RC_ASSERT(root->items.size() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    RC_ASSERT(root->items[i].text == texts[i]);
    RC_ASSERT(root->items[i].place == (Place{"p.yaml", static_cast<int>(i) + 1, 3}));
  }
}

RC_GTEST_PROP(YamlProperty, AnyTextIsReadOrRefusedWithAPlace, ()) {
  const auto character = rc::gen::elementOf(std::string("ab:: \n\n  --[]{},\"'#&*!|>?~\t%é"));
  const auto text = *rc::gen::container<std::string>(character);
  const auto root = parse(text, "p.yaml");
  if (root) return;
  RC_ASSERT(root.error().place.has_value());
  RC_ASSERT(root.error().place->line >= 1);
  RC_ASSERT(root.error().place->column >= 1);
}

}  // namespace
}  // namespace base::yaml
