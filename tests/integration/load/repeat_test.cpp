// A short load that its own generator spoiled is run once more.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/json.h"
#include "plimsoll/probes/load/load_probe.h"
#include "tests/integration/load/scripted_server.h"
#include "tests/unit/probes/memory_recorder.h"

namespace plimsoll::probes::load {
namespace {

using ::testing::Contains;
using ::testing::StartsWith;
using traffic::Peer;
using traffic::ScriptedServer;

// Stops this process, the generator in it, for a quarter of a second: many sends become late, none fails.
void stand_still() {
  const pid_t self = ::getpid();
  if (::fork() == 0) {
    const timespec pause{0, 250'000'000};
    ::nanosleep(&pause, nullptr);
    ::kill(self, SIGCONT);
    ::_exit(0);
  }
  ::raise(SIGSTOP);
}

double first_start(const std::vector<model::Observation>& observations) {
  double first = HUGE_VAL;
  for (const model::Observation& observation : observations) first = std::min(first, observation.slice_start);
  return first;
}

TEST(RepeatedLoad, CountsOnlyTheSecondsTimesAndTheServerInBoth) {
  const ScriptedServer server([](Peer& peer, int request) {
    if (request == 100) stand_still();
    return peer.send(traffic::ok_response);
  });
  const base::Json config = {{"url", server.url()}, {"rate", 400}, {"duration", 1.0}};
  const Task task{.kind = "load", .name = "mix", .config_json = base::dump(config)};
  MemoryRecorder recorder;
  const auto done = LoadProbe().run(task, recorder);
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_THAT(recorder.facts, Contains(StartsWith("run twice: ")));
  const auto latency = recorder.observations_of("load.latency{route=/,scenario=mix}");
  const auto memory = recorder.observations_of("service.memory{scenario=mix}");
  ASSERT_FALSE(latency.empty());
  ASSERT_FALSE(memory.empty());
  EXPECT_EQ(server.requests(), 800);
  std::uint64_t counted = 0;
  for (const model::Observation& observation : latency)
    counted += std::get<base::Histogram>(observation.value).count();
  EXPECT_EQ(counted, 400U);
  EXPECT_LT(first_start(memory), first_start(latency) - 0.5);
}

}  // namespace
}  // namespace plimsoll::probes::load
