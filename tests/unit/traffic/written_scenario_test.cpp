// Scenarios that are written from an OpenAPI document or a recording: each is accepted as it stands.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "plimsoll/traffic/engine/flow_runner.h"
#include "plimsoll/traffic/scenario/har_scenario.h"
#include "plimsoll/traffic/scenario/openapi_scenario.h"
#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::traffic {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string seed(const std::string& name) {
  return *base::read_file(std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "tests/fuzz/seeds" / name);
}

LoadPlan plan_of(const std::string& text) {
  const auto file = parse_scenario_file(text, "s.yaml");
  if (!file) throw std::runtime_error(base::to_string(file.error()) + "\n" + text);
  const auto plan = make_plan(*file, "", {});
  if (!plan) throw std::runtime_error(base::to_string(plan.error()));
  return *plan;
}

// The requests of a plan's routes, by name.
std::map<std::string, std::string> requests_of(const LoadPlan& plan) {
  Generator generator{base::Random(1)};
  UserValues nobody;
  nobody.variables.resize(plan.flows.vocabulary.variables.size());
  generator.user = &nobody;
  RenderBuffer buffer;
  std::map<std::string, std::string> requests;
  for (const Route& route : plan.routes) requests[route.name] = route.request.render(generator, buffer);
  return requests;
}

TEST(FromOpenApi, WritesAStepForEachOperation) {
  const auto text = scenario_from_openapi(seed("openapi/notes.json"), "notes.json", "http://127.0.0.1:9");
  ASSERT_TRUE(text) << base::to_string(text.error());
  const LoadPlan plan = plan_of(*text);
  EXPECT_EQ(plan.target.port, 9);
  const auto requests = requests_of(plan);
  EXPECT_EQ(requests.size(), 4) << *text;
  EXPECT_THAT(requests.at("GET /notes"), StartsWith("GET /api/notes?q=a%20b HTTP/1.1\r\n"));
  EXPECT_THAT(requests.at("GET /notes/{id}"),
              testing::ContainsRegex("^GET /api/notes/[0-9a-f]{8}-[0-9a-f-]{27} HTTP"));
  EXPECT_THAT(requests.at("POST /form"), testing::EndsWith("\r\n\r\na=x%20y"));
}

TEST(FromOpenApi, MakesBodiesFromSchemasAndExamples) {
  const auto text = scenario_from_openapi(seed("openapi/notes.json"), "notes.json", "http://127.0.0.1:9");
  const std::string request = requests_of(plan_of(*text)).at("POST /notes");
  const auto body = base::parse_json(request.substr(request.find("\r\n\r\n") + 4), "body");
  ASSERT_TRUE(body) << request;
  EXPECT_EQ((*body)["text"], "costs $(seq) ${HOME}");  // the document's text means itself
  EXPECT_FALSE(body->contains("id"));                  // read-only
  EXPECT_TRUE((*body)["stars"].is_number_integer()) << request;
  EXPECT_GE((*body)["stars"], 1);
  EXPECT_LE((*body)["stars"], 5);
  EXPECT_TRUE((*body)["at"].is_string());
  EXPECT_EQ((*body)["tags"], base::Json({"text"}));
}

TEST(FromOpenApi, SaysWhatIsLeftOut) {
  const auto text = scenario_from_openapi(seed("openapi/notes.json"), "notes.json", "");
  EXPECT_THAT(*text, HasSubstr("# DELETE /notes/{id}: left out, it deletes"));
  EXPECT_THAT(*text, HasSubstr("# PUT /notes/{id}: left out, deprecated"));
  EXPECT_THAT(*text, HasSubstr("# POST /upload: left out, its body is multipart/form-data"));
  EXPECT_THAT(*text, HasSubstr("# headers: {\"Authorization\": \"Token ${API_TOKEN}\"}"));
}

TEST(FromOpenApi, TakesNothingAwayAndSpreadsObjectsOverAQuery) {
  const auto text = scenario_from_openapi(
      R"({"paths": {"/reset": {"post": {}, "get": {}}, "/find": {"get": {"parameters": [
           {"name": "owner", "in": "query", "required": true, "schema": {"type": "object",
            "properties": {"a": {"type": "string", "example": "x"}, "b": {"type": "boolean"}}}}]}}}})",
      "api.json", "");
  ASSERT_TRUE(text) << base::to_string(text.error());
  const auto requests = requests_of(plan_of(*text));
  EXPECT_EQ(requests.size(), 2) << *text;
  EXPECT_THAT(requests.at("GET /find"), StartsWith("GET /find?a=x&b=true HTTP"));
  EXPECT_THAT(*text, HasSubstr("# POST /reset: left out, it deletes"));
}

