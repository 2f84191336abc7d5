// What `plimsoll load` says of the server it loads: its memory, its metrics, its limit.
// LEAK_SECONDS and LEAK_MIB_PER_MINUTE make the planted leak slower and the run longer
// (benchmarking/planted_leak.sh).
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/integration/load/leaky_server.h"
#include "tests/integration/load/scripted_server.h"
#include "tests/support/sanitized.h"
#include "tests/support/waiting.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr double mebibyte = 1024.0 * 1024;

struct Ran {
  base::Exit exit;
  base::Json json;
};

Ran load(std::vector<std::string> arguments, std::chrono::nanoseconds limit = 60s) {
  arguments.insert(arguments.begin(), {PLIMSOLL_BIN_DIR "/plimsoll", "load"});
  const auto exit = base::run_process({.arguments = std::move(arguments), .tail_bytes = 1 << 20}, limit);
  if (!exit) throw std::runtime_error(base::to_string(exit.error()));
  const auto json = base::parse_json(exit->output_tail, "output");
  return {*exit, json ? *json : base::Json()};
}

double number_from_environment(const char* name, double otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : base::parse_double(text).value_or(otherwise);
}

TEST(LoadAround, APlantedLeakIsFoundWithItsSlope) {
  const double seconds = number_from_environment("LEAK_SECONDS", 12);
  const double per_minute = number_from_environment("LEAK_MIB_PER_MINUTE", 60);
  const LeakyServer server({.leak_bytes_per_second = per_minute * mebibyte / 60, .saw_bytes = 1u << 20});
  const Ran ran =
      load({server.url(), "-c", "2", "--think-time", "40ms", "-d",
            std::to_string(static_cast<int>(seconds)) + "s", "--soak=1MiB/h", "--json", "--quiet"},
           std::chrono::seconds(static_cast<int>(seconds) + 60));
  ASSERT_EQ(ran.json["judgements"].size(), 1) << ran.exit.error_tail;
  const base::Json& judgement = ran.json["judgements"][0];
  std::printf("%s\n", judgement["explanation"].get<std::string>().c_str());
  EXPECT_EQ(ran.exit.code, 1) << judgement.dump();
  EXPECT_EQ(judgement["status"], "fail");
  const double found = judgement["value"].get<double>() / (60 * per_minute * mebibyte);
  EXPECT_NEAR(found, 1, testing::sanitized ? 1.5 : 0.1);  // a sanitizer keeps shadows of what leaks
  EXPECT_THAT(judgement["explanation"].get<std::string>(), HasSubstr(" leaks "));
  EXPECT_GT(ran.json["server"]["memory_bytes"]["last"], ran.json["server"]["memory_bytes"]["first"]);
}

TEST(LoadAround, GarbageThatIsCollectedIsNoLeak) {
  const LeakyServer server({.leak_bytes_per_second = 0, .saw_bytes = 4u << 20});
  const Ran ran = load(
      {server.url(), "-c", "2", "--think-time", "40ms", "-d", "12s", "--soak=1GiB/m", "--json", "--quiet"});
  ASSERT_EQ(ran.json["judgements"].size(), 1) << ran.exit.error_tail;
  EXPECT_EQ(ran.json["status"], "pass") << ran.json["judgements"][0].dump();
}

TEST(LoadAround, TheServersProcessIsFoundByItsPort) {
  const LeakyServer server({});
  const Ran ran = load({server.url(), "-c", "3", "-d", "2s", "--json", "--quiet"});
  const base::Json& seen = ran.json["server"];
  EXPECT_EQ(seen["processes"], 1) << ran.exit.output_tail;
  EXPECT_GE(seen["threads"], 1);
  if (!testing::sanitized) EXPECT_EQ(seen["threads"], 1);
  EXPECT_GE(seen["descriptors"], 4);
  EXPECT_GT(seen["cpu_cores"], 0);
  const Ran people =
      load({server.url(), "-c", "1", "-n", "100", "--watch-pid", std::to_string(server.pid())});
  EXPECT_THAT(people.exit.output_tail, HasSubstr("  server     "));
  EXPECT_EQ(load({server.url(), "-n", "10", "--watch-pid", "2000000000"}).exit.code, 3);
}

