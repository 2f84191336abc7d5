#include "base/json.h"

#include <cmath>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace base {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(std::string_view text, const JsonLimits& limits = {}) {
  const auto result = parse_json(text, "in.json", limits);
  return result ? "no error" : to_string(result.error());
}

ErrorCode code_of(std::string_view text, const JsonLimits& limits = {}) {
  const auto result = parse_json(text, "in.json", limits);
  return result ? ErrorCode::internal : result.error().code;
}

TEST(Json, ReadsADocument) {
  const auto json = parse_json(R"( {"a": [1, -2, 2.5, true, null, "\u00e9"], "b": {}, "c": []} )", "in.json");
  ASSERT_TRUE(json) << to_string(json.error());
  EXPECT_EQ(dump(*json), R"({"a":[1,-2,2.5,true,null,"é"],"b":{},"c":[]})");
}

TEST(Json, ReadsScalarsAndSkipsAByteOrderMark) {
  EXPECT_EQ(*parse_json("7", "x"), 7);
  EXPECT_EQ(*parse_json("\"x\"", "x"), "x");
  EXPECT_EQ(*parse_json("\xEF\xBB\xBF[1]", "x"), Json::array({1}));
}

TEST(Json, SaysWhereTheTextIsBroken) {
  EXPECT_THAT(error_of(""), StartsWith("in.json:1:1: unexpected end of input"));
  EXPECT_THAT(error_of("{\"a\": tru}"), StartsWith("in.json:1:10: invalid literal"));
  EXPECT_THAT(error_of("[1,\n 2,\n  \"x\" \"yy\"]"), StartsWith("in.json:3:7: unexpected string literal"));
  EXPECT_THAT(error_of("[1] 2"), StartsWith("in.json:1:5: unexpected number literal"));
  EXPECT_THAT(error_of("[1,\n"), StartsWith("in.json:2:1: unexpected end of input"));
  EXPECT_THAT(error_of("{\"a\": 1, b: 2}"), StartsWith("in.json:1:10: invalid literal"));
  EXPECT_THAT(error_of("[1,]"), StartsWith("in.json:1:4: unexpected ']'"));
  EXPECT_THAT(error_of("[1 true]"), StartsWith("in.json:1:4: unexpected true literal"));
  EXPECT_THAT(error_of("[\n1 22]"), StartsWith("in.json:2:3: unexpected number literal"));
  EXPECT_EQ(code_of("[1,]"), ErrorCode::corrupt);
}

TEST(Json, CountsColumnsInBytes) {
  EXPECT_THAT(error_of("[\"é\", x]"), StartsWith("in.json:1:8:"));
}

TEST(Json, RefusesWhatJsonIsNot) {
  for (const char* text : {"NaN", "Infinity", "[01]", "[1.]", "[+1]", "['a']", "// c\n1", "{a:1}", "[\"\t\"]",
                           "\"\\x41\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "[1}", "nul", "1e999", "-"}) {
    EXPECT_EQ(code_of(text), ErrorCode::corrupt) << text;
  }
}

TEST(Json, RefusesANulAndWhateverFollowsIt) {
  EXPECT_THAT(error_of(std::string_view("[1]\0[2]", 7)), StartsWith("in.json:1:4: a NUL byte"));
  EXPECT_THAT(error_of(std::string_view("{}\n\0", 4)), StartsWith("in.json:2:1: a NUL byte"));
}

TEST(Json, RefusesInvalidUtf8) {
  for (const char* text :
       {"\"\xFF\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xC3\""}) {
    EXPECT_EQ(code_of(text), ErrorCode::corrupt);
  }
}

TEST(Json, ErrorsArePrintable) {
  const std::string error = error_of("\"\x1b[31m\"");
  EXPECT_EQ(error.find('\x1b'), std::string::npos);
}

TEST(Json, RefusesDuplicateKeysAtTheSecondOne) {
  EXPECT_EQ(error_of("{\"a\": 1,\n \"b\": {\"x\": 1},\n \"a\": 2}"),
            "in.json:3:2: the key \"a\" is there twice");
  EXPECT_THAT(error_of(R"({"q\"\\": 1, "q\"\\": 2})"), StartsWith("in.json:1:14:"));
  EXPECT_TRUE(parse_json(R"({"a": {"k": 1}, "b": {"k": 2}})", "x"));
}

TEST(Json, TakesTheLastOfDuplicateKeysWhereAllowed) {
  const auto json = parse_json(R"({"a": {"x": 1}, "a": [2]})", "x", {.allow_duplicate_keys = true});
  ASSERT_TRUE(json);
  EXPECT_EQ(dump(*json), R"({"a":[2]})");
}

TEST(Json, HoldsTheDepthLimitExactly) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(parse_json(nested(64), "x"));
  EXPECT_EQ(error_of(nested(65)), "in.json:1:65: nested deeper than 64 levels");
  EXPECT_EQ(code_of(nested(65)), ErrorCode::too_large);
  EXPECT_EQ(code_of(std::string(1 << 20, '[')), ErrorCode::too_large);
  EXPECT_EQ(code_of("{\"a\":{\"b\":{}}}", {.depth = 2}), ErrorCode::too_large);
}

