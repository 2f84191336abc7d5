// A service that dies while the load runs ends the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/process.h"
#include "tests/integration/load/load_runs.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Answers so many requests, then nothing ever again.
ScriptedServer::Script dying_after(int requests) {
  return [requests](Peer& peer, int request) {
    if (request < requests) return peer.send(ok_response);
    peer.reset();
    return false;
  };
}

TEST(DeadService, EndsTheRun) {
  for (const bool is_open : {true, false}) {
    const ScriptedServer server(dying_after(20));
    LoadShape shape = is_open ? open(100, 600s) : closed(2, 1'000'000'000);
    shape.abort_after = 400ms;
    const LoadResult result = run(plan_for(server.url(), shape));
    EXPECT_TRUE(result.gave_up);
    EXPECT_FALSE(result.interrupted);
    EXPECT_EQ(answered(result), 20);
    EXPECT_GT(total(result.all.errors), 0);
    EXPECT_THAT(result.gave_up_because, HasSubstr("reset"));
    EXPECT_GE(result.duration_seconds, 0.4);
    EXPECT_LT(result.duration_seconds, 300);
    expect_sound(result);
  }
}

TEST(DeadService, ErrorsOfALivingServiceDoNot) {
  const ScriptedServer server([](Peer& peer, int request) {
    if (request % 10 == 0) return peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    peer.reset();
    return false;
  });
  LoadShape shape = open(100, 1s);
  shape.abort_after = 900ms;
  EXPECT_FALSE(run(server, shape).gave_up);
}

TEST(DeadService, IsSoakedToTheEndWhereToldTo) {
  const ScriptedServer server(dying_after(5));
  LoadShape shape = open(100, 700ms);
  shape.abort_after = 0s;
  const LoadResult result = run(server, shape);
  EXPECT_FALSE(result.gave_up);
  EXPECT_EQ(result.all.requests, 70);
}

TEST(DeadService, IsSaidByTheCommand) {
  const ScriptedServer server(dying_after(20));
  base::ProcessOptions process;
  process.arguments = {PLIMSOLL_BIN_DIR "/plimsoll",
                       "load",
                       server.url(),
                       "-r",
                       "100",
                       "-d",
                       "10m",
                       "--json",
                       "--abort-after",
                       "300ms",
                       "--threshold",
                       "load.errors < 99%"};
  const auto exit = base::run_process(process, 120s);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 3);
  EXPECT_THAT(exit->error_tail, HasSubstr("is dead"));
  const auto json = base::parse_json(exit->output_tail, "output");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["status"], "inconclusive");
  EXPECT_THAT((*json)["gave_up"].get<std::string>(), HasSubstr("every request failed"));
  EXPECT_EQ((*json)["judgements"][0]["status"], "inconclusive");
}

}  // namespace
}  // namespace plimsoll::traffic
