#include "plimsoll/plan/json_schema.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"
#include "schema_check.h"
#include "test_kinds.h"

namespace plimsoll::plan {
namespace {

using base::Json;

const Json& schema() {
  static const Json whole = Json::parse(json_schema(test_kinds()).dump());
  return whole;
}

// YAML as an editor's JSON Schema plug-in sees it.
Json as_json(const base::yaml::Node& node) {
  if (node.is_null()) return nullptr;
  if (node.is_scalar()) {
    const bool plain_number = !node.quoted && !node.text.empty() && Json::accept(node.text);
    return plain_number ? Json::parse(node.text) : Json(node.text);
  }
  Json json = node.is_map() ? Json::object() : Json::array();
  for (const auto& item : node.items) json.push_back(as_json(item));
  for (const auto& entry : node.entries) json[entry.key] = as_json(entry.value);
  return json;
}

std::string violation(std::string_view yaml) {
  const auto node = base::yaml::parse(yaml, "plan");
  EXPECT_TRUE(node.has_value()) << yaml;
  return schema_violation(as_json(*node), schema(), schema());
}

TEST(JsonSchema, AcceptsWhatTheReaderAccepts) {
  const std::string_view plans[] = {
      "probes: {bench: [a]}",
      "probes: {bench: a}",
      "probes: {bench: {run: [a, b], repeats: 3, pinned: false, memory: 64MiB, scale: 1.5}}",
      "probes: {load: [{url: 'http://a/', rate: 5, expect: [200, 404], stages: [{duration: 5s, rate: 1}]}]}",
      "probes: {load: [{url: '${URL}/x', rate: '${RATE}', duration: 0.5h, headers: {A: 5}}]}",
      "probes: {exec: [{run: a, settings: {deep: [1, {x: ~}]}, state: fresh, profiles: [pr], timeout: 5m}]}",
      "{project: x, include: part.yaml, store: a.db, base: {branch: m, build: make}}",
      "{include: [a, b], service: {start: run, ready: /r, ready_timeout: 5s, environment: {A: b}}}",
      "{probes: {bench: [a]}, rules: [bench.** change, {rule: bench.** change, level: warn, because: x}]}",
      "{probes: {bench: [a]}, profiles: {quick: {budget: 5m, only: [bench]}}}",
  };
  for (const auto plan : plans) EXPECT_EQ(violation(plan), "") << plan;
}

TEST(JsonSchema, RefusesWrongKeysAndTypes) {
  const std::pair<std::string_view, std::string_view> plans[] = {
      {"ruls: []", "/ruls"},
      {"service: {redy: /}", "/service/redy"},
      {"service: {ready_timeout: 30}", "/service/ready_timeout"},
      {"service: {url: 'localhost:80'}", "/service/url"},
      {"base: main", "/base"},
      {"probes: {laod: [a]}", "/probes/laod"},
      {"probes: {load: [{raet: 5}]}", "/probes/load"},
      {"probes: {load: [{url: 'http://a/', rate: 0}]}", "/probes/load"},
      {"probes: {load: [{url: 'http://a/', rate: fast}]}", "/probes/load"},
      {"probes: {load: [{url: 'http://a/', method: FETCH}]}", "/probes/load"},
      {"probes: {bench: [{repeats: 5}]}", "/probes/bench"},
      {"probes: {bench: [{run: a, repeats: -1}]}", "/probes/bench"},
      {"probes: {bench: [{run: a, state: stale}]}", "/probes/bench"},
      {"rules: {a: b}", "/rules"},
      {"rules: [{level: warn}]", "/rules/0"},
      {"profiles: {pr: {budget: 5}}", "/profiles/pr/budget"},
  };
  for (const auto& [plan, path] : plans)
    EXPECT_TRUE(violation(plan).starts_with(path)) << plan << violation(plan);
}

TEST(JsonSchema, RefusesEveryUnknownKeyThatTheReaderRefuses) {
  const auto folder = std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "tests/unit/plan/broken";
  int checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.path().stem().string().starts_with("key_")) continue;
    EXPECT_NE(violation(base::read_file(entry.path()).value()), "") << entry.path();
    ++checked;
  }
  EXPECT_GE(checked, 10);
}

TEST(JsonSchema, DescribesKeysForEditors) {
  const auto whole = schema();
  const auto& load = whole["$defs"]["probe_load"]["anyOf"][0]["properties"];
  EXPECT_EQ(load["duration"]["description"], "How long.");
  EXPECT_EQ(load["duration"]["default"], "10s");
  EXPECT_EQ(whole["$defs"]["probe_bench"]["anyOf"][0]["properties"]["repeats"]["default"], 5);
  EXPECT_EQ(whole["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(json_schema(test_kinds()).begin().key(), "$schema");
}

}  // namespace
}  // namespace plimsoll::plan
