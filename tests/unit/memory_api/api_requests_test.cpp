#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/problem.h"
#include "apps/memory_api/api/read_memory.h"
#include "apps/memory_api/api/read_query.h"
#include "apps/memory_api/api/wire.h"
#include "base/json.h"

namespace memory_api::api {
namespace {

using ::testing::HasSubstr;

Json parse(const char* text) {
  return Json::parse(text);
}

TEST(ReadAdd, GivesEachMessageWhatTheyShare) {
  const auto request =
      read_add(parse(R"({"user_id": "ann", "infer": false, "metadata": {"a": 1}, "timestamp": 10.5,
      "expiration_date": "2030-01-01",
      "messages": [{"role": "user", "content": "x"}, {"role": "tool", "content": "y"}]})"));
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->infer);
  ASSERT_EQ(request->memories.size(), 2u);
  const memory::NewMemory& second = request->memories[1];
  EXPECT_EQ(second.text, "y");
  EXPECT_EQ(second.role, "tool");
  EXPECT_EQ(second.entities.user_id, "ann");
  EXPECT_EQ(second.metadata, R"({"a":1})");
  EXPECT_EQ(base::to_unix_seconds(second.created_at.value()), 10.5);
  EXPECT_EQ(second.expiration->text, "2030-01-01");
}

TEST(ReadAdd, PrefersTopLevelIdsToThoseInFilters) {
  const auto request = read_add(parse(
      R"({"user_id": "ann", "filters": {"user_id": "bob", "run_id": "r"}, "messages": [{"role": "user", "content": "x"}]})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->memories[0].entities.user_id, "ann");
  EXPECT_EQ(request->memories[0].entities.run_id, "r");
}

TEST(ReadUpdate, TellsNullFromAbsentForExpiration) {
  EXPECT_FALSE(read_update(parse(R"({"text": "x"})"))->expiration.has_value());
  const auto cleared = read_update(parse(R"({"expiration_date": null})"));
  ASSERT_TRUE(cleared && cleared->expiration.has_value());
  EXPECT_FALSE(cleared->expiration->has_value());
  EXPECT_FALSE(read_update(parse(R"({"text": null})")));
}

TEST(ReadSearch, TrimsTheQueryAndFillsInDefaults) {
  const auto request = read_search(parse(R"({"query": "  where? ", "filters": {"user_id": "ann"}})"),
                                   FilterStyle::only_filters);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->query.text, "where?");
  EXPECT_EQ(request->query.top_k, 10u);
  EXPECT_EQ(request->query.threshold, 0.1);
}

TEST(ReadSearch, TakesIdsAtTopLevelOnlyInOldVersions) {
  const Json body = parse(R"({"query": "x", "user_id": "ann", "limit": 3})");
  EXPECT_EQ(read_search(body, FilterStyle::ids_at_top)->query.top_k, 3u);
  const auto refused = read_search(body, FilterStyle::only_filters);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("user_id: belongs into filters"));
}

TEST(ReadList, NamesTheFieldThatIsWrong) {
  const auto refused =
      read_list(parse(R"({"filters": {"user_id": "a"}, "fields": ["colour"]})"), FilterStyle::only_filters);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("colour"));
}

TEST(Body, IsOneJsonObject) {
  net::Request request;
  for (const char* text : {"", "[]", "{", "{} x", "{\"a\":1,\"a\":2}"}) {
    request.body = text;
    const auto body = read_object(request);
    ASSERT_FALSE(body) << text;
    EXPECT_EQ(body.error().code, base::ErrorCode::invalid_argument);
  }
}

TEST(Body, MayNotBeCalledSomethingElse) {
  net::Request request{.body = "{}"};
  EXPECT_FALSE(has_foreign_content_type(request));
  for (const char* type :
       {"application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"}) {
    request.headers = {{"Content-Type", type}};
    EXPECT_FALSE(has_foreign_content_type(request)) << type;
  }
  request.headers = {{"content-type", "text/plain"}};
  EXPECT_TRUE(has_foreign_content_type(request));
}

TEST(Problem, HidesTheInsideOfItsOwnFailures) {
  const telemetry::TraceContext trace{1, 2, 3, false};
  const net::Response response =
      problem({.code = base::ErrorCode::io, .message = "/secret/path: broken"}, trace);
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, Not(HasSubstr("secret")));
  EXPECT_THAT(response.body, HasSubstr(trace.trace_id()));
  const net::Response busy = problem({.code = base::ErrorCode::unavailable, .message = "too many"}, trace);
  EXPECT_EQ(busy.status, 503);
  EXPECT_TRUE(net::find_header(busy.headers, "Retry-After"));
  EXPECT_EQ(status_of(base::ErrorCode::no_space), 507);
}

TEST(Wire, WritesWhatIsMissingAsNull) {
  memory::Memory memory;
  memory.id = "i";
  memory.text = "t";
  memory.entities.run_id = "r";
  const OutJson json = to_json(memory);
  EXPECT_EQ(json["user_id"], nullptr);
  EXPECT_EQ(json["session_id"], "r");
  EXPECT_EQ(json["metadata"], nullptr);
  EXPECT_EQ(json["expiration_date"], nullptr);
  EXPECT_EQ(json["created_at"], "1970-01-01T00:00:00.000000Z");
  const std::vector<std::string> fields = {"memory"};
  EXPECT_EQ(pick_fields(json, fields).dump(), R"({"id":"i","memory":"t"})");
}

}  // namespace
}  // namespace memory_api::api
