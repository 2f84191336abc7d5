// `plimsoll load` as a user runs it.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "tests/integration/load/scripted_server.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Ran {
  base::Exit exit;
  base::Json json;
};

base::ProcessOptions command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {PLIMSOLL_BIN_DIR "/plimsoll", "load"});
  return {.arguments = std::move(arguments)};
}

Ran load(std::vector<std::string> arguments) {
  const auto exit = base::run_process(command(std::move(arguments)), 60s);
  if (!exit) throw std::runtime_error(base::to_string(exit.error()));
  const auto json = base::parse_json(exit->output_tail, "output");
  return {*exit, json ? *json : base::Json()};
}

bool answer_ok(Peer& peer, int) {
  return peer.send(ok_response);
}

TEST(LoadCommand, PrintsOneDocument) {
  const ScriptedServer server(answer_ok);
  const Ran ran = load({server.url(), "-n", "200", "-c", "4", "--json"});
  EXPECT_EQ(ran.exit.code, 0) << ran.exit.error_tail;
  EXPECT_EQ(ran.json["plimsoll"], "load");
  EXPECT_EQ(ran.json["version"], 1);
  EXPECT_EQ(ran.json["status"], "pass");
  EXPECT_EQ(ran.json["mode"], "closed");
  EXPECT_EQ(ran.json["requests"], 200);
  EXPECT_EQ(ran.json["responses"]["200"], 200);
  EXPECT_EQ(ran.json["judgements"], base::Json::array());
}

TEST(LoadCommand, PrintsASummaryForPeople) {
  const ScriptedServer server(answer_ok);
  const Ran ran = load({server.url(), "-r", "100", "-d", "200ms"});
  EXPECT_EQ(ran.exit.code, 0);
  EXPECT_THAT(ran.exit.output_tail, HasSubstr("20 requests"));
  EXPECT_THAT(ran.exit.output_tail, HasSubstr("p99"));
  EXPECT_THAT(ran.exit.error_tail, HasSubstr("over at most"));
}

TEST(LoadCommand, NobodyListeningIsInconclusive) {
  const int port = *base::free_port();
  const Ran ran = load({"http://127.0.0.1:" + std::to_string(port) + "/", "-r", "50", "-d", "30s", "--json"});
  EXPECT_EQ(ran.exit.code, 3);
  EXPECT_EQ(ran.json["status"], "inconclusive");
  EXPECT_GE(ran.json["requests"], 1);
  EXPECT_EQ(ran.json["errors"]["connect"], ran.json["requests"]);
}

TEST(LoadCommand, JudgesThresholds) {
  const ScriptedServer server([](Peer& peer, int request) {
    return peer.send(request % 2 == 0 ? "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" : ok_response);
  });
  const Ran failed =
      load({server.url(), "-c", "2", "-n", "400", "--threshold", "load.errors < 1%", "--json"});
  EXPECT_EQ(failed.exit.code, 1) << failed.exit.error_tail;
  EXPECT_EQ(failed.json["status"], "fail");
  ASSERT_EQ(failed.json["judgements"].size(), 1);
  EXPECT_EQ(failed.json["judgements"][0]["value"], 0.5);
  const Ran passed =
      load({server.url(), "-c", "2", "-n", "400", "--threshold", "load.errors < 90%", "--json"});
  EXPECT_EQ(passed.exit.code, 0) << passed.exit.error_tail;
  EXPECT_EQ(passed.json["status"], "pass");
}

TEST(LoadCommand, AFewRequestsAreTooFewToPass) {
  const ScriptedServer server(answer_ok);
  const Ran ran = load({server.url(), "-c", "1", "-n", "20", "--threshold", "load.errors < 0.1%", "--json"});
  EXPECT_EQ(ran.exit.code, 3);
  EXPECT_EQ(ran.json["status"], "inconclusive");
}