TEST(Json, HoldsTheSizeLimitExactly) {
  EXPECT_TRUE(parse_json("[12]", "x", {.bytes = 4}));
  EXPECT_EQ(code_of("[123]", {.bytes = 4}), ErrorCode::too_large);
}

TEST(Json, MembersNameTheKeyAndWhatWasFound) {
  const Json object = {{"latency", "x"}, {"n", 3}, {"list", Json::array()}, {"none", nullptr}};
  EXPECT_EQ(get_number(object, "latency").error().message, "latency: expected a number, found \"x\"");
  EXPECT_EQ(get_string(object, "n").error().message, "n: expected a text, found 3");
  EXPECT_EQ(get_bool(object, "list").error().message, "list: expected true or false, found a list");
  EXPECT_EQ(get_number(object, "none").error().message, "none: expected a number, found null");
  EXPECT_EQ(get_number(object, "gone").error().message, "gone: expected a number, found nothing");
  EXPECT_EQ(get_integer(Json(5), "a").error().message, "a: expected a whole number, found nothing");
}

TEST(Json, MembersOfTheRightTypeAreTaken) {
  const Json object = {{"s", "x"}, {"n", 2.5}, {"i", -3}, {"b", false}};
  EXPECT_EQ(get_string(object, "s"), "x");
  EXPECT_EQ(get_number(object, "n"), 2.5);
  EXPECT_EQ(get_number(object, "i"), -3.0);
  EXPECT_EQ(get_integer(object, "i"), -3);
  EXPECT_EQ(get_bool(object, "b"), false);
}

TEST(Json, IntegersAreWholeAndInRange) {
  const auto integer = [](std::string_view text) {
    return get_integer(Json{{"v", *parse_json(text, "x")}}, "v");
  };
  EXPECT_EQ(integer("1e3"), 1000);
  EXPECT_EQ(integer("9223372036854775807"), std::numeric_limits<long long>::max());
  EXPECT_EQ(integer("-9223372036854775808"), std::numeric_limits<long long>::min());
  EXPECT_FALSE(integer("9223372036854775808"));
  EXPECT_FALSE(integer("1e30"));
  EXPECT_FALSE(integer("2.5"));
  EXPECT_FALSE(integer("true"));
  EXPECT_FALSE(integer("\"1\""));
}

TEST(Json, NumbersAreFinite) {
  EXPECT_FALSE(get_number(Json{{"v", std::nan("")}}, "v"));
  EXPECT_TRUE(number_or_null(std::nan("")).is_null());
  EXPECT_TRUE(number_or_null(INFINITY).is_null());
  EXPECT_TRUE(number_or_null(std::optional<double>()).is_null());
  EXPECT_EQ(number_or_null(std::optional(1.5)), 1.5);
}

TEST(Json, FindsOnlyInObjects) {
  const Json object = {{"a", 1}};
  ASSERT_NE(find(object, "a"), nullptr);
  EXPECT_EQ(*find(object, "a"), 1);
  EXPECT_EQ(find(object, "b"), nullptr);
  EXPECT_EQ(find(Json::array({1}), "a"), nullptr);
}

TEST(Json, DumpsInvalidUtf8AsReplacementCharacters) {
  EXPECT_EQ(dump(Json("a\xFFz")), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(dump(Json(std::nan(""))), "null");
}

TEST(Json, DumpsOrderedAsWritten) {
  OrderedJson json;
  json["z"] = 1;
  json["a"] = 2;
  EXPECT_EQ(dump(json), R"({"z":1,"a":2})");
  EXPECT_EQ(dump(json, 2), "{\n  \"z\": 1,\n  \"a\": 2\n}");
}

RC_GTEST_PROP(JsonProperty, AnyTextComesBack, (const std::string& bytes, double number)) {
  const Json before = {{"text", dump(Json(bytes))}, {"number", number_or_null(number)}};
  const auto after = parse_json(dump(before), "x");
  RC_ASSERT(after.has_value());
  RC_ASSERT(*after == before);
}

RC_GTEST_PROP(JsonProperty, AnyBytesAreReadOrRefusedWithAPlaceInside, (const std::string& bytes)) {
  const auto result = parse_json("[" + bytes, "x");
  if (result) return;
  RC_ASSERT(result.error().place.has_value());
  RC_ASSERT(result.error().place->line >= 1);
  RC_ASSERT(result.error().place->column >= 1);
}

}  // namespace
}  // namespace base
