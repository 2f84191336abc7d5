// Figures that leave while the load runs: to a real Prometheus, and to receivers that misbehave.
#include <fstream>
#include <map>
#include <memory>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "net/http_client.h"
#include "plimsoll/traffic/live/live_sender.h"
#include "tests/integration/load/scripted_server.h"
#include "tests/support/waiting.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using testing_support::eventually;

struct Ran {
  base::Exit exit;
  base::Json json;
};

Ran load(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {PLIMSOLL_BIN_DIR "/plimsoll", "load"});
  const auto exit = base::run_process({.arguments = std::move(arguments), .tail_bytes = 1 << 20}, 60s);
  if (!exit) throw std::runtime_error(base::to_string(exit.error()));
  const auto json = base::parse_json(exit->output_tail, "output");
  return {*exit, json ? *json : base::Json()};
}

bool answer_ok(Peer& peer, int) {
  return peer.send(ok_response);
}

// Remembers what it was sent; answers what `answer` says.
class Receiver {
 public:
  explicit Receiver(std::function<std::string(int request)> answer)
      : server_([this, answer](Peer& peer, int request) {
          {
            const std::lock_guard lock(mutex_);
            requests_.push_back(peer.request());
          }
          return peer.send(answer(request));
        }) {}

  std::string url() const { return server_.url(); }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  ScriptedServer server_;
};

std::string status(int code, std::string_view more = "") {
  return "HTTP/1.1 " + std::to_string(code) + " x\r\nContent-Length: 0\r\n" + std::string(more) + "\r\n";
}

base::Json body_of(const std::string& request) {
  const auto json = base::parse_json(request.substr(request.find("\r\n\r\n") + 4), "a request's body");
  return json ? *json : base::Json();
}

// "name{route}" of every metric with its last value.
std::map<std::string, double> last_values(const std::vector<std::string>& requests) {
  std::map<std::string, double> values;
  for (const std::string& request : requests) {
    const base::Json body = body_of(request);
    for (const base::Json& metric : body.at("resourceMetrics")[0].at("scopeMetrics")[0].at("metrics")) {
      const base::Json& data = metric.contains("sum") ? metric.at("sum") : metric.at("gauge");
      for (const base::Json& point : data.at("dataPoints")) values[metric.at("name")] = point.at("asDouble");
    }
  }
  return values;
}

TEST(LiveOtlp, TellsWhatTheRunCameTo) {
  const ScriptedServer server(answer_ok);
  const Receiver receiver([](int) { return std::string(ok_response); });
  const Ran ran =
      load({server.url(), "-r", "100", "-d", "3s", "--otlp", receiver.url(), "--live-header",
            "Authorization: Bearer t0ken", "--live-label", "testid=nightly", "--json", "--quiet"});
  ASSERT_EQ(ran.exit.code, 0) << ran.exit.error_tail;
  const auto requests = receiver.requests();
  EXPECT_GE(requests.size(), 3U);  // a beginning, and one a second
  EXPECT_THAT(requests, Each(AllOf(HasSubstr("POST /v1/metrics HTTP/1.1"), HasSubstr("Bearer t0ken"),
                                   HasSubstr("Content-Type: application/json"), HasSubstr("nightly"))));
  auto values = last_values(requests);
  EXPECT_EQ(values["plimsoll_http_reqs"], 300);
  EXPECT_EQ(values["plimsoll_http_req_failed_rate"], 0);
  EXPECT_EQ(values["plimsoll_target_rate"], 100);
  EXPECT_GT(values["plimsoll_http_req_duration_p95"], 0);
  EXPECT_LE(values["plimsoll_http_req_duration_med"], values["plimsoll_http_req_duration_max"]);
  const base::Json& live = ran.json["live"];
  ASSERT_EQ(live.size(), 1U);
  EXPECT_EQ(live[0]["protocol"], "otlp");
  EXPECT_EQ(live[0]["dropped"], 0);
  EXPECT_GT(live[0]["sent"], 20);
}

