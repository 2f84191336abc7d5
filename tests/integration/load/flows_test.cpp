// Scenarios of flows against a server that remembers: what the engine, its models and the command make of
// them.
#include <atomic>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/scenario/scenario.h"
#include "tests/integration/load/scripted_server.h"
#include "tests/support/waiting.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

std::string answer(std::string_view body, std::string_view status = "200 OK", std::string_view fields = "") {
  return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, fields, body.size(), body);
}

// Hands out a number at /begin, and wants it back at /end, with the cookie that came with it, on the same
// connection.
class Desk {
 public:
  bool operator()(Peer& peer, int number) {
    const std::string& request = peer.request();
    if (request.starts_with("GET /begin")) {
      const std::lock_guard lock(mutex_);
      given_[peer.fd()] = number;
      return peer.send(answer(fmt::format("{{\"ticket\": {}}}", number), "200 OK",
                              fmt::format("Set-Cookie: seat=s{}; Path=/\r\n", number)));
    }
    if (request.starts_with("POST /end")) return peer.send(end(peer));
    return peer.send(answer("{}", "404 Not Found"));
  }

  int good() const { return good_; }
  int wrong() const { return wrong_; }

 private:
  std::string end(Peer& peer) {
    const std::lock_guard lock(mutex_);
    const int number = given_[peer.fd()];
    const std::string& request = peer.request();
    const bool right = request.ends_with(fmt::format("{{\"ticket\":{}}}", number)) &&
                       request.find(fmt::format("\r\nCookie: seat=s{}\r\n", number)) != std::string::npos;
    ++(right ? good_ : wrong_);
    return answer(right ? "{\"ok\": true}" : "{\"ok\": false}");
  }

  std::mutex mutex_;
  std::map<int, int> given_;  // by connection
  std::atomic<int> good_ = 0;
  std::atomic<int> wrong_ = 0;
};

constexpr const char* desk_flow = R"yaml(
flows:
  - name: desk
    steps:
      - {name: begin, path: /begin, extract: {ticket: /ticket}, think_time: {mean: 5ms, distribution: constant}}
      - {name: end, method: POST, path: /end, body: {ticket: $(ticket)}, checks: [{json: /ok, equals: true}]}
)yaml";

LoadResult run(const ScriptedServer& server, const std::string& text) {
  const auto file = parse_scenario_file(text, "s.yaml");
  if (!file) throw std::runtime_error(base::to_string(file.error()));
  const auto plan = make_plan(*file, server.url(), {});
  if (!plan) throw std::runtime_error(base::to_string(plan.error()));
  const auto result = run_load(*plan);
  if (!result) throw std::runtime_error(base::to_string(result.error()));
  return *result;
}

std::uint64_t errors(const LoadResult& result) {
  return total(result.all.errors);
}

TEST(Flows, UsersOfTheClosedModelTakeTheirStepsInTurn) {
  Desk desk;
  const ScriptedServer server(std::ref(desk));
  const LoadResult result = run(server, std::string("users: 5\nrequests: 200\n") + desk_flow);
  EXPECT_EQ(result.all.requests, 200);
  EXPECT_EQ(errors(result), 0);
  EXPECT_EQ(desk.wrong(), 0);
  EXPECT_EQ(result.generator.connections_opened, 5);
  EXPECT_EQ(result.flows.at(0).second.completed, static_cast<std::uint64_t>(desk.good()));
  EXPECT_NEAR(static_cast<double>(result.routes[0].second.requests), 100, 5);
}

TEST(Flows, EveryArrivalOfTheOpenModelTakesAllSteps) {
  Desk desk;
  const ScriptedServer server(std::ref(desk));
  const LoadResult result =
      run(server, std::string("rate: 200\nduration: 500ms\narrival: poisson\n") + desk_flow);
  EXPECT_EQ(result.all.requests, 200);  // a hundred arrivals, two steps each
  EXPECT_EQ(errors(result), 0);
  EXPECT_EQ(desk.good(), 100);
  EXPECT_EQ(result.flows.at(0).second.completed, 100);
  EXPECT_EQ(result.routes[1].second.requests, 100);
}

// The second step is due when the first was answered and thought about, not when the arrival was.
TEST(Flows, ALaterStepsLatencyIsItsOwn) {
  Desk desk;
  const ScriptedServer server([&desk](Peer& peer, int number) {
    if (peer.request().starts_with("GET")) testing_support::take_time(100ms);
    return desk(peer, number);
  });
  const LoadResult result = run(server, std::string("rate: 20\nduration: 200ms\n") + desk_flow);
  EXPECT_GE(result.routes[0].second.latency.min(), 0.1);
  EXPECT_EQ(result.routes[1].second.requests, 4);
  EXPECT_LT(result.routes[1].second.service_time.min(), 0.1);
}

TEST(Flows, ArrivalsWaitForTheConnectionsThatWereAskedFor) {
  Desk desk;
  const ScriptedServer server(std::ref(desk));
  const LoadResult result =
      run(server, std::string("rate: 400\nduration: 200ms\nconnections: 2\n") + desk_flow);
  EXPECT_EQ(result.all.requests, 160);
  EXPECT_EQ(errors(result), 0);
  EXPECT_EQ(result.generator.connections_opened, 2);
  EXPECT_GT(result.routes[0].second.latency.max(), result.routes[0].second.service_time.max());
}

