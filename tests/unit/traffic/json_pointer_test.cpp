#include "plimsoll/traffic/request/json_pointer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "base/text.h"

namespace plimsoll::traffic {
namespace {

std::string text_at(std::string_view document, std::string_view pointer) {
  const auto parsed = JsonPointer::parse(pointer);
  if (!parsed) return "error: " + parsed.error().message;
  const auto value = parsed->find(document);
  if (!value) return "nothing";
  std::string out;
  return append_json_text(*value, out) ? out : "broken";
}

// The document and its answers of RFC 6901, section 5.
TEST(JsonPointer, FindsWhatTheRfcSays) {
  constexpr std::string_view document =
      R"({"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8})";
  EXPECT_EQ(text_at(document, ""), document);
  EXPECT_EQ(text_at(document, "/foo"), R"(["bar", "baz"])");
  EXPECT_EQ(text_at(document, "/foo/0"), "bar");
  EXPECT_EQ(text_at(document, "/"), "0");
  EXPECT_EQ(text_at(document, "/a~1b"), "1");
  EXPECT_EQ(text_at(document, "/c%d"), "2");
  EXPECT_EQ(text_at(document, "/i\\j"), "5");
  EXPECT_EQ(text_at(document, "/k\"l"), "6");
  EXPECT_EQ(text_at(document, "/ "), "7");
  EXPECT_EQ(text_at(document, "/m~0n"), "8");
}

TEST(JsonPointer, DecodesStrings) {
  EXPECT_EQ(text_at(R"({"a":"x\n\"\u00e9\ud83d\ude00"})", "/a"), "x\n\"é😀");
  EXPECT_EQ(text_at(R"({"a":"\ud83d"})", "/a"), "broken");
}

TEST(JsonPointer, FindsNothingWhereNothingIs) {
  for (const auto& [document, pointer] :
       std::initializer_list<std::pair<const char*, const char*>>{{"{}", "/a"},
                                                                  {"[1]", "/1"},
                                                                  {"[1]", "/-"},
                                                                  {"[1,2]", "/01"},
                                                                  {"{\"a\":1}", "/a/b"},
                                                                  {"[1", "/1"},
                                                                  {"", ""},
                                                                  {"{\"a\":tru}", "/a"},
                                                                  {"{\"a\" 1}", "/a"},
                                                                  {"<html>", "/a"},
                                                                  {"{\"b\":[1,],\"a\":1}", "/a"}}) {
    EXPECT_EQ(text_at(document, pointer), "nothing") << document << " " << pointer;
  }
  EXPECT_EQ(text_at(std::string(500, '['), "/0"), "nothing");
}

TEST(JsonPointer, RefusesWhatIsNone) {
  for (const char* text : {"a", "a/b", "/~", "/~2"}) EXPECT_FALSE(JsonPointer::parse(text)) << text;
}

base::Json document_of(int depth) {
  if (depth == 0) return *rc::gen::arbitrary<std::string>();
  base::Json json;
  if (*rc::gen::arbitrary<bool>()) {
    json = base::Json::array();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) json.push_back(document_of(depth - 1));
  } else {
    json = base::Json::object();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) json["k" + std::to_string(i)] = document_of(depth - 1);
  }
  return json;
}

// Every value of a document is found under its own pointer, whatever the spaces.
RC_GTEST_PROP(JsonPointer, FindsEveryValueThatALibraryFinds, ()) {
  const base::Json document = document_of(3);
  const std::string text = base::dump(document, *rc::gen::inRange(-1, 3));
  const base::Json flat = document.flatten();
  for (const auto& [pointer, leaf] : flat.items()) {
    const base::Json& value =
        document.at(base::Json::json_pointer(pointer));  // an empty list is null when flat
    const auto found = JsonPointer::parse(pointer)->find(text);
    RC_ASSERT(found.has_value());
    const bool same = base::Json::parse(*found) == base::Json::parse(base::dump(value));
    RC_ASSERT(same);
  }
}

RC_GTEST_PROP(JsonPointer, WhatIsEscapedComesBack, (const std::string& text)) {
  std::string quoted = "\"";
  append_json_escaped(text, quoted);
  quoted += '"';
  std::string back;
  RC_ASSERT(append_json_text(quoted, back));
  RC_ASSERT(back == text);
}

}  // namespace
}  // namespace plimsoll::traffic
