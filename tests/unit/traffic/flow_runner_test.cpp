#include "plimsoll/traffic/engine/flow_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::traffic {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

LoadPlan plan_of(const std::string& text, const std::filesystem::path& file = "s.yaml") {
  const auto scenario = parse_scenario(text, file);
  if (!scenario) throw std::runtime_error(base::to_string(scenario.error()));
  const auto plan = make_plan(*scenario, "http://127.0.0.1:81", {});
  if (!plan) throw std::runtime_error(base::to_string(plan.error()));
  return *plan;
}

// One user who asks and is answered by hand.
struct Visit {
  explicit Visit(LoadPlan load_plan) : plan(std::move(load_plan)), runner(plan, 0, 1) {
    runner.welcome(0, 0);
  }

  std::string ask(std::uint32_t user = 0) {
    route = runner.next_route(user, generator);
    runner.speak_for(user, route, generator);
    capture = runner.capture(user, route);
    if (capture != nullptr) capture->clear();
    return std::string(plan.routes[route].request.render(generator, buffer));
  }

  std::optional<ErrorKind> answer(std::string body, int status = 200,
                                  std::vector<std::pair<std::string, std::string>> fields = {}) {
    if (capture != nullptr) {
      capture->status = status;
      capture->body = std::move(body);
      capture->fields = std::move(fields);
    }
    const auto error = status >= 400 ? std::optional(ErrorKind::http_4xx) : std::nullopt;
    return runner.take_response(0, route, error, true, generator);
  }

  LoadPlan plan;
  FlowRunner runner;
  Generator generator{base::Random(1)};
  RenderBuffer buffer;
  std::uint32_t route = 0;
  ResponseCapture* capture = nullptr;
};

constexpr const char* shop = R"yaml(
users: 1
flows:
  - name: buy
    variables: {basket: "b-$(seq)"}
    steps:
      - {name: login, once: true, method: POST, path: /login, extract: {token: /token}}
      - {name: look, path: "/shop/$(basket)", headers: {Authorization: "Bearer $(token)"}, extract: {item: /items/0/id}}
      - name: take
        method: POST
        path: /take
        body: {item: $(item), basket: $(basket)}
        checks: [{status: 201}, {json: /total, at_least: 1}]
)yaml";

TEST(FlowRunner, TakesValuesIntoLaterSteps) {
  Visit visit(plan_of(shop));
  EXPECT_THAT(visit.ask(), StartsWith("POST /login "));
  EXPECT_EQ(visit.answer(R"({"token": "t-1"})"), std::nullopt);
  EXPECT_FALSE(visit.runner.between_flows(0));
  const std::string look = visit.ask();
  EXPECT_THAT(look, StartsWith("GET /shop/b-1 "));
  EXPECT_THAT(look, HasSubstr("Authorization: Bearer t-1\r\n"));
  visit.answer(R"({"items": [{"id": 7}]})");
  EXPECT_THAT(visit.ask(), testing::EndsWith(R"({"item":7,"basket":"b-1"})"));
  EXPECT_EQ(visit.answer(R"({"total": 1})", 201), std::nullopt);
  EXPECT_TRUE(visit.runner.between_flows(0));
  EXPECT_EQ(visit.runner.flows()[0].completed, 1);
}

TEST(FlowRunner, AUserLogsInOnceAndKeepsTheToken) {
  Visit visit(plan_of(shop));
  for (const char* body : {R"({"token": "t-1"})", R"({"items": [{"id": 7}]})", R"({"total": 1})"}) {
    visit.ask();
    visit.answer(body, 201);
  }
  const std::string second = visit.ask();
  EXPECT_THAT(second, StartsWith("GET /shop/b-2 "));
  EXPECT_THAT(second, HasSubstr("Bearer t-1"));
  visit.runner.welcome(0, 1);  // another user
  EXPECT_THAT(visit.ask(), StartsWith("POST /login "));
}

TEST(FlowRunner, AFailedStepEndsTheFlow) {
  Visit visit(plan_of(shop));
  visit.ask();
  EXPECT_EQ(visit.answer("{}"), ErrorKind::check);  // no token to go on with
  EXPECT_TRUE(visit.runner.between_flows(0));
  EXPECT_EQ(visit.runner.flows()[0].failed, 1);
  EXPECT_THAT(visit.ask(), StartsWith("POST /login "));  // not taken yet
  visit.runner.take_failure(0, visit.route, true);
  EXPECT_TRUE(visit.runner.between_flows(0));
  EXPECT_EQ(visit.runner.flows()[0].failed, 2);
}

TEST(FlowRunner, CountsEachCheck) {
  Visit visit(plan_of(shop));
  visit.ask();
  visit.answer(R"({"token": "t"})");
  visit.ask();
  visit.answer(R"({"items": [{"id": 7}]})");
  visit.ask();
  EXPECT_EQ(visit.answer(R"({"total": 0})", 201), ErrorKind::check);
  const auto names = check_names(visit.plan);
  ASSERT_EQ(names.size(), 4);
  EXPECT_EQ(names[0], std::pair(std::string("login"), std::string("extract")));
  EXPECT_EQ(names[2], std::pair(std::string("take"), std::string("status 201")));
  EXPECT_EQ(visit.runner.checks()[2].passed, 1);
  EXPECT_EQ(visit.runner.checks()[3].failed, 1);
}