TEST(LiveOtlp, ADeadReceiverCostsFiguresButNoRequest) {
  std::string nobody;
  {
    const ScriptedServer gone(answer_ok);
    nobody = gone.url();
  }
  const ScriptedServer server(answer_ok);
  const Ran ran =
      load({server.url(), "-r", "100", "-d", "2s", "--remote-write", nobody, "--json", "--quiet"});
  EXPECT_EQ(ran.exit.code, 0) << ran.exit.error_tail;
  EXPECT_EQ(ran.json["responses"]["200"], 200);
  EXPECT_EQ(ran.json["live"][0]["sent"], 0);
  EXPECT_GT(ran.json["live"][0]["dropped"], 0);
  EXPECT_THAT(ran.json["live"][0]["problem"].get<std::string>(), HasSubstr("refused"));
}

std::shared_ptr<const telemetry::MetricBatch> one_reading(double value) {
  telemetry::MetricBatch batch{1'790'000'000'000, 1'790'000'000'000, {}};
  batch.points.push_back({"x", {}, telemetry::PointKind::gauge, "s", value});
  return std::make_shared<const telemetry::MetricBatch>(std::move(batch));
}

LiveReport send_two(const Receiver& receiver, LiveProtocol protocol) {
  LiveSender sender(*live_target(protocol, receiver.url(), {}));
  sender.push(one_reading(1));
  sender.push(one_reading(2));
  return sender.finish(10s);
}

TEST(LiveSender, TriesAgainWhereTheReceiverIsBusyAndKeepsTheOrder) {
  for (const int busy : {429, 503}) {
    const Receiver receiver(
        [busy](int request) { return request == 0 ? status(busy, "Retry-After: 0\r\n") : status(200); });
    const LiveReport report = send_two(receiver, LiveProtocol::otlp);
    EXPECT_EQ(report.sent, 2U) << busy;
    EXPECT_EQ(report.dropped, 0U);
    const auto requests = receiver.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(body_of(requests[0]), body_of(requests[1]));
    EXPECT_NE(body_of(requests[1]), body_of(requests[2]));
  }
}

TEST(LiveSender, DropsWhatTheReceiverRefuses) {
  const Receiver receiver([](int request) { return status(request == 0 ? 400 : 204); });
  for (const LiveProtocol protocol : {LiveProtocol::remote_write, LiveProtocol::otlp}) {
    const LiveReport report = send_two(receiver, protocol);
    if (protocol == LiveProtocol::remote_write) {
      EXPECT_EQ(report.sent, 1U);
      EXPECT_EQ(report.dropped, 1U);
      EXPECT_THAT(report.problem, HasSubstr("400"));
    } else {
      EXPECT_EQ(report.sent, 2U);
    }
  }
}

TEST(LiveSender, AnyServerErrorIsWorthRetryingForRemoteWriteOnly) {
  const Receiver receiver([](int request) { return status(request == 0 ? 500 : 200); });
  EXPECT_EQ(send_two(receiver, LiveProtocol::remote_write).sent, 2U);
  const Receiver again([](int request) { return status(request == 0 ? 500 : 200); });
  EXPECT_EQ(send_two(again, LiveProtocol::otlp).dropped, 1U);
}

TEST(LiveSender, BelievesAPartialSuccess) {
  const std::string body = R"({"partialSuccess":{"rejectedDataPoints":"1","errorMessage":"too old"}})";
  const Receiver receiver([&](int) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  });
  const LiveReport report = send_two(receiver, LiveProtocol::otlp);
  EXPECT_EQ(report.sent, 0U);
  EXPECT_EQ(report.dropped, 2U);
  EXPECT_EQ(report.problem, "too old");
}

TEST(LiveSender, GivesUpWhenItsTimeIsUp) {
  const Receiver receiver([](int) { return status(503); });
  LiveSender sender(*live_target(LiveProtocol::otlp, receiver.url(), {}));
  sender.push(one_reading(1));
  const LiveReport report = sender.finish(300ms);
  EXPECT_EQ(report.dropped, 1U);
  EXPECT_THAT(report.problem, HasSubstr("503"));
}

