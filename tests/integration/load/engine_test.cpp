// The load engine against servers that behave badly: every due request is counted once, under the right name.
#include "plimsoll/traffic/engine/engine.h"

#include <chrono>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/process.h"
#include "base/random.h"
#include "plimsoll/traffic/scenario/scenario.h"
#include "tests/integration/load/load_runs.h"
#include "tests/integration/load/misbehaviours.h"
#include "tests/integration/load/scripted_server.h"
#include "tests/support/sanitized.h"
#include "tests/support/waiting.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

bool answer_ok(Peer& peer, int) {
  return peer.send(ok_response);
}

TEST(Engine, CountsEveryRequestOfAClosedLoop) {
  const ScriptedServer server(answer_ok);
  const LoadResult result = run(server, closed(7, 1000));
  EXPECT_EQ(result.all.requests, 1000);
  EXPECT_EQ(result.all.responses.at(200), 1000);
  EXPECT_EQ(total(result.all.errors), 0);
  EXPECT_EQ(server.requests(), 1000);
  EXPECT_EQ(result.generator.connections_opened, 7);
  EXPECT_EQ(result.bytes_received, 1000 * ok_response.size());
  EXPECT_FALSE(result.open);
  expect_sound(result);
}

TEST(Engine, SendsExactlyRateTimesDuration) {
  const ScriptedServer server(answer_ok);
  for (const Arrival arrival : {Arrival::constant, Arrival::poisson}) {
    LoadShape shape = open(400, 500ms);
    shape.arrival = arrival;
    const LoadResult result = run(server, shape);
    EXPECT_EQ(result.all.requests, 200);
    EXPECT_EQ(result.all.responses.at(200), 200);
    EXPECT_DOUBLE_EQ(*result.intended_rate, 400);
    expect_sound(result);
  }
}

TEST(Engine, SpreadsOverThreadsWithoutLosingAny) {
  const ScriptedServer server(answer_ok);
  LoadPlan plan = plan_for(server.url(), open(1000, 300ms));
  plan.threads = 3;
  EXPECT_EQ(run(plan).all.requests, 300);
  plan.shape = closed(5, 100);
  EXPECT_EQ(run(plan).all.requests, 100);
  EXPECT_EQ(server.requests(), 400);
}

TEST(Engine, WarmUpIsSentAndNotCounted) {
  const ScriptedServer server(answer_ok);
  LoadShape shape = open(200, 300ms);
  shape.warmup = 200ms;
  const LoadResult result = run(server, shape);
  EXPECT_EQ(result.all.requests, 60);
  EXPECT_EQ(server.requests(), 100);
}

TEST(Engine, SlicesSumUpToTheResult) {
  const ScriptedServer server([](Peer& peer, int request) {
    return peer.send(request % 5 == 0 ? "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" : ok_response);
  });
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  base::Histogram latency;
  double end = 0;
  const LoadEvents events{.on_slice =
                              [&](const LoadSlice& slice) {
                                EXPECT_GE(slice.start_seconds, end - 1e-9);
                                end = slice.start_seconds;
                                requests += slice.routes[0].requests;
                                errors += total(slice.routes[0].errors);
                                latency.merge(slice.routes[0].latency);
                              },
                          .stop = {}};
  const LoadResult result = run(plan_for(server.url(), open(500, 600ms)), events);
  EXPECT_EQ(requests, result.all.requests);
  EXPECT_EQ(errors, total(result.all.errors));
  EXPECT_EQ(latency.count(), 300);
  EXPECT_EQ(latency.infinite(), 60);
}

TEST(Engine, NamesEveryMisbehaviourInTheClosedModel) {
  for (const Misbehaviour& misbehaviour : misbehaviours()) {
    const ScriptedServer server(misbehaviour.script);
    LoadShape shape = closed(3, 12);
    shape.timeout = 500ms;
    const LoadResult result = run(server, shape);
    EXPECT_EQ(result.all.requests, 12) << misbehaviour.name;
    const std::uint64_t errors = misbehaviour.error ? count(result, *misbehaviour.error) : 0;
    EXPECT_EQ(errors, misbehaviour.error ? 12 : 0) << misbehaviour.name;
    EXPECT_EQ(total(result.all.errors), errors) << misbehaviour.name;
    EXPECT_FALSE(result.unreachable) << misbehaviour.name;
    expect_sound(result);
  }
}

