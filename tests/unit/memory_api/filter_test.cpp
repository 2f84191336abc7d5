#include "apps/memory_api/memory/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "apps/memory_api/memory/filter_json.h"
#include "apps/memory_api/memory/python_literal.h"
#include "apps/memory_api/search/fold_case.h"
#include "base/json.h"

namespace memory_api::memory {
namespace {

using base::ErrorCode;
using base::Json;
using ::testing::HasSubstr;

Filter filter_of(const char* json) {
  auto filter = read_filter(Json::parse(json));
  if (!filter) throw std::runtime_error(base::to_string(filter.error()));
  return *std::move(filter);
}

std::string refusal(const std::string& json) {
  const auto filter = read_filter(Json::parse(json));
  if (filter) return "was taken";
  EXPECT_EQ(filter.error().code, ErrorCode::invalid_argument);
  return base::to_string(filter.error());
}

Memory ann() {
  Memory memory;
  memory.id = "11111111-2222-4333-8444-555555555555";
  memory.text = "Likes GREEN tea";
  memory.entities = {"ann", "", "app", "run"};
  memory.metadata =
      R"({"team":"red","level":3,"rate":2.5,"on":true,"nothing":null,"tags":["a","B"],"deep":{"x":1}})";
  memory.categories = {"food", "Personal Habits"};
  memory.created_at = *base::parse_rfc3339("2026-05-01T12:00:00Z");
  memory.updated_at = *base::parse_rfc3339("2026-06-01T12:00:00Z");
  return memory;
}

bool holds(const std::string& condition) {
  const std::string json = R"({"AND":[{"user_id":"*"},)" + condition + "]}";
  return matches(filter_of(json.c_str()), ann());
}

TEST(Filter, ComparesEntityIds) {
  EXPECT_TRUE(holds(R"({"user_id":"ann"})"));
  EXPECT_FALSE(holds(R"({"user_id":"Ann"})"));
  EXPECT_TRUE(holds(R"({"user_id":{"in":["bob","ann"]}})"));
  EXPECT_FALSE(holds(R"({"user_id":{"ne":"ann"}})"));
  EXPECT_TRUE(holds(R"({"user_id":{"contains":"nn"}})"));
  EXPECT_TRUE(holds(R"({"user_id":{"icontains":"AN"}})"));
  EXPECT_TRUE(holds(R"({"user_id":{"gte":"ann","lt":"anna"}})"));
  EXPECT_TRUE(holds(R"({"run_id":"run"})"));
  EXPECT_TRUE(holds(R"({"session_id":"run"})"));
}

TEST(Filter, TreatsAMissingFieldAsNull) {
  EXPECT_TRUE(holds(R"({"agent_id":null})"));
  EXPECT_FALSE(holds(R"({"agent_id":"*"})"));
  EXPECT_TRUE(holds(R"({"app_id":"*"})"));
  EXPECT_TRUE(holds(R"({"agent_id":{"ne":"x"}})"));
  EXPECT_FALSE(holds(R"({"agent_id":{"gt":"a"}})"));
  EXPECT_FALSE(holds(R"({"agent_id":{"lt":"a"}})"));
  EXPECT_TRUE(holds(R"({"agent_id":{"ne":"*"}})"));
  EXPECT_TRUE(holds(R"({"expiration_date":null})"));
  EXPECT_TRUE(holds(R"({"metadata":{"nothing":null,"absent":null}})"));
  EXPECT_FALSE(holds(R"({"metadata":{"nothing":"*"}})"));
}

TEST(Filter, ComparesTimes) {
  EXPECT_TRUE(holds(R"({"created_at":{"gte":"2026-05-01","lt":"2026-05-02"}})"));
  EXPECT_TRUE(holds(R"({"created_at":"2026-05-01T14:00:00+02:00"})"));
  EXPECT_TRUE(holds(R"({"timestamp":{"lte":1777636800}})"));
  EXPECT_FALSE(holds(R"({"timestamp":{"lt":1777636800}})"));
  EXPECT_TRUE(holds(R"({"updated_at":{"gt":"0001-01-01","lt":"9999-12-31"}})"));
}

TEST(Filter, ComparesMetadata) {
  EXPECT_TRUE(holds(R"({"metadata":{"team":"red","level":3}})"));
  EXPECT_FALSE(holds(R"({"metadata":{"team":"red","level":4}})"));
  EXPECT_TRUE(holds(R"({"metadata":{"level":3.0,"rate":2.5,"on":true}})"));
  EXPECT_FALSE(holds(R"({"metadata":{"level":"3"}})"));
  EXPECT_FALSE(holds(R"({"metadata":{"on":1}})"));
  EXPECT_TRUE(holds(R"({"metadata":{"level":{"gt":2,"lte":3}}})"));
  EXPECT_FALSE(holds(R"({"metadata":{"team":{"gt":2}}})"));
  EXPECT_TRUE(holds(R"({"metadata":{"tags":["a","B"],"deep":{"x":1}}})"));
  EXPECT_TRUE(holds(R"({"metadata":{"tags":{"contains":"a"}}})"));
  EXPECT_FALSE(holds(R"({"metadata":{"tags":{"contains":"b"}}})"));
  EXPECT_TRUE(holds(R"({"metadata":{"tags":{"icontains":"b"}}})"));
  EXPECT_TRUE(holds(R"({"metadata":{"team":{"in":["blue","red"]}}})"));
  EXPECT_TRUE(holds(R"({"metadata":{"team":{"icontains":"RE"}}})"));
}

TEST(Filter, ComparesCategoriesAndText) {
  EXPECT_TRUE(holds(R"({"categories":{"in":["food","x"]}})"));
  EXPECT_TRUE(holds(R"({"categories":["x","food"]})"));
  EXPECT_TRUE(holds(R"({"categories":{"contains":"Habit"}})"));
  EXPECT_FALSE(holds(R"({"categories":{"contains":"habit"}})"));
  EXPECT_TRUE(holds(R"({"categories":{"icontains":"habit"}})"));
  EXPECT_FALSE(holds(R"({"categories":{"ne":"food"}})"));
  EXPECT_TRUE(holds(R"({"categories":{"ne":"drink"}})"));
  EXPECT_TRUE(holds(R"({"keywords":{"icontains":"green"}})"));
  EXPECT_FALSE(holds(R"({"memory":{"contains":"green"}})"));
  EXPECT_TRUE(holds(R"({"memory_ids":{"in":["11111111-2222-4333-8444-555555555555"]}})"));
}

TEST(Filter, JoinsConditions) {
  EXPECT_TRUE(holds(R"({"OR":[{"user_id":"bob"},{"app_id":"app"}]})"));
  EXPECT_FALSE(holds(R"({"NOT":[{"user_id":"bob"},{"app_id":"app"}]})"));
  EXPECT_TRUE(holds(R"({"NOT":[{"user_id":"bob"},{"app_id":"other"}]})"));
  EXPECT_TRUE(holds(R"({"NOT":{"user_id":"bob"}})"));
  EXPECT_FALSE(holds(R"({"user_id":"ann","app_id":"other"})"));
}

TEST(FilterJson, NamesTheFieldThatIsWrong) {
  EXPECT_THAT(refusal(R"({"AND":[{"user_id":"a"},{"user":"b"}]})"), HasSubstr("filters.AND[1].user"));
  EXPECT_THAT(refusal(R"({"user_i":"b"})"), HasSubstr("did you mean user_id?"));
  EXPECT_THAT(refusal(R"({"user_id":{"like":"b"}})"), HasSubstr("\"like\" is no operator"));
  EXPECT_THAT(refusal(R"({"user_id":5})"), HasSubstr("filters.user_id: expected a text, found 5"));
  EXPECT_THAT(refusal(R"({"user_id":""})"), HasSubstr("user_id"));
  EXPECT_THAT(refusal(R"({"user_id":["a"]})"), HasSubstr("user_id"));
  EXPECT_THAT(refusal(R"({"user_id":{"in":[]}})"), HasSubstr("user_id.in"));
  EXPECT_THAT(refusal(R"({"user_id":{"in":["a","*"]}})"), HasSubstr("user_id.in"));
  EXPECT_THAT(refusal(R"({"user_id":{"in":"a"}})"), HasSubstr("a list"));
  EXPECT_THAT(refusal(R"({"user_id":{}})"), HasSubstr("user_id"));
  EXPECT_THAT(refusal(R"({"user_id":"a","created_at":{"gt":"yesterday"}})"), HasSubstr("created_at.gt"));
  EXPECT_THAT(refusal(R"({"user_id":"a","created_at":{"contains":"2026"}})"),
              HasSubstr("created_at.contains"));
  EXPECT_THAT(refusal(R"({"user_id":"a","metadata":"x"})"), HasSubstr("metadata"));
  EXPECT_THAT(refusal(R"({"user_id":"a","metadata":{}})"), HasSubstr("metadata"));
  EXPECT_THAT(refusal(R"({"user_id":"a","metadata":{"gt":1}})"), HasSubstr("operator gt"));
  EXPECT_THAT(refusal(R"({"user_id":"a","metadata":{"k":{"gt":1,"x":2}}})"), HasSubstr("metadata.k"));
  EXPECT_THAT(refusal(R"({"user_id":"a","metadata":{"k":{"gt":[1]}}})"), HasSubstr("metadata.k.gt"));
  EXPECT_THAT(refusal(R"({"AND":[]})"), HasSubstr("filters.AND"));
  EXPECT_THAT(refusal(R"({"AND":{"user_id":"a"}})"), HasSubstr("filters.AND"));
  EXPECT_THAT(refusal(R"({"AND":["a"]})"), HasSubstr("filters.AND[0]"));
  EXPECT_THAT(refusal("[]"), HasSubstr("filters"));
  EXPECT_THAT(refusal("{}"), HasSubstr("filters"));
}

TEST(FilterJson, WantsAnEntityIdNamedPositively) {
  EXPECT_THAT(refusal(R"({"metadata":{"a":1}})"), HasSubstr("at least one of user_id"));
  EXPECT_THAT(refusal(R"({"NOT":[{"user_id":"a"}]})"), HasSubstr("at least one of user_id"));
  EXPECT_THAT(refusal(R"({"user_id":{"ne":"a"}})"), HasSubstr("at least one of user_id"));
  EXPECT_THAT(refusal(R"({"user_id":null})"), HasSubstr("at least one of user_id"));
  EXPECT_THAT(refusal(R"({"user_id":{"gt":"a"}})"), HasSubstr("at least one of user_id"));
  EXPECT_TRUE(read_filter(Json::parse(R"({"user_id":"*"})")));
  EXPECT_TRUE(read_filter(Json::parse(R"({"OR":[{"metadata":{"a":1}},{"run_id":{"in":["r"]}}]})")));
}

TEST(FilterJson, HoldsItsLimits) {
  const auto nested = [](int depth) {
    std::string json = R"({"user_id":"a"})";
    for (int i = 1; i < depth; ++i) json = R"({"AND":[)" + json + "]}";
    return json;
  };
  EXPECT_TRUE(read_filter(Json::parse(nested(max_filter_depth))));
  EXPECT_THAT(refusal(nested(max_filter_depth + 1)), HasSubstr("deep"));
  std::string ids = R"("a")";
  for (std::size_t i = 1; i < max_filter_conditions; ++i) ids += R"(,"a")";
  EXPECT_TRUE(read_filter(Json::parse(R"({"user_id":{"in":[)" + ids + "]}}")));
  EXPECT_THAT(refusal(R"({"user_id":{"in":[)" + ids + R"(,"b"]}})"), HasSubstr("conditions"));
  EXPECT_THAT(refusal(R"({"user_id":")" + std::string(257, 'a') + "\"}"), HasSubstr("256"));
}

TEST(FilterJson, ReadsTheClientsPythonText) {
  const auto filter =
      read_filter_text(R"({'user_id': 'an\'n', 'metadata': {"k": None, 'n': [1, 2.5, True]}})");
  ASSERT_TRUE(filter) << base::to_string(filter.error());
  EXPECT_TRUE(read_filter_text(R"({"user_id": "ann"})"));
  EXPECT_EQ(read_filter_text("{'user_id': }").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(read_filter_text("").error().code, ErrorCode::invalid_argument);
}

TEST(PythonLiteral, ReadsWhatStrWrites) {
  EXPECT_EQ(
      read_python_literal(R"({'a': 'é\n\x41\u00e9\U0001f600', 'b': (1, -2), 'c': [], 'd': {}, 'e': 1e3,})"),
      Json::parse(R"({"a":"é\nAé😀","b":[1,-2],"c":[],"d":{},"e":1000.0})"));
  for (const char* wrong : {"{", "{'a'}", "{'a':1 'b':2}", "{1:2}", "'a", "'\\q'", "'\\ud800'", "'\\x4'",
                            "nan", "[1 2]", "{'a':1,'a':2}", "1 2", "{,}", "[,]", "True1"}) {
    EXPECT_EQ(read_python_literal(wrong).error().code, ErrorCode::invalid_argument) << wrong;
  }
  EXPECT_FALSE(read_python_literal(std::string(100'000, '[')));
}

TEST(Expiration, LastsToTheEndOfItsDay) {
  EXPECT_EQ(read_expiration("2026-05-01").value().at, *base::parse_rfc3339("2026-05-02T00:00:00Z"));
  EXPECT_EQ(read_expiration("2026-05-01T10:00:00Z").value().at, *base::parse_rfc3339("2026-05-01T10:00:00Z"));
  EXPECT_EQ(read_expiration("2026-05-01").value().text, "2026-05-01");
  EXPECT_TRUE(read_expiration("9999-12-31"));
  EXPECT_TRUE(read_expiration("2400-02-29"));
  for (const char* wrong :
       {"", "tomorrow", "2026-13-01", "2026-02-30", "9999-02-30", "2026-5-1", "2500-02-29"}) {
    EXPECT_EQ(read_expiration(wrong).error().code, ErrorCode::invalid_argument) << wrong;
  }
}

TEST(FoldCase, FoldsLettersOnly) {
  EXPECT_EQ(search::fold_case("ÄÖÜ ÇÉ ŁŻ ΑΣΩς ЖЯЁ ABC×"), "äöü çé łż ασωσ жяё abc×");
  EXPECT_EQ(search::fold_case("\xc3"), "\xc3");
  EXPECT_EQ(search::fold_case("日本😀ß"), "日本😀ß");
}

RC_GTEST_PROP(FoldCase, KeepsValidTextValidAndIsDoneAfterOnce, ()) {
  std::string text;
  for (const auto c : *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0x80u, 0x7ffu))) {
    text.push_back(static_cast<char>(0xC0u | c >> 6));
    text.push_back(static_cast<char>(0x80u | (c & 0x3fu)));
  }
  const std::string folded = search::fold_case(text);
  RC_ASSERT(folded.size() == text.size());
  RC_ASSERT(search::fold_case(folded) == folded);
}

}  // namespace
}  // namespace memory_api::memory