TEST(LoadAround, MetricsOfTheServerAreSeriesToo) {
  std::atomic<int> scrapes = 0;
  const ScriptedServer server([&](Peer& peer, int) {
    const std::string text =
        "# TYPE heap_bytes gauge\nheap_bytes " + std::to_string(1000 * ++scrapes) + "\nother 1\n";
    return peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text);
  });
  const Ran ran =
      load({server.url(), "-c", "1", "-d", "3s", "--think-time", "100ms", "--metrics", "/metrics", "--metric",
            "heap_*", "--threshold", "service.metric{name=heap_bytes} max > 1000", "--json", "--quiet"});
  ASSERT_EQ(ran.json["judgements"].size(), 1) << ran.exit.error_tail;
  EXPECT_EQ(ran.json["judgements"][0]["status"], "pass") << ran.json["judgements"][0].dump();
}

TEST(LoadAround, ThePageShowsTheRun) {
  const LeakyServer server({});
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  const std::string page = folder->path() / "page.html";
  ASSERT_EQ(load({server.url(), "-c", "2", "-d", "1s", "--html", page, "--quiet"}).exit.code, 0);
  const std::string html = base::read_file(page).value();
  for (const char* part :
       {"Latency over time", "Percentile spectrum", "Failed requests", "server&#39;s memory"})
    EXPECT_THAT(html, HasSubstr(part));
}

TEST(LoadAround, MetricsThatCannotBeReadAreSaid) {
  const ScriptedServer server([](Peer& peer, int) { return peer.send(ok_response); });
  const Ran ran = load({server.url(), "-c", "1", "-n", "50", "--metrics", "/metrics", "--json", "--quiet"});
  EXPECT_THAT(ran.json["server"]["remarks"].dump(), HasSubstr("readings of its metrics failed"));
}

// A server that bears 200 requests a second: one worker of 5 ms behind a queue.
TEST(LoadAround, TheLimitIsFoundWithAnInterval) {
  std::mutex worker;
  const ScriptedServer server([&](Peer& peer, int) {
    const std::lock_guard turn(worker);
    testing_support::take_time(5ms);
    return peer.send(ok_response);
  });
  const Ran ran = load({server.url(), "-r", "50", "-d", "1s", "-c", "40", "--find-limit", "--threshold",
                        "load.latency p95 < 100ms", "--json", "--quiet"},
                       300s);
  EXPECT_EQ(ran.json["plimsoll"], "load.find_limit") << ran.exit.error_tail;
  if (ran.json["limited_by"] == "generator") GTEST_SKIP() << "this machine is too busy to be the generator";
  EXPECT_EQ(ran.exit.code, 0) << ran.json.dump();
  EXPECT_EQ(ran.json["limited_by"], "service");
  const double low = ran.json["limit"]["interval"][0];
  const double high = ran.json["limit"]["interval"][1];
  EXPECT_LE(low, 215);
  EXPECT_GT(high, low);
  EXPECT_LE(high / low, 1.06);
  EXPECT_FALSE(ran.json["broke_by"].is_null());
}

TEST(LoadAround, ALimitOfNobodyIsInconclusive) {
  const int port = *base::free_port();
  const Ran ran =
      load({"http://127.0.0.1:" + std::to_string(port) + "/", "--find-limit", "--json", "--quiet"});
  EXPECT_EQ(ran.exit.code, 3);
  EXPECT_EQ(ran.json["status"], "inconclusive");
  EXPECT_EQ(ran.json["limited_by"], "unreachable");
}

TEST(LoadAround, TheLimitIsOneScenarios) {
  const auto folder = *base::TemporaryFolder::create("limit");
  const std::string file = (folder.path() / "two.yaml").string();
  ASSERT_TRUE(base::system_files().write_atomically(
      file,
      "url: http://127.0.0.1:1\nscenarios:\n  a: {rate: 5, steps: [{path: /}]}\n"
      "  b: {rate: 5, steps: [{path: /}]}\n"));
  const Ran ran = load({file, "--find-limit"});
  EXPECT_EQ(ran.exit.code, 2);
  EXPECT_THAT(ran.exit.error_tail, HasSubstr("into a file of its own"));
}

}  // namespace
}  // namespace plimsoll::traffic