TEST(LoadCommand, ReadsAScenario) {
  const ScriptedServer server(answer_ok);
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  const std::string file = folder->path() / "mix.yaml";
  std::ofstream(file)
      << "requests: 300\nusers: 3\nsteps:\n  - {name: a, weight: 3, path: /a}\n  - {name: b, path: /b}\n";
  const Ran ran = load({file, "--url", server.url(), "--json"});
  EXPECT_EQ(ran.exit.code, 0) << ran.exit.error_tail;
  const int a = ran.json["routes"]["a"]["requests"];
  const int b = ran.json["routes"]["b"]["requests"];
  EXPECT_EQ(a + b, 300);
  EXPECT_NEAR(a, 225, 50);
}

TEST(LoadCommand, KeepsTheRunWhereAStoreIsGiven) {
  const ScriptedServer server(answer_ok);
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  const std::string store = folder->path() / "evidence.db";
  const std::string log = folder->path() / "latency.hlog";
  const Ran ran = load({server.url(), "-n", "500", "-c", "2", "--store", store, "--hdr", log});
  EXPECT_EQ(ran.exit.code, 0) << ran.exit.error_tail;
  base::ProcessOptions report;
  report.arguments = {PLIMSOLL_BIN_DIR "/plimsoll", "report", "latest", "--store", store, "--json"};
  const auto shown = base::run_process(report, 60s);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->code, 0) << shown->error_tail;
  EXPECT_THAT(*base::read_file(log), HasSubstr("HISTF"));
}

TEST(LoadCommand, TellsScenarioMistakesWithTheirPlace) {
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  const std::string file = folder->path() / "mix.yaml";
  std::ofstream(file) << "users: 3\nsteps:\n  - {path: a}\n";
  const Ran ran = load({file, "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(ran.exit.code, 2);
  EXPECT_THAT(ran.exit.error_tail, testing::StartsWith(file + ":3:12: "));
}

TEST(LoadCommand, WrongUsageExitsWith2) {
  const std::vector<std::vector<std::string>> mistakes = {
      {"http://192.0.2.1/"},
      {"nowhere"},
      {"nowhere.yaml"},
      {"ftp://127.0.0.1/"},
      {"http://127.0.0.1:1/", "-r", "0"},
      {"http://127.0.0.1:1/", "-r", "5", "--think-time", "1s"},
      {"http://127.0.0.1:1/", "-d", "5"},
      {"http://127.0.0.1:1/", "-d", "5s", "-n", "7"},
      {"http://127.0.0.1:1/", "--stages", "5s"},
      {"http://127.0.0.1:1/", "--header", "no colon"},
      {"http://127.0.0.1:1/", "--threshold", "load.latency p99"},
      {"http://127.0.0.1:1/", "--threshold", "load.latency p99 < 5MiB"},
      {"http://127.0.0.1:1/", "--threshold", "eval.mrr > 0.5"},
      {"http://127.0.0.1:1/", "--threshold", "load.latency regression"},
      {"http://127.0.0.1:1/", "--expect", "fine"},
      {"http://127.0.0.1:1/", "--nosuch"},
      {},
  };
  for (const auto& arguments : mistakes) {
    const Ran ran = load(arguments);
    EXPECT_EQ(ran.exit.code, 2) << base::to_string(base::Error{.message = ran.exit.error_tail});
    EXPECT_FALSE(ran.exit.error_tail.empty());
  }
}

TEST(LoadCommand, AnInterruptStopsItWithWhatItMeasured) {
  const ScriptedServer server(answer_ok);
  auto process = base::system_processes().start(command({server.url(), "-r", "200", "-d", "60s", "--json"}));
  ASSERT_TRUE(process);
  while (server.requests() < 50 && !(*process)->wait_for(20ms)) continue;
  (*process)->signal_group(SIGINT);
  const auto exit = (*process)->wait_for(30s);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 128 + SIGINT);
  const auto json = base::parse_json(exit->output_tail, "output");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["interrupted"], true);
  EXPECT_GE((*json)["requests"], 50);
}

}  // namespace
}  // namespace plimsoll::traffic