TEST(Flows, SurviveServersThatCloseAfterEachAnswer) {
  std::atomic<int> requests = 0;
  const ScriptedServer server([&requests](Peer& peer, int) {
    ++requests;
    peer.send(answer("{\"ticket\": 1, \"ok\": true}", "200 OK", "Connection: close\r\n"));
    return false;
  });
  for (const char* shape : {"rate: 100\nduration: 300ms\n", "users: 3\nrequests: 60\n"}) {
    const LoadResult result = run(server, std::string(shape) + desk_flow);
    EXPECT_EQ(result.all.requests, 60) << shape;
    EXPECT_EQ(errors(result), 0) << shape;
  }
  EXPECT_EQ(requests, 120);
}

TEST(Flows, AFailureEndsTheFlowAndIsCountedByItsCheck) {
  const ScriptedServer server(
      [](Peer& peer, int) { return peer.send(answer("{\"ticket\": 1, \"ok\": false}")); });
  const LoadResult result = run(server, std::string("users: 2\nrequests: 100\n") + desk_flow);
  const std::uint64_t failed = result.all.errors[static_cast<std::size_t>(ErrorKind::check)];
  EXPECT_EQ(failed, result.routes[1].second.requests);
  EXPECT_EQ(result.flows[0].second.completed, 0);
  ASSERT_EQ(result.checks.size(), 2);
  EXPECT_EQ(result.checks[0].name, "extract");
  EXPECT_EQ(result.checks[1].counts.failed, failed);
  EXPECT_EQ(result.checks[1].counts.passed, 0);
}

TEST(Flows, RefusalsAreCountedAndEndTheRun) {
  const auto file = parse_scenario_file(std::string("rate: 50\nduration: 200ms\n") + desk_flow, "s.yaml");
  const auto result = run_load(*make_plan(*file, "http://127.0.0.1:1", {}));
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->unreachable);
  EXPECT_GE(result->all.requests, 1);
  EXPECT_EQ(errors(*result), result->all.requests);
}

TEST(Scenarios, RunSideBySideAndAreToldApart) {
  std::atomic<int> slow = 0;
  const ScriptedServer server([&slow](Peer& peer, int) {
    if (peer.request().starts_with("GET /slow")) {
      ++slow;
      testing_support::take_time(20ms);
    }
    return peer.send(ok_response);
  });
  const auto file = parse_scenario_file(R"yaml(
duration: 500ms
scenarios:
  readers: {rate: 100, steps: [{name: get, path: /fast}]}
  writers: {users: 2, steps: [{name: get, path: /slow}, {name: put, weight: 0.001, path: /slow2}]}
)yaml",
                                        "s.yaml");
  ASSERT_TRUE(file) << base::to_string(file.error());
  const auto plan = make_plan(*file, server.url(), {});
  ASSERT_TRUE(plan);
  std::vector<std::uint64_t> by_route(3);
  double end = -1;
  LoadEvents events;
  events.on_slice = [&](const LoadSlice& slice) {
    EXPECT_GT(slice.start_seconds, end);
    end = slice.start_seconds;
    ASSERT_EQ(slice.routes.size(), 3);
    for (std::size_t route = 0; route < 3; ++route) by_route[route] += slice.routes[route].requests;
  };
  const auto result = run_load(*plan, events);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->routes.size(), 3);
  EXPECT_EQ(result->routes[0].first, "readers/get");
  EXPECT_EQ(result->routes[0].second.requests, 50);
  EXPECT_EQ(result->routes[1].first, "writers/get");
  EXPECT_EQ(result->routes[1].second.requests, static_cast<std::uint64_t>(slow));
  EXPECT_EQ(by_route[0], 50);
  EXPECT_EQ(by_route[1], result->routes[1].second.requests);
  EXPECT_EQ(plan->routes[1].label(), "get");
  EXPECT_FALSE(result->open);
}

TEST(SetUp, GivesItsValuesToEveryStepAndTearDown) {
  std::mutex mutex;
  std::vector<std::string> paths;
  const ScriptedServer server([&](Peer& peer, int) {
    const std::lock_guard lock(mutex);
    paths.push_back(peer.request().substr(0, peer.request().find(" HTTP")));
    return peer.send(answer("{\"id\": \"t7\"}"));
  });
  const LoadResult result = run(server, R"yaml(
users: 1
requests: 2
setup: [{name: make, method: POST, path: /tenants, extract: {tenant: /id}}]
teardown: [{name: drop, method: DELETE, path: /tenants/$(tenant)}]
steps: [{path: /tenants/$(tenant)/notes}]
)yaml");
  EXPECT_EQ(result.all.requests, 2);  // neither set-up nor tear-down is measured
  EXPECT_EQ(result.teardown_error, "");
  EXPECT_THAT(paths, testing::ElementsAre("POST /tenants", "GET /tenants/t7/notes", "GET /tenants/t7/notes",
                                          "DELETE /tenants/t7"));
}

}  // namespace
}  // namespace plimsoll::traffic