TEST(Engine, NamesEveryMisbehaviourInTheOpenModel) {
  for (const Misbehaviour& misbehaviour : misbehaviours()) {
    const ScriptedServer server(misbehaviour.script);
    LoadShape shape = open(100, 120ms);
    shape.timeout = 500ms;
    const LoadResult result = run(server, shape);
    EXPECT_EQ(result.all.requests, 12) << misbehaviour.name;
    const std::uint64_t errors = misbehaviour.error ? count(result, *misbehaviour.error) : 0;
    EXPECT_EQ(errors, misbehaviour.error ? 12 : 0) << misbehaviour.name;
    EXPECT_EQ(total(result.all.errors), errors) << misbehaviour.name;
    expect_sound(result);
  }
}

// Whatever comes in whatever order, nothing is lost or counted twice.
TEST(Engine, KeepsItsTotalsUnderEverythingAtOnce) {
  std::atomic<std::uint64_t> seed = 1;
  const ScriptedServer server([&seed](Peer& peer, int request) {
    base::Random random(seed++);
    return misbehaviours()[random.below(misbehaviours().size())].script(peer, request);
  });
  for (const bool is_open : {false, true}) {
    LoadShape shape = is_open ? open(800, 500ms) : closed(20, 400);
    shape.timeout = 250ms;
    const LoadResult result = run(server, shape);
    EXPECT_EQ(result.all.requests, 400);
    expect_sound(result);
  }
}

TEST(Engine, TakesABodyOfAGibibyteWithoutKeepingIt) {
  const std::string piece(1 << 20, 'x');
  const ScriptedServer server([&](Peer& peer, int) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
    for (int i = 0; i < 1024; ++i) {
      if (!peer.send(piece)) return false;
    }
    return true;
  });
  const LoadResult result = run(server, closed(1, 1));
  EXPECT_EQ(result.all.responses.at(200), 1);
  EXPECT_GT(result.bytes_received, 1ull << 30);
  if (!plimsoll::testing::sanitized) EXPECT_LT(result.generator.max_rss_bytes, 200ull << 20);
}

// What comes after the head belongs to no response, and the connection that said it is not used again.
TEST(Engine, DropsABodyAfterHead) {
  const ScriptedServer server(answer_ok);
  Scenario scenario = *single_request(*net::parse_url(server.url()), "head");
  scenario.steps[0].method = "HEAD";
  scenario.shape = closed(1, 10);
  const LoadResult result = run(*make_plan(scenario, "", {}));
  EXPECT_EQ(result.all.responses.at(200), 10);
  EXPECT_EQ(total(result.all.errors), 0);
  EXPECT_GT(result.generator.connections_opened, 1);
  expect_sound(result);
}

TEST(Engine, SendsLargeBodiesInPieces) {
  const ScriptedServer server(answer_ok);
  Scenario scenario = *single_request(*net::parse_url(server.url()), "big");
  scenario.steps[0].method = "POST";
  scenario.steps[0].body = *make_body(std::string(8 << 20, 'x'), {}, {});
  scenario.shape = closed(2, 6);
  const LoadResult result = run(*make_plan(scenario, "", {}));
  EXPECT_EQ(result.all.responses.at(200), 6);
  EXPECT_GT(result.bytes_sent, 6ull * (8 << 20));
}

TEST(Engine, NobodyListeningEndsAtOnce) {
  const int port = *base::free_port();
  for (const LoadShape& shape : {closed(4, 1000), open(1000, 60s)}) {
    const LoadResult result = run(plan_for("http://127.0.0.1:" + std::to_string(port) + "/", shape));
    EXPECT_TRUE(result.unreachable);
    EXPECT_GE(result.all.requests, 1);
    EXPECT_EQ(count(result, ErrorKind::connect), result.all.requests);
    EXPECT_LT(result.duration_seconds, 30);
  }
}

TEST(Engine, AServerThatGoesAwayIsErrorsNotTheEnd) {
  auto server = std::make_unique<ScriptedServer>(answer_ok);
  const LoadPlan plan = plan_for(server->url(), open(200, 600ms));
  std::uint64_t seen = 0;
  const LoadEvents events{.on_slice =
                              [&](const LoadSlice& slice) {
                                seen += slice.routes[0].requests;
                                if (seen > 40) server.reset();
                              },
                          .stop = {}};
  const LoadResult result = run(plan, events);
  EXPECT_EQ(result.all.requests, 120);
  EXPECT_FALSE(result.unreachable);
  EXPECT_GT(count(result, ErrorKind::connect), 20);
  expect_sound(result);
}