TEST(FromOpenApi, ReadsSwagger2InYaml) {
  const auto text = scenario_from_openapi(seed("openapi/pets.yaml"), "pets.yaml", "");
  ASSERT_TRUE(text) << base::to_string(text.error());
  EXPECT_THAT(requests_of(plan_of(*text)).begin()->second,
              testing::ContainsRegex("^GET /v2/pets/[0-9]+ HTTP"));
}

TEST(FromOpenApi, RefusesWhatDescribesNothing) {
  for (const char* text : {"{}", "[1]", "{\"paths\": {}}", "{\"paths\": {\"/a\": {\"delete\": {}}}}",
                           "{\"paths\"", "a: [", ""}) {
    EXPECT_FALSE(scenario_from_openapi(text, "x", "")) << text;
  }
}

class FromHar : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"TOKEN", "AUTHORIZATION", "COOKIE_seat", "COOKIE_SEAT", "PASSWORD"})
      ::setenv(name, "s\"x", 1);
  }
  std::string text = scenario_from_har(seed("har/shop.har"), "shop.har", "").value_or("");
};

TEST_F(FromHar, KeepsOrderHostAndPauses) {
  const LoadPlan plan = plan_of(text);
  ASSERT_EQ(plan.routes.size(), 2) << text;
  EXPECT_EQ(plan.target.port, 8080);
  EXPECT_EQ(plan.flows.list.size(), 1);
  EXPECT_THAT(plan.routes[0].name, StartsWith("GET /shop"));
  ASSERT_TRUE(plan.routes[0].logic.think_time);
  EXPECT_EQ(plan.routes[0].logic.think_time->mean, std::chrono::milliseconds(2000));
  EXPECT_THAT(text, HasSubstr("1 requests to other hosts were left out"));
  EXPECT_THAT(text, HasSubstr("1 images, fonts, styles and scripts were left out"));
}

TEST_F(FromHar, HidesSecrets) {
  for (const char* secret : {"s3cret", "abc", "\"pw\"", "seat=9"})
    EXPECT_THAT(text, Not(HasSubstr(secret))) << text;
  EXPECT_THAT(text, HasSubstr("# PASSWORD stands for what looked like a secret"));
  const auto requests = requests_of(plan_of(text));
  EXPECT_THAT(requests.at("GET /shop"), HasSubstr("GET /shop?q=tea&token="));
  EXPECT_THAT(requests.at("GET /shop"), HasSubstr("Authorization: s\"x\r\n"));
  const std::string& login = requests.at("POST /login");
  EXPECT_THAT(login, testing::EndsWith(R"({"n":[1,true,null],"password":"s\"x","user":"ann"})"));
  EXPECT_THAT(login, Not(HasSubstr("basket")));  // the flow is given that cookie itself
}

// A scenario's texts hold no control characters: a body that does is left out, and said to be.
TEST(FromHarFile, LeavesOutABodyThatNoScenarioHolds) {
  for (const std::string body : {R"({\"n\": \"a\\bc\"})", R"({\"n\\u0001\": 1})", R"(n\bm)"}) {
    const auto written = scenario_from_har(
        R"({"log": {"entries": [{"request": {"method": "POST", "url": "http://127.0.0.1/x",)"
        R"( "postData": {"mimeType": "application/json", "text": ")" +
            body + R"("}}, "response": {}}]}})",
        "x.har", "");
    ASSERT_TRUE(written) << body;
    EXPECT_THAT(*written, HasSubstr("# its body was left out: it holds a control character"));
    EXPECT_TRUE(parse_scenario_file(*written, "s.yaml")) << *written;
  }
}

TEST(FromHarFile, RefusesWhatIsNone) {
  for (const char* text :
       {"", "{}", "[]", "{\"log\": {\"entries\": []}}", "{\"log\": {\"entries\": [{}]}}", "{\"log\""})
    EXPECT_FALSE(scenario_from_har(text, "x.har", "")) << text;
}

}  // namespace
}  // namespace plimsoll::traffic
