// Scenarios of flows as a user of the command runs them.
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "tests/integration/load/scripted_server.h"
#include "tests/support/waiting.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string answer(std::string_view body, std::string_view status = "200 OK") {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

struct Ran {
  base::Exit exit;
  base::Json json;
};

Ran load(const std::string& scenario, std::vector<std::string> arguments) {
  const auto folder = base::TemporaryFolder::create("flows");
  const auto file = folder->path() / "mix.yaml";
  if (!base::system_files().write_atomically(file, scenario)) throw std::runtime_error("cannot write");
  arguments.insert(arguments.begin(), {PLIMSOLL_BIN_DIR "/plimsoll", "load", file.string()});
  base::ProcessOptions options;
  options.arguments = std::move(arguments);
  const auto exit = base::run_process(std::move(options), 60s);
  if (!exit) throw std::runtime_error(base::to_string(exit.error()));
  const auto json = base::parse_json(exit->output_tail, "output");
  return {*exit, json ? *json : base::Json()};
}

TEST(SetUp, ThatFailsIsExit3WithWhatWasAnswered) {
  const ScriptedServer server([](Peer& peer, int) { return peer.send(answer("no room left", "507 Full")); });
  const Ran ran = load("users: 1\nrequests: 2\nsetup: [{name: make, path: /tenants}]\nsteps: [{path: /}]",
                       {"--url", server.url()});
  EXPECT_EQ(ran.exit.code, 3) << ran.exit.error_tail;
  EXPECT_THAT(ran.exit.error_tail, HasSubstr("the set-up failed at \"make\": status 507, \"no room left\""));
  EXPECT_EQ(server.requests(), 1);
}

TEST(LoadCommand, CountsChecksAndFlowsInItsDocument) {
  const ScriptedServer server(
      [](Peer& peer, int) { return peer.send(answer("{\"ticket\": 7, \"ok\": true}")); });
  const Ran ran = load(R"yaml(
users: 2
requests: 20
flows:
  - name: desk
    steps:
      - {name: begin, path: /begin, extract: {ticket: /ticket}}
      - {name: end, path: /end/$(ticket), checks: [{json: /ok, equals: true}]}
)yaml",
                       {"--url", server.url(), "--json"});
  EXPECT_EQ(ran.exit.code, 0) << ran.exit.error_tail;
  ASSERT_EQ(ran.json["checks"].size(), 2) << ran.exit.output_tail;
  EXPECT_EQ(ran.json["checks"][1]["route"], "end");
  EXPECT_EQ(ran.json["checks"][1]["name"], "json /ok equals true");
  EXPECT_GE(ran.json["checks"][1]["passed"], 8);
  EXPECT_GE(ran.json["flows"]["desk"]["completed"], 8);
}

TEST(LoadCommand, JudgesTheThresholdsOfTheScenario) {
  const ScriptedServer server([](Peer& peer, int) {
    if (peer.request().starts_with("GET /slow")) testing_support::take_time(20ms);
    return peer.send(ok_response);
  });
  const Ran ran = load(R"yaml(
users: 4
requests: 800
thresholds: ["p(95)<5000", "load.errors < 50%"]
steps:
  - {name: fast, path: /fast}
  - {name: slow, path: /slow, thresholds: p95 < 10ms}
)yaml",
                       {"--url", server.url(), "--json"});
  EXPECT_EQ(ran.exit.code, 1) << ran.exit.error_tail;
  ASSERT_EQ(ran.json["judgements"].size(), 3) << ran.exit.output_tail;
  std::map<std::string, std::string> status;
  for (const base::Json& judgement : ran.json["judgements"]) status[judgement["rule"]] = judgement["status"];
  EXPECT_EQ(status["load.latency{route=slow} p95 < 10ms"], "fail");
  EXPECT_EQ(status["load.latency p95 < 5s"], "pass");
}

TEST(LoadCommand, RefusesAThresholdAtItsPlace) {
  const Ran ran = load("thresholds:\n  - p95 < 5\nsteps: [{path: /}]", {"--url", "http://127.0.0.1:1"});
  EXPECT_EQ(ran.exit.code, 2);
  EXPECT_THAT(ran.exit.error_tail, HasSubstr("mix.yaml:2:"));
}

TEST(FromOpenApi, WritesAScenarioThatRunsAtOnce) {
  const ScriptedServer server([](Peer& peer, int) {
    return peer.send(answer(R"({"openapi": "3.0.0", "paths": {"/notes": {"get": {}}, "/notes/{id}": {"get":
      {"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}]}}}})"));
  });
  const auto folder = base::TemporaryFolder::create("openapi");
  const std::string file = (folder->path() / "written.yaml").string();
  base::ProcessOptions write;
  write.arguments = {PLIMSOLL_BIN_DIR "/plimsoll",   "load", "--from-openapi",
                     server.url() + "/openapi.json", "-o",   file};
  const auto written = base::run_process(std::move(write), 60s);
  ASSERT_TRUE(written);
  ASSERT_EQ(written->code, 0) << written->error_tail;
  base::ProcessOptions run;
  run.arguments = {PLIMSOLL_BIN_DIR "/plimsoll", "load", file, "-d", "1s", "--json"};
  const auto ran = base::run_process(std::move(run), 60s);
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->code, 0) << ran->error_tail;
  EXPECT_EQ((*base::parse_json(ran->output_tail, "output"))["requests"], 10);
}

}  // namespace
}  // namespace plimsoll::traffic