TEST(Engine, StopsEarlyWithWhatItMeasured) {
  const ScriptedServer server([](Peer& peer, int request) {
    if (request < 50) return peer.send(ok_response);
    peer.wait_until_gone();
    return false;
  });
  std::atomic<bool> stop = false;
  const LoadEvents events{
      .on_slice = [&](const LoadSlice& slice) { stop = stop || slice.start_seconds > 0.8; },
      .stop = [&] { return stop.load(); }};
  const LoadResult result = run(plan_for(server.url(), open(100, 30s)), events);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(answered(result), 50);
  EXPECT_GT(result.open_at_end, 10);
  EXPECT_LT(result.duration_seconds, 20);
  EXPECT_GT(result.all.latency.max(), 0.3);  // the open ones at their age
  expect_sound(result);
}

TEST(Engine, HoldsToTheConnectionsItMayOpen) {
  const ScriptedServer server([](Peer& peer, int) {
    testing_support::take_time(20ms);
    return peer.send(ok_response);
  });
  LoadShape shape = open(400, 250ms);
  shape.connections = 2;
  const LoadResult result = run(server, shape);
  EXPECT_EQ(result.all.requests, 100);
  EXPECT_EQ(result.all.responses.at(200), 100);
  EXPECT_LE(server.connections(), 2);
  EXPECT_GT(result.all.latency.percentile(50), 0.2);       // they waited, and that is in their latency
  EXPECT_LT(result.all.service_time.percentile(50), 0.1);  // but not in how long the server took
}

TEST(Engine, RequestsThatNeverWereSentTimeOutToo) {
  const ScriptedServer server([](Peer& peer, int) { return peer.wait_until_gone(), false; });
  LoadShape shape = open(1e6, 20us);  // all at once
  shape.connections = 1;
  shape.timeout = 300ms;
  const LoadResult result = run(server, shape);
  EXPECT_EQ(result.all.requests, 20);
  EXPECT_EQ(count(result, ErrorKind::timeout), 20);
  EXPECT_LT(result.all.service_time.count(), 20);
  EXPECT_NEAR(result.all.latency.percentile(50), 0.3, 0.1);
}

TEST(Engine, RefusesOtherMachines) {
  const LoadPlan plan = plan_for("http://192.0.2.1/", closed(1, 1));
  const auto result = run_load(plan);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::ErrorCode::invalid_argument);
  EXPECT_NE(result.error().hint.find("--i-may-load 192.0.2.1"), std::string::npos);
}

TEST(Engine, FollowsARampOfUsers) {
  const ScriptedServer server([](Peer& peer, int) {
    testing_support::take_time(2ms);
    return peer.send(ok_response);
  });
  LoadShape shape;
  shape.user_stages = {{300ms, 20}, {0s, 5}, {200ms, 5}};
  const LoadResult result = run(server, shape);
  EXPECT_EQ(total(result.all.errors), 0);
  EXPECT_GE(server.connections(), 10);
  EXPECT_LE(server.connections(), 20);
}

// A server with a service time of 20 ms that freezes for 300 ms while 500 requests a second are due: what
// users felt can be computed from the schedule alone.
TEST(Engine, TellsTheTruthAboutAFreeze) {
  using Clock = std::chrono::steady_clock;
  constexpr double service = 0.020;
  constexpr double rate = 500;
  constexpr double length = 2;
  const Clock::time_point start = Clock::now();
  const Clock::time_point freeze = start + 800ms;
  const Clock::time_point thaw = freeze + 300ms;
  const auto hold = [=] {
    const auto now = Clock::now();
    if (now >= freeze && now < thaw) testing_support::take_time_until(thaw);
  };
  const ScriptedServer server(
      [=](Peer& peer, int) {
        hold();
        testing_support::take_time(std::chrono::duration<double>(service));
        hold();
        return peer.send(ok_response);
      },
      hold);
  const double began = std::chrono::duration<double>(Clock::now() - start).count();
  const LoadResult result = run(server, open(rate, base::Nanoseconds(static_cast<long long>(length * 1e9))));
  base::Histogram truth;
  for (int i = 0; i < static_cast<int>(rate * length); ++i) {
    const double due = began + i / rate;
    const bool caught = due >= 0.8 - service && due < 0.8;
    const bool arrived_frozen = due >= 0.8 && due < 1.1;
    truth.record(caught ? 1.1 - due : arrived_frozen ? 1.1 - due + service : service);
  }
  EXPECT_EQ(result.all.requests, 1000);
  EXPECT_EQ(total(result.all.errors), 0);
  if (result.generator.saturated) GTEST_SKIP() << "this machine is too busy to measure on";
  if (plimsoll::testing::sanitized) return;  // the server's threads are not in time for its burst
  for (const double p : {50.0, 90.0, 99.0, 100.0}) {
    EXPECT_NEAR(result.all.latency.percentile(p), truth.percentile(p), 0.15 * truth.percentile(p) + 0.010)
        << "p" << p;
  }
}

}  // namespace
}  // namespace plimsoll::traffic