// Debian's prometheus on a port of its own, its data in a temporary folder.
class Prometheus {
 public:
  static std::unique_ptr<Prometheus> start() {
    auto server = std::unique_ptr<Prometheus>(new Prometheus);
    return server->answers() ? std::move(server) : nullptr;
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  base::Json query(const std::string& expression, double at) const {
    const auto response = net::fetch(*net::parse_url(
        url() + "/api/v1/query?query=" + net::percent_encode(expression) + "&time=" + std::to_string(at)));
    if (!response) return {};
    const auto json = base::parse_json(response->body, "Prometheus");
    return json ? json->at("data").at("result") : base::Json();
  }

 private:
  Prometheus() : folder_(*base::TemporaryFolder::create("plimsoll-prometheus")), port_(free_port()) {
    std::ofstream(folder_.path() / "prometheus.yml") << "global: {}\n";
    base::ProcessOptions options;
    options.arguments = {"prometheus", "--config.file=" + (folder_.path() / "prometheus.yml").string(),
                         "--storage.tsdb.path=" + (folder_.path() / "data").string(),
                         "--web.listen-address=127.0.0.1:" + std::to_string(port_),
                         "--web.enable-remote-write-receiver"};
    process_ = *base::system_processes().start(std::move(options));
  }

  // Of a server that was there a moment ago.
  static int free_port() {
    const ScriptedServer server(answer_ok);
    return net::parse_url(server.url())->port;
  }

  bool answers() const {
    return eventually([this] {
      const auto response = net::fetch(*net::parse_url(url() + "/-/ready"));
      return response && response->status == 200;
    });
  }

  base::TemporaryFolder folder_;
  int port_;
  std::unique_ptr<base::Process> process_;
};

bool has_prometheus() {
  const auto exit = base::run_process({.arguments = {"prometheus", "--version"}}, 20s);
  return exit && exit->ok();
}

double value_of(const base::Json& result) {
  return result.empty() ? -1 : base::parse_double(result[0]["value"][1].get<std::string>()).value_or(-1);
}

TEST(LiveRemoteWrite, ArrivesInPrometheus) {
  if (!has_prometheus())
    GTEST_SKIP() << "there is no prometheus on this machine (apt-get install prometheus)";
  const auto prometheus = Prometheus::start();
  ASSERT_NE(prometheus, nullptr) << "it never got ready";
  const ScriptedServer server([](Peer& peer, int request) {
    return peer.send(request % 10 == 9 ? status(500) : std::string(ok_response));
  });
  const Ran ran =
      load({server.url() + "x", "-c", "2", "--think-time", "20ms", "-d", "3s", "--remote-write",
            prometheus->url(), "--live-prefix", "k6", "--live-label", "testid=t1", "--json", "--quiet"});
  ASSERT_EQ(ran.exit.code, 0) << ran.exit.error_tail;
  EXPECT_EQ(ran.json["live"][0]["dropped"], 0) << ran.json["live"].dump();
  EXPECT_EQ(ran.json["live"][0]["url"], prometheus->url() + "/api/v1/write");

  const double now = base::to_unix_seconds(base::system_clock().utc());
  const auto last = [&](const std::string& selector) {
    return value_of(prometheus->query("max(last_over_time(" + selector + "[1m]))", now));
  };
  EXPECT_EQ(last(R"(k6_http_reqs_total{testid="t1",scenario="/x",name="/x"})"), ran.json["requests"]);
  EXPECT_EQ(last(R"(k6_http_req_errors_total{error="http_5xx"})"), ran.json["errors"]["http_5xx"]);
  EXPECT_EQ(last("k6_vus"), 2);
  EXPECT_GT(last("k6_http_req_duration_p95"), 0);
  EXPECT_GT(last("k6_http_req_failed_rate"), 0);
  EXPECT_GT(last("k6_server_memory_bytes"), 1e6);
  // Every series ends with the run, so that a graph does not draw on.
  EXPECT_TRUE(prometheus->query("k6_vus", now + 1).empty());
}

TEST(LiveOptions, MistakesAreUsage) {
  const std::string url = "http://127.0.0.1:1/";
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--remote-write", "prometheus:9090"},
                                                {"--otlp", url, "--live-label", "nightly"},
                                                {"--otlp", url, "--live-label", "a-b=c"},
                                                {"--otlp", url, "--live-label", "name=c"},
                                                {"--otlp", url, "--live-prefix", "1x"},
                                                {"--otlp", url, "--live-header", "no header"},
                                                {"--otlp", url, "--find-limit"}}) {
    std::vector<std::string> arguments = {url, "-n", "1"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const Ran ran = load(arguments);
    EXPECT_EQ(ran.exit.code, 2) << base::join(wrong, " ") << ran.exit.error_tail;
  }
}

}  // namespace
}  // namespace plimsoll::traffic
