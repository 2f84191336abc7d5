#include "plimsoll/probes/load/load_config.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "plimsoll/plan/rule_text.h"
#include "plimsoll/probes/load/load_probe.h"
#include "plimsoll/probes/load/load_series.h"
#include "tests/unit/probes/memory_recorder.h"

namespace plimsoll::probes::load {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

base::Result<LoadConfig> read(const base::Json& config, const std::filesystem::path& root = {}) {
  return read_config(config, root);
}

std::string rule_text(const std::string& rule, const std::string& scenario = "",
                      const std::string& step = "") {
  const auto read = rule_of({rule, scenario, step, {}});
  return read ? plan::print_rule(*read) : read.error().message;
}

TEST(ScenarioRules, AreReadHoweverTheyAreWritten) {
  EXPECT_EQ(rule_text("load.latency p95 < 200ms"), "load.latency p95 < 200ms");
  EXPECT_EQ(rule_text("p95 < 200ms"), "load.latency p95 < 200ms");
  EXPECT_EQ(rule_text("p(95)<200"), "load.latency p95 < 200ms");
  EXPECT_EQ(rule_text("max < 1s"), "load.latency max < 1s");
  EXPECT_EQ(rule_text("errors < 1%"), "load.errors < 1%");
  EXPECT_EQ(rule_text("rate<0.001"), rule_text("load.errors < 0.001"));
  EXPECT_EQ(rule_text("rate > 90"), "load.rate > 90");
  EXPECT_EQ(rule_text("service_time p50 < 1ms"), "load.service_time p50 < 1ms");
}

TEST(ScenarioRules, AreHeldToTheirScenarioAndStep) {
  EXPECT_EQ(rule_text("p95 < 200ms", "readers", "list"),
            "load.latency{scenario=readers,route=list} p95 < 200ms");
}

TEST(ScenarioRules, SpeakOfTheFilesScenarios) {
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  std::ofstream(folder->path() / "two.yaml")
      << "thresholds: errors < 1%\nscenarios:\n  a: {rate: 5, steps: [{path: /}]}\n"
         "  b: {users: 5, thresholds: p95 < 1s, steps: [{path: /}]}\n";
  const base::Json config = {{"scenario", "two.yaml"}};
  EXPECT_THAT(scenario_names(config, folder->path()), testing::ElementsAre("a", "b"));
  const auto rules = scenario_rules(config, folder->path());
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 2);
  EXPECT_EQ((*rules)[0].text, "load.errors < 1%");
  EXPECT_EQ((*rules)[1].text, "load.latency{scenario=b} p95 < 1s");
  EXPECT_THAT(read({{"scenario", "two.yaml"}, {"rate", 5.0}}, folder->path()).error().message,
              HasSubstr("rate: two holds several scenarios"));
}

TEST(LoadConfig, ReadsARequestOfItsOwn) {
  const auto config = read({{"url", "http://127.0.0.1:{port}/v1/memories/?user_id=ann"},
                            {"rate", 400.0},
                            {"duration", 10.0},
                            {"request_timeout", 0.5},
                            {"method", "POST"},
                            {"body", "{\"a\": $(seq)}"},
                            {"headers", {{"X-A", "b"}}},
                            {"expect", "2xx,404"}});
  ASSERT_TRUE(config) << base::to_string(config.error());
  EXPECT_EQ(config->file.scenarios.front().shape.rate, 400);
  EXPECT_EQ(config->file.scenarios.front().shape.duration, 10s);
  EXPECT_EQ(config->file.scenarios.front().shape.timeout, 500ms);
  const traffic::Step& step = config->file.scenarios.front().steps.front();
  EXPECT_EQ(step.method, "POST");
  EXPECT_EQ(step.body->content_type, "application/json");
  EXPECT_TRUE(step.expect->contains(404));
  EXPECT_TRUE(config->file.scenarios.front().headers.contains("X-A"));
}

