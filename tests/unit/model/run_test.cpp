#include "plimsoll/model/run.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace plimsoll::model {
namespace {

Run full_run() {
  Run run;
  run.id = "20261123T145235-1a2b3c4d";
  run.project = "plimsoll";
  run.commit = std::string(40, 'a');
  run.branch = "main";
  run.dirty = run.partial = run.waived = true;
  run.started = base::UtcTime(std::chrono::nanoseconds(1'795'445'555'123'456'789));
  run.finished = run.started + std::chrono::nanoseconds(1);
  run.environment = {.architecture = "x86_64",
                     .cpu_model = "A \"CPU\" @ 2.1",
                     .usable_cores = 2,
                     .cgroup_quota_cores = 1.5,
                     .runner_label = "ci",
                     .kernel = "6.1",
                     .compiler = "clang 19",
                     .governor = "performance",
                     .steal_share = 0.015,
                     .memory_bytes = 1ull << 40,
                     .image = "bookworm"};
  run.comparability = comparability_key(run.environment);
  run.state = RunState::complete;
  run.verdict = Status::warn;
  run.probes = {{.kind = "load",
                 .name = "list",
                 .config_digest = "0123",
                 .status = "saturated",
                 .reason = Reason::saturated,
                 .duration_seconds = 10.25,
                 .error = "the generator fell behind"}};
  run.program_version = "0.1.0";
  run.process_id = 1234;
  run.boot_id = "8d1b";
  return run;
}

TEST(Run, JsonReadsBack) {
  for (const auto& run : {full_run(), model::Run{.id = "r", .project = "p"}}) {
    const auto json = base::parse_json(base::dump(to_json(run)), "test");
    ASSERT_TRUE(json);
    const auto read = run_from_json(*json);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(*read, run);
  }
}

TEST(Run, JsonHasNullForWhatDoesNotExist) {
  const auto json = to_json(model::Run{.id = "r", .project = "p"});
  for (const auto* key : {"commit", "branch", "finished", "verdict"})
    EXPECT_TRUE(json.at(key).is_null()) << key;
  EXPECT_TRUE(json.at("environment").at("cgroup_quota_cores").is_null());
}

TEST(Run, RefusesBrokenJson) {
  EXPECT_FALSE(run_from_json(base::Json::parse("[]")));
  for (const auto& [key, value] : std::map<std::string, base::Json>{{"id", 1},
                                                                    {"state", "paused"},
                                                                    {"started", "yesterday"},
                                                                    {"verdict", "great"},
                                                                    {"dirty", "no"},
                                                                    {"probes", base::Json::object()},
                                                                    {"process_id", -1}}) {
    auto json = to_json(full_run());
    json[key] = value;
    EXPECT_FALSE(run_from_json(json)) << key;
  }
}

TEST(Comparability, DependsOnTheKeyedFieldsAlone) {
  const auto environment = full_run().environment;
  const auto key = comparability_key(environment);
  EXPECT_EQ(key.size(), 16u);
  auto recorded = environment;
  recorded.kernel = recorded.compiler = recorded.governor = recorded.image = "other";
  recorded.steal_share = recorded.memory_bytes = 7;
  EXPECT_EQ(comparability_key(recorded), key);
  auto changed = [&](auto change) {
    auto other = environment;
    change(other);
    return comparability_key(other) != key;
  };
  EXPECT_TRUE(changed([](Environment& e) { e.architecture = "aarch64"; }));
  EXPECT_TRUE(changed([](Environment& e) { e.cpu_model += "x"; }));
  EXPECT_TRUE(changed([](Environment& e) { e.usable_cores = 4; }));
  EXPECT_TRUE(changed([](Environment& e) { e.cgroup_quota_cores = 1; }));
  EXPECT_TRUE(changed([](Environment& e) { e.runner_label = "laptop"; }));
}

}  // namespace
}  // namespace plimsoll::model
