// A short load that its own generator spoiled is run once more.
#include <algorithm>
#include <csignal>
#include <ctime>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  sigevent wake{};
  wake.sigev_notify = SIGEV_SIGNAL;
  wake.sigev_signo = SIGCONT;
  timer_t timer{};
  ASSERT_EQ(::timer_create(CLOCK_MONOTONIC, &wake, &timer), 0);
  const itimerspec in_a_moment{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 250'000'000}};
  ASSERT_EQ(::timer_settime(timer, 0, &in_a_moment, nullptr), 0);
  ::raise(SIGSTOP);
  ::timer_delete(timer);
}

double first_start(const std::vector<model::Observation>& observations) {
  double first = std::numeric_limits<double>::infinity();
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
