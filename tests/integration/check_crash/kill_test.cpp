// `plimsoll check` killed at any moment: runs that were answered are all there, the store stays readable, the
// next check works, and no process is left behind. PLIMSOLL_CRASH_ROUNDS makes it a campaign.
#include <csignal>
#include <cstdlib>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/random.h"
#include "plimsoll/evidence/store.h"
#include "tests/integration/check/project.h"

namespace plimsoll::testing {
namespace {

int rounds() {
  const char* text = std::getenv("PLIMSOLL_CRASH_ROUNDS");
  return text == nullptr ? 20 : std::max(1, std::atoi(text));
}

std::string plan() {
  return "project: killed\nservice:\n  start: " + program("memory_api") +
         " --port {port} --data {workdir} --open-keys\n  ready: /ready\n"
         "probes:\n"
         "  load: [{name: list, url: \"http://127.0.0.1:{port}/health\", rate: 300, duration: 300ms}]\n"
         "  bench: [{name: quick, run: \"true\", repeats: 5}]\n"
         "rules: [bench.wall_time max < 60s]\n";
}

// The runs of the store by state; every one must be readable whole.
std::set<std::string> readable_runs(const std::string& file, model::RunState state) {
  auto store = Project::must(evidence::open_store(file));
  std::set<std::string> ids;
  for (const model::Run& run : Project::must(store->runs({}))) {
    EXPECT_TRUE(store->read(run.id, model::Selector{"**", {}, {}}).has_value()) << run.id;
    if (run.state == state) ids.insert(run.id);
  }
  return ids;
}

TEST(KilledCheck, LosesNoAnsweredRunAndLeavesTheStoreReadable) {
  const Project project(plan());
  const std::string store = (project.path() / ".plimsoll" / "evidence.db").string();
  base::Random random(20'261'123);
  std::set<std::string> answered;
  for (int round = 0; round < rounds(); ++round) {
    const auto process = project.start({"check", "--quiet", "--json"});
    const auto life = std::chrono::microseconds(random.below(900'000));
    if (const auto ended = process->wait_for(life)) {
      const auto document = base::parse_json(ended->output_tail, "check");
      ASSERT_TRUE(document) << ended->error_tail;
      answered.insert(document->at("run").at("id").get<std::string>());
      continue;
    }
    ::kill(process->pid(), SIGKILL);
    ASSERT_TRUE(process->wait_for(20s));
    if (!std::filesystem::exists(store)) continue;
    const std::set<std::string> complete = readable_runs(store, model::RunState::complete);
    for (const std::string& id : answered) EXPECT_TRUE(complete.contains(id)) << id << " in round " << round;
    EXPECT_TRUE(readable_runs(store, model::RunState::running).empty())
        << "a dead run still runs, round " << round;
  }
  EXPECT_EQ(project.run({"check"}).exit.code, 0);
}

}  // namespace
}  // namespace plimsoll::testing
