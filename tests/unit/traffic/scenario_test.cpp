#include "plimsoll/traffic/scenario/scenario.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

base::Result<Scenario> parse(std::string_view text) {
  return parse_scenario(text, "s.yaml");
}

// The first request of a scenario as it goes over the wire.
std::string first_request(std::string_view text, const std::string& base_url = "http://127.0.0.1:81",
                          const std::map<std::string, std::string>& headers = {}) {
  const auto scenario = parse(text);
  if (!scenario) return base::to_string(scenario.error());
  const auto plan = make_plan(*scenario, base_url, headers);
  if (!plan) return base::to_string(plan.error());
  Generator generator{base::Random(1)};
  RenderBuffer buffer;
  return std::string(plan->routes.front().request.render(generator, buffer));
}

TEST(Scenario, ReadsEverythingThatADocumentedOneHolds) {
  const auto scenario = parse(R"yaml(
name: mix
url: http://127.0.0.1:{port}/api
headers: {Authorization: "Token t"}
users: 100
think_time: {mean: 2s, distribution: constant}
duration: 30s
warmup: 5s
timeout: 3s
expect: [2xx, 404]
steps:
  - {name: list, weight: 3, path: "/v1/memories/?user_id=user-$(random_int 1 50)"}
  - {name: add, method: POST, path: /v1/memories/, headers: {X-A: b}, body: {text: "note $(seq)"}, expect: 201}
)yaml");
  ASSERT_TRUE(scenario) << base::to_string(scenario.error());
  EXPECT_EQ(scenario->name, "mix");
  EXPECT_EQ(scenario->shape.users, 100);
  EXPECT_EQ(scenario->shape.think_time, (ThinkTime{2s, ThinkDistribution::constant}));
  EXPECT_EQ(scenario->shape.duration, 30s);
  EXPECT_EQ(scenario->shape.warmup, 5s);
  EXPECT_EQ(scenario->shape.timeout, 3s);
  ASSERT_EQ(scenario->steps.size(), 2);
  EXPECT_EQ(scenario->steps[0].weight, 3);
  const auto plan = make_plan(*scenario, "http://127.0.0.1:8080", {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->target.port, 8080);
  EXPECT_TRUE(plan->routes[0].expect.contains(404));
  EXPECT_FALSE(plan->routes[1].expect.contains(404));
  EXPECT_TRUE(plan->routes[1].expect.contains(201));
}

TEST(Scenario, IsNamedAfterItsFile) {
  EXPECT_EQ(parse_scenario("steps: [{path: /}]", "load/basic.yaml")->name, "basic");
}

TEST(Scenario, ReadsRatesAndStages) {
  const auto open = parse("rate: 250\narrival: poisson\nconnections: 9\nsteps: [{path: /}]");
  ASSERT_TRUE(open);
  EXPECT_EQ(open->shape.rate, 250);
  EXPECT_EQ(open->shape.arrival, Arrival::poisson);
  EXPECT_EQ(open->shape.connections, 9);
  const auto staged =
      parse("stages: [{duration: 10s, users: 100}, {duration: 0s, users: 1000}]\nsteps: [{path: /}]");
  ASSERT_TRUE(staged) << base::to_string(staged.error());
  EXPECT_EQ(staged->shape.user_stages, (std::vector<Stage>{{10s, 100}, {0s, 1000}}));
}

TEST(Scenario, WritesARequestWithWhatHttpNeeds) {
  EXPECT_EQ(first_request("steps: [{path: /a}]"),
            "GET /a HTTP/1.1\r\nHost: 127.0.0.1:81\r\nUser-Agent: plimsoll/" PLIMSOLL_VERSION
            "\r\nAccept: */*\r\n\r\n");
}

TEST(Scenario, PutsThePathOfItsUrlBeforeThoseOfSteps) {
  EXPECT_THAT(first_request("url: http://localhost:9/api/\nsteps: [{path: \"/a?b=c\"}]"),
              testing::StartsWith("GET /api/a?b=c HTTP/1.1\r\nHost: localhost:9\r\n"));
}

TEST(Scenario, StepHeadersWinOverTheScenariosAndThoseOverTheCallers) {
  const std::string request =
      first_request("headers: {A: two, B: two}\nsteps: [{path: /, headers: {a: one}}]", "http://127.0.0.1:81",
                    {{"A", "three"}, {"B", "three"}, {"C", "three"}, {"Host", "elsewhere"}});
  EXPECT_THAT(request, HasSubstr("a: one\r\n"));
  EXPECT_THAT(request, HasSubstr("B: two\r\n"));
  EXPECT_THAT(request, HasSubstr("C: three\r\n"));
  EXPECT_THAT(request, HasSubstr("Host: elsewhere\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("127.0.0.1")));
}

TEST(Scenario, SendsAMapAsJsonWithItsTypes) {
  const std::string request = first_request(R"(
steps:
  - path: /
    method: POST
    body:
      text: "say \"$(seq)\""
      quoted: "7"
      number: 7
      float: 0.5
      yes: true
      none: null
      seq: $(seq)
      version: 1.2.3
      list: [a, {b: []}]
)");
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_EQ(body, R"({"text":"say \"1\"","quoted":"7","number":7,"float":0.5,"yes":true,"none":null,"seq":2,)"
                  R"("version":"1.2.3","list":["a",{"b":[]}]})");
  EXPECT_TRUE(base::parse_json(body, "body"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Length: " + std::to_string(body.size()) + "\r\n"));
}

TEST(Scenario, SendsATextAsItIs) {
  const std::string request = first_request("steps: [{path: /, method: PUT, body: \"a=b\"}]");
  EXPECT_THAT(request, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(request, testing::EndsWith("Content-Length: 3\r\n\r\na=b"));
}

TEST(Scenario, AnEmptyPostHasALength) {
  EXPECT_THAT(first_request("steps: [{path: /, method: POST}]"),
              testing::EndsWith("Content-Length: 0\r\n\r\n"));
}

TEST(Scenario, NeedsAUrlFromSomewhere) {
  EXPECT_THAT(first_request("steps: [{path: /}]", ""), HasSubstr("names no url"));
  EXPECT_THAT(first_request("url: \"http://127.0.0.1:{port}\"\nsteps: [{path: /}]", ""), HasSubstr("{port}"));
}

TEST(Scenario, TakesHttps) {
  EXPECT_THAT(first_request("steps: [{path: /}]", "https://127.0.0.1"), HasSubstr("Host: 127.0.0.1\r\n"));
}

TEST(Scenario, TheProjectsOwnScenariosAreRight) {
  for (const char* name : {"basic_api_load.yaml"}) {
    const auto scenario =
        read_scenario(std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "scripts/load_testing" / name);
    ASSERT_TRUE(scenario) << base::to_string(scenario.error());
    const auto plan = make_plan(*scenario, "http://127.0.0.1:8080", {});
    ASSERT_TRUE(plan);
    Generator generator{base::Random(1)};
    RenderBuffer buffer;
    for (const Route& route : plan->routes) {
      for (int i = 0; i < 100; ++i) {
        const std::string request(route.request.render(generator, buffer));
        EXPECT_TRUE(base::parse_json(request.substr(request.find("\r\n\r\n") + 4), route.name)) << request;
      }
    }
  }
}

struct Mistake {
  const char* text;
  int line;
  int column;
  const char* message;
};

// Every mistake is told with its place.
TEST(Scenario, TellsMistakesWithTheirPlace) {
  const Mistake mistakes[] = {
      {"", 1, 1, "scenario"},
      {"[]", 1, 1, "expected a scenario"},
      {"steps: []", 1, 8, "list of steps"},
      {"name: a", 1, 1, "needs `steps:`"},
      {"name:\nsteps: [{path: /}]", 1, 1, "name has no value"},
      {"nmae: a\nsteps: [{path: /}]", 1, 1, "unknown key"},
      {"steps:\n  - {path: /, wieght: 2}", 2, 15, "unknown key"},
      {"steps:\n  - {name: a}", 2, 5, "needs a `path`"},
      {"steps:\n  - {path: a}", 2, 12, "begins with /"},
      {"steps:\n  - {path: \"/a b\"}", 2, 12, "without blanks"},
      {"steps:\n  - {path: /, method: FETCH}", 2, 23, "one of GET"},
      {"steps:\n  - {path: /, weight: 0}", 2, 23, "a weight above 0"},
      {"steps:\n  - {path: /, expect: 20}", 2, 23, "no status"},
      {"steps:\n  - {path: /, headers: {\"a b\": c}}", 2, 25, "no header name"},
      {"steps:\n  - {path: /, headers: {a: [c]}}", 2, 28, "one line of text"},
      {"steps:\n  - {path: /, body: {a: $(sq)}}", 2, 25, "no generated value"},
      {"steps:\n  - {path: /$(uid)}", 2, 13, "no generated value"},
      {"steps:\n  - {name: a, path: /}\n  - {name: a, path: /}", 3, 5, "two steps"},
      {"users: many\nsteps: [{path: /}]", 1, 8, "whole number of users"},
      {"users: 0\nsteps: [{path: /}]", 1, 8, "users"},
      {"rate: 0\nsteps: [{path: /}]", 1, 7, "rate above 0"},
      {"rate: 5\nusers: 5\nsteps: [{path: /}]", 2, 8, "both a rate and users"},
      {"duration: 5\nsteps: [{path: /}]", 1, 11, ""},
      {"duration: 5s\nrequests: 7\nsteps: [{path: /}]", 2, 11, "both a duration"},
      {"requests: 0\nsteps: [{path: /}]", 1, 11, "at least 1"},
      {"arrival: uniform\nsteps: [{path: /}]", 1, 10, "constant or poisson"},
      {"think_time: {men: 1s}\nsteps: [{path: /}]", 1, 14, "unknown key"},
      {"stages: [{duration: 5s}]\nsteps: [{path: /}]", 1, 10, "one of `rate` and `users`"},
      {"stages:\n  - {duration: 5s, rate: 1}\n  - {duration: 5s, users: 1}\nsteps: [{path: /}]", 2, 3,
       "not both"},
      {"url: ftp://x\nsteps: [{path: /}]", 1, 6, ""},
      {"a: [\nsteps: 1", 0, 0, ""},
  };
  for (const Mistake& mistake : mistakes) {
    const auto scenario = parse(mistake.text);
    ASSERT_FALSE(scenario) << mistake.text;
    EXPECT_EQ(scenario.error().code, base::ErrorCode::invalid_argument) << mistake.text;
    EXPECT_THAT(scenario.error().message, HasSubstr(mistake.message)) << mistake.text;
    ASSERT_TRUE(scenario.error().place) << mistake.text;
    EXPECT_EQ(scenario.error().place->file, "s.yaml");
    if (mistake.line == 0) continue;
    EXPECT_EQ(scenario.error().place->line, mistake.line) << mistake.text;
    EXPECT_EQ(scenario.error().place->column, mistake.column) << mistake.text;
  }
}

TEST(Scenario, NamesTheNearestKey) {
  EXPECT_THAT(parse("nmae: a\nsteps: [{path: /}]").error().hint, HasSubstr("name"));
}

}  // namespace
}  // namespace plimsoll::traffic
