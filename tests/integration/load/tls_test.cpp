// Load over https, against servers with certificates of an authority that the test made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/process.h"
#include "plimsoll/traffic/scenario/scenario.h"
#include "tests/integration/load/load_runs.h"
#include "tests/integration/load/misbehaviours.h"
#include "tests/integration/load/test_certificates.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

bool answer_ok(Peer& peer, int) {
  return peer.send(ok_response);
}

class Tls : public testing::Test {
 protected:
  LoadResult run_trusting(const ScriptedServer& server, const LoadShape& shape, TlsOptions options = {}) {
    if (options.ca_file.empty()) options.ca_file = authority_.file();
    LoadPlan plan = plan_for(server.url(), shape);
    plan.tls = options;
    return run(plan);
  }

  void expect_refused(const LoadResult& result, const std::string& why) {
    EXPECT_TRUE(result.unreachable);
    EXPECT_GE(result.all.requests, 1);
    EXPECT_EQ(count(result, ErrorKind::tls), result.all.requests);
    EXPECT_THAT(result.unreachable_because, HasSubstr(why));
  }

  TestAuthority authority_;
};

TEST_F(Tls, CountsEveryRequest) {
  const auto context = authority_.server();
  const ScriptedServer server(answer_ok, {}, context.get());
  const LoadResult result = run_trusting(server, closed(4, 200));
  EXPECT_EQ(result.all.responses.at(200), 200);
  EXPECT_EQ(total(result.all.errors), 0);
  EXPECT_EQ(result.bytes_received, 200 * ok_response.size());
  ASSERT_TRUE(result.tls);
  EXPECT_EQ(result.tls->version, "TLSv1.3");
  EXPECT_EQ(result.tls->handshakes, 4);
  EXPECT_EQ(result.tls->problem, "");
  EXPECT_EQ(last_protocol(), "http/1.1");
  EXPECT_EQ(last_server_name(), "");  // an address is no name to ask for
  expect_sound(result);
}

TEST_F(Tls, AnOpenLoopToo) {
  const auto context = authority_.server();
  const ScriptedServer server(answer_ok, {}, context.get());
  const LoadResult result = run_trusting(server, open(300, 300ms));
  EXPECT_EQ(result.all.responses.at(200), 90);
  EXPECT_EQ(total(result.all.errors), 0);
}

TEST_F(Tls, ResumesSessions) {
  const auto context = authority_.server();
  const ScriptedServer server(
      [](Peer& peer, int) {
        peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        peer.say_goodbye();
        return false;
      },
      {}, context.get());
  const LoadResult result = run_trusting(server, closed(1, 20));
  EXPECT_EQ(result.all.responses.at(200), 20);
  EXPECT_EQ(result.tls->handshakes, 20);
  EXPECT_EQ(result.tls->resumed, 19);
}