TEST(LoadConfig, ReadsAScenarioAndOverridesItsShape) {
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  std::ofstream(folder->path() / "mix.yaml") << "users: 5\nthink_time: 1s\nsteps: [{path: /a}, {path: /b}]\n";
  const auto config = read({{"scenario", "mix.yaml"}, {"rate", 50.0}, {"duration", 5.0}}, folder->path());
  ASSERT_TRUE(config) << base::to_string(config.error());
  EXPECT_EQ(config->file.scenarios.front().steps.size(), 2);
  EXPECT_TRUE(config->file.scenarios.front().shape.is_open());
  EXPECT_EQ(config->file.scenarios.front().shape.duration, 5s);
}

TEST(LoadConfig, PointsIntoAScenarioThatIsWrong) {
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  std::ofstream(folder->path() / "mix.yaml") << "users: 5\nsteps:\n  - {pth: /a}\n";
  const auto config = read({{"scenario", "mix.yaml"}}, folder->path());
  ASSERT_FALSE(config);
  ASSERT_TRUE(config.error().place);
  EXPECT_EQ(config.error().place->line, 3);
  EXPECT_EQ(config.error().place->column, 6);
}

TEST(LoadConfig, NamesTheKeyThatIsWrong) {
  const base::Json url = "http://127.0.0.1:80/";
  EXPECT_THAT(read(base::Json::object()).error().message, HasSubstr("needs `scenario` or `url`"));
  EXPECT_THAT(read({{"url", url}, {"expect", "20"}}).error().message, StartsWith("expect: "));
  EXPECT_THAT(read({{"url", url}, {"body", "$(sq)"}}).error().message, StartsWith("body: "));
  EXPECT_THAT(read({{"url", url}, {"headers", {{"a", "$(sq)"}}}}).error().message, StartsWith("headers: "));
  EXPECT_THAT(read({{"url", url}, {"stages", {{{"duration", 5.0}}}}}).error().message,
              StartsWith("stages: "));
  EXPECT_FALSE(read({{"url", url}, {"rate", 5.0}, {"users", 5}}));
}

TEST(LoadConfig, RequestKeysBelongIntoTheScenario) {
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  std::ofstream(folder->path() / "mix.yaml") << "steps: [{path: /a}]\n";
  for (const char* key : {"method", "headers", "body", "expect"}) {
    const auto config = read({{"scenario", "mix.yaml"}, {key, "x"}}, folder->path());
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message, StartsWith(std::string(key) + ": "));
  }
}

TEST(LoadKind, IsNamedAfterWhatItLoads) {
  EXPECT_EQ(default_name({{"scenario", "scripts/load_testing/basic_api_load.yaml"}}), "basic_api_load");
  EXPECT_EQ(default_name({{"url", "http://127.0.0.1:{port}/v1/memories/?user_id=ann"}}), "/v1/memories/");
  EXPECT_EQ(default_name({{"url", "http://127.0.0.1:80"}}), "/");
}

TEST(LoadKind, KnowsHowLongItTakes) {
  const plan::ProbeKind load = kind();
  EXPECT_EQ(load.expected({{"url", "http://127.0.0.1/"}, {"duration", 7.0}, {"warmup", 1.0}}, ""), 8s);
}

TEST(LoadKind, LooksForAScenarioBesideThePlan) {
  const auto folder = base::TemporaryFolder::create("load");
  ASSERT_TRUE(folder);
  std::ofstream(folder->path() / "mix.yaml") << "duration: 9s\nsteps: [{path: /a}]\n";
  EXPECT_EQ(kind().expected({{"scenario", "mix.yaml"}}, folder->path()), 9s);
}

TEST(LoadSeries, TakesTheBoundsOfItsOwnRules) {
  const std::vector<EdgeRequest> edges = {
      {"load.latency", 0.2}, {"load.*", 0.1}, {"load.latency", 0.2}, {"bench.time", 5}, {"**", 0.3}};
  EXPECT_EQ(edges_of(edges, "load.latency"), (std::vector<double>{0.1, 0.2, 0.3}));
}