TEST(FlowRunner, AStepMayLetTheFlowGoOn) {
  Visit visit(plan_of("flows: [{steps: [{path: /a, on_error: continue}, {path: /b}]}]"));
  visit.ask();
  EXPECT_EQ(visit.answer("", 404), ErrorKind::http_4xx);
  EXPECT_THAT(visit.ask(), StartsWith("GET /b "));
  visit.answer("");
  EXPECT_EQ(visit.runner.flows()[0].failed, 1);
  EXPECT_EQ(visit.runner.flows()[0].completed, 0);
}

TEST(FlowRunner, UsersKeepTheirCookies) {
  Visit visit(plan_of("flows: [{steps: [{path: /login}, {path: /home}]}]"));
  EXPECT_THAT(visit.ask(), Not(HasSubstr("Cookie")));
  visit.answer("", 200, {{"set-cookie", "s=1; Path=/"}, {"Set-Cookie", "t=2; Path=/other"}});
  EXPECT_THAT(visit.ask(), HasSubstr("\r\nCookie: s=1\r\n\r\n"));
  visit.runner.welcome(0, 1);
  EXPECT_THAT(visit.ask(), Not(HasSubstr("Cookie")));
}

TEST(FlowRunner, CookiesMayBeOff) {
  Visit visit(plan_of("cookies: false\nflows: [{steps: [{path: /login}, {path: /home}]}]"));
  visit.ask();
  EXPECT_EQ(visit.capture, nullptr);
}

class Rows : public testing::Test {
 protected:
  void SetUp() override {
    folder = *base::TemporaryFolder::create("rows");
    ASSERT_TRUE(base::system_files().write_atomically(folder->path() / "u.csv", "name\nann\nb b\ncid\n"));
  }
  std::vector<std::string> paths(const std::string& pick, int flows, std::uint32_t users) {
    Visit visit(
        plan_of("data: {users: {file: u.csv, pick: " + pick + "}}\nsteps: [{path: \"/$(users.name)\"}]",
                folder->path() / "s.yaml"));
    std::vector<std::string> result;
    for (std::uint32_t user = 0; user < users; ++user) visit.runner.welcome(user, user);
    for (int i = 0; i < flows; ++i) {
      const std::string request = visit.ask(static_cast<std::uint32_t>(i) % users);
      result.push_back(request.substr(4, request.find(" HTTP") - 4));
      visit.runner.take_failure(static_cast<std::uint32_t>(i) % users, visit.route, true);
    }
    return result;
  }
  std::optional<base::TemporaryFolder> folder;
};

TEST_F(Rows, ComeInTurnAndAreEncoded) {
  EXPECT_THAT(paths("sequential", 4, 1), testing::ElementsAre("/ann", "/b%20b", "/cid", "/ann"));
}

TEST_F(Rows, BelongToUsers) {
  EXPECT_THAT(paths("per_user", 4, 2), testing::ElementsAre("/ann", "/b%20b", "/ann", "/b%20b"));
}

TEST_F(Rows, AreDrawn) {
  EXPECT_THAT(paths("random", 60, 1), testing::IsSupersetOf({"/ann", "/b%20b", "/cid"}));
}

// What a server sends cannot break a later request.
TEST(FlowRunner, HostileValuesStayInTheirPlace) {
  Visit visit(plan_of(R"yaml(
flows:
  - steps:
      - {path: /, extract: {evil: /v}}
      - {path: "/a?x=$(evil)", method: POST, headers: {X: "$(evil)"}, body: {"a": "$(evil)", "b": $(evil)}}
)yaml"));
  visit.ask();
  visit.answer(R"({"v": "1\r\nHost: x\r\n\r\n\"}"})");
  const std::string request = visit.ask();
  EXPECT_THAT(request, StartsWith("POST /a?x=1%0D%0AHost%3A%20x%0D%0A%0D%0A%22%7D HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nX: 1Host: x\"}\r\n"));
  EXPECT_THAT(
      request,
      testing::EndsWith(
          R"({"a":"1\u000d\u000aHost: x\u000d\u000a\u000d\u000a\"}","b":"1\u000d\u000aHost: x\u000d\u000a\u000d\u000a\"}"})"));
}

TEST(MakePlan, AMixWithoutMemoryStaysAMix) {
  EXPECT_TRUE(plan_of("steps: [{path: /a}, {path: /b}]").flows.list.empty());
  EXPECT_EQ(plan_of("steps: [{path: /a}, {path: /b, checks: [{status: 200}]}]").flows.list.size(), 2);
  EXPECT_TRUE(plan_of("cookies: true\nsteps: [{path: /a}]").flows.cookies);
}

}  // namespace
}  // namespace plimsoll::traffic