TEST_F(Tls, RefusesAnUnknownAuthority) {
  const auto context = authority_.server();
  const ScriptedServer server(answer_ok, {}, context.get());
  for (const LoadShape& shape : {closed(2, 100), open(100, 10s)}) {
    expect_refused(run(plan_for(server.url(), shape)), "--ca");
    const TestAuthority another;
    expect_refused(run_trusting(server, shape, {.ca_file = another.file()}), "--ca");
  }
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(Tls, TakesAnyCertificateWhereToldTo) {
  const auto context = authority_.server("DNS:elsewhere.example", -60);
  const ScriptedServer server(answer_ok, {}, context.get());
  LoadPlan plan = plan_for(server.url(), closed(1, 5));
  plan.tls.insecure = true;
  EXPECT_EQ(run(plan).all.responses.at(200), 5);
}

TEST_F(Tls, RefusesACertificateForAnotherHost) {
  const auto context = authority_.server("DNS:elsewhere.example");
  const ScriptedServer server(answer_ok, {}, context.get());
  expect_refused(run_trusting(server, closed(1, 5)), "not for 127.0.0.1");
  const LoadResult named = run_trusting(server, closed(1, 5), {.server_name = "elsewhere.example"});
  EXPECT_EQ(named.all.responses.at(200), 5);
  EXPECT_EQ(last_server_name(), "elsewhere.example");
  expect_refused(run_trusting(server, closed(1, 5), {.server_name = "third.example"}), "third.example");
}

TEST_F(Tls, RefusesAnExpiredCertificate) {
  const auto context = authority_.server("IP:127.0.0.1", -60);
  const ScriptedServer server(answer_ok, {}, context.get());
  expect_refused(run_trusting(server, closed(1, 5)), "expired");
}

TEST_F(Tls, SaysThatAServerIsPlain) {
  const ScriptedServer server([](Peer& peer, int) {
    peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    return false;
  });
  LoadPlan plan = plan_for(server.url(), closed(1, 5));
  plan.target.scheme = "https";
  expect_refused(run(plan), "does not speak TLS");
}

TEST_F(Tls, CountsAConnectionThatEndsInTheHandshake) {
  const ScriptedServer server([](Peer&, int) { return false; });
  LoadPlan plan = plan_for(server.url(), closed(1, 5));
  plan.target.scheme = "https";
  expect_refused(run(plan), "during the TLS handshake");
}

TEST_F(Tls, AHandshakeWithoutEndTimesOut) {
  const ScriptedServer server([](Peer& peer, int) { return peer.wait_until_gone(), false; });
  LoadShape shape = closed(1, 2);
  shape.timeout = 300ms;
  LoadPlan plan = plan_for(server.url(), shape);
  plan.target.scheme = "https";
  const LoadResult result = run(plan);
  EXPECT_EQ(count(result, ErrorKind::timeout), 2);
  expect_sound(result);
}

TEST_F(Tls, AServerOfTlsAskedPlainlyIsAProtocolError) {
  const auto context = authority_.server();
  const ScriptedServer server(answer_ok, {}, context.get());
  LoadPlan plan = plan_for(server.url(), closed(1, 5));
  plan.target.scheme = "http";
  const LoadResult result = run(plan);
  EXPECT_EQ(total(result.all.errors), 5);
  expect_sound(result);
}

// A body that lasts until the connection ends may have been cut by anybody, unless the end was said.
TEST_F(Tls, ABodyWithoutLengthNeedsAGoodbye) {
  const auto context = authority_.server();
  for (const bool polite : {true, false}) {
    const ScriptedServer server(
        [polite](Peer& peer, int) {
          peer.send("HTTP/1.1 200 OK\r\n\r\nuntil here");
          if (polite) peer.say_goodbye();
          return false;
        },
        {}, context.get());
    const LoadResult result = run_trusting(server, closed(1, 3));
    EXPECT_EQ(count(result, ErrorKind::protocol), polite ? 0 : 3);
    expect_sound(result);
  }
}

TEST_F(Tls, KeepsItsTotalsUnderEveryMisbehaviour) {
  const auto context = authority_.server();
  for (const Misbehaviour& misbehaviour : misbehaviours()) {
    const ScriptedServer server(misbehaviour.script, {}, context.get());
    LoadShape shape = closed(2, 6);
    shape.timeout = 400ms;
    const LoadResult result = run_trusting(server, shape);
    EXPECT_EQ(result.all.requests, 6) << misbehaviour.name;
    if (misbehaviour.error) EXPECT_EQ(total(result.all.errors), 6) << misbehaviour.name;
    expect_sound(result);
  }
}

TEST_F(Tls, LargeBodiesBothWays) {
  const auto context = authority_.server();
  const std::string body(4 << 20, 'x');
  const ScriptedServer server(
      [&](Peer& peer, int) { return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4194304\r\n\r\n" + body); },
      {}, context.get());
  Scenario scenario = *single_request(*net::parse_url(server.url()), "big");
  scenario.steps[0].method = "POST";
  scenario.steps[0].body = *make_body(body, {}, {});
  scenario.shape = closed(2, 4);
  scenario.tls.ca_file = authority_.file();
  const LoadResult result = run(*make_plan(scenario, "", {}));
  EXPECT_EQ(result.all.responses.at(200), 4);
  EXPECT_GT(result.bytes_sent, 4ull * body.size());
  EXPECT_GT(result.bytes_received, 4ull * body.size());
}

TEST_F(Tls, RefusesACaFileThatIsNone) {
  LoadPlan plan = plan_for("https://127.0.0.1:1/", closed(1, 1));
  plan.tls.ca_file = PLIMSOLL_SOURCE_DIR "/README.md";
  const auto result = run_load(plan);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::ErrorCode::invalid_argument);
}

TEST_F(Tls, IsAnOptionOfTheCommand) {
  const auto context = authority_.server("IP:127.0.0.1");
  const ScriptedServer server(answer_ok, {}, context.get());
  const auto load = [&](std::vector<std::string> options) {
    base::ProcessOptions process;
    process.arguments = {PLIMSOLL_BIN_DIR "/plimsoll", "load", server.url(), "-n", "20", "-c", "2", "--json"};
    process.arguments.insert(process.arguments.end(), options.begin(), options.end());
    return *base::run_process(process, 60s);
  };
  EXPECT_EQ(load({"--ca", authority_.file()}).code, 0);
  const auto insecure = load({"-k"});
  EXPECT_EQ(insecure.code, 0);
  const auto document = base::parse_json(insecure.output_tail, "output");
  ASSERT_TRUE(document);
  EXPECT_EQ((*document)["tls"]["handshakes"], 2);
  const auto refused = load({});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.error_tail, HasSubstr("--insecure"));
  EXPECT_EQ(load({"--ca", "/nowhere.pem"}).code, 2);
}

}  // namespace
}  // namespace plimsoll::traffic