TEST(LoadSeries, WritesASliceAsObservations) {
  MemoryRecorder recorder;
  traffic::LoadPlan plan;
  plan.routes = {{.name = "a"}, {.name = "b"}};
  auto writer = SeriesWriter::declare(recorder, "mix", plan, 1000);
  ASSERT_TRUE(writer) << base::to_string(writer.error());
  traffic::LoadSlice slice{3, 0.5, true, std::vector<traffic::RouteSlice>(2)};
  slice.routes[0].requests = 10;
  slice.routes[0].errors[0] = 1;
  slice.routes[0].latency.record(0.1, 9);
  slice.routes[0].latency.record_infinite();
  ASSERT_TRUE(writer->write(slice));
  const auto latency = recorder.observations_of("load.latency{route=a,scenario=mix}");
  ASSERT_EQ(latency.size(), 1);
  EXPECT_EQ(latency[0].slice_start, 1003);
  EXPECT_EQ(latency[0].slice_seconds, 0.5);
  EXPECT_TRUE(recorder.observations_of("load.latency{route=b,scenario=mix}").empty());  // it had no request
  const auto errors = recorder.observations_of("load.errors{route=a,scenario=mix}");
  ASSERT_EQ(errors.size(), 1);
  EXPECT_EQ(std::get<model::Proportion>(errors[0].value), (model::Proportion{1, 10}));
  EXPECT_EQ(std::get<double>(recorder.observations_of("load.rate{scenario=mix}").at(0).value), 20);
  slice.offered = false;
  ASSERT_TRUE(writer->write(slice));
  EXPECT_EQ(recorder.observations_of("load.rate{scenario=mix}").size(), 1);  // nothing was due any more
}

// Ten answers whose first byte came with the last; with `stream`, after an event.
traffic::LoadSlice slice_of_answers(bool stream) {
  traffic::LoadSlice slice{0, 1, true, std::vector<traffic::RouteSlice>(1)};
  traffic::RouteSlice& route = slice.routes.front();
  route.requests = 10;
  route.latency.record(0.1, 10);
  route.first_byte.record(0.1, 10);
  if (stream) route.first_event.record(0.05, 10);
  return slice;
}

TEST(LoadSeries, FirstBytesAreTheStreamsOwn) {
  traffic::LoadPlan plan;
  plan.routes = {{.name = "a"}};
  const auto first_bytes = [&](bool stream, const std::set<std::string>& named = {}) {
    MemoryRecorder recorder;
    auto writer = SeriesWriter::declare(recorder, "mix", plan, 1000, named);
    EXPECT_TRUE(writer && writer->write(slice_of_answers(stream)));
    return recorder.observations_of("load.first_byte{route=a,scenario=mix}").size();
  };
  EXPECT_EQ(first_bytes(false), 0U);  // they would say what load.latency says
  EXPECT_EQ(first_bytes(true), 1U);
  EXPECT_EQ(first_bytes(false, {"load.latency"}), 0U);
  EXPECT_EQ(first_bytes(false, {"load.first_byte"}), 1U);  // a rule asks for them
  plan.first_byte_edges = {0.2};                           // a bound of a pattern does
  EXPECT_EQ(first_bytes(false), 1U);
}

TEST(LoadConfig, KnowsWhoIsToldWhileItRuns) {
  const base::Json config = {{"url", "http://127.0.0.1/"},
                             {"live",
                              {{"remote_write", "https://metrics.example"},
                               {"otlp", "http://127.0.0.1:4318/own/path"},
                               {"headers", {{"Authorization", "Bearer x"}}},
                               {"labels", {{"testid", "t1"}}},
                               {"prefix", "k6"}}}};
  const auto read_back = read(config);
  ASSERT_TRUE(read_back) << base::to_string(read_back.error());
  const traffic::LiveOptions& live = read_back->live;
  ASSERT_EQ(live.targets.size(), 2U);
  EXPECT_EQ(net::to_string(live.targets[0].url), "https://metrics.example/api/v1/write");
  EXPECT_EQ(net::to_string(live.targets[1].url), "http://127.0.0.1:4318/own/path");
  EXPECT_EQ(live.targets[1].headers, (net::Headers{{"Authorization", "Bearer x"}}));
  EXPECT_EQ(live.names.prefix, "k6");
  EXPECT_EQ(live.names.labels, (telemetry::Labels{{"testid", "t1"}}));
  base::Json wrong = config;
  wrong["live"]["prefix"] = "1";
  EXPECT_THAT(read(wrong).error().message, StartsWith("live: "));
}

}  // namespace
}  // namespace plimsoll::probes::load
