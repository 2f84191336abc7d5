// The server over real loopback sockets, spoken to byte by byte.
#include "net/http_server.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/raw_socket.h"

namespace net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing_support::count_of;
using testing_support::RawSocket;

// Echoes method, path segments and body; "/later" is answered from another thread, "/never" not before
// release().
class HttpServerTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    auto server = HttpServer::start(std::move(options), [this](Request request, Responder respond) {
      handle(std::move(request), respond);
    });
    ASSERT_TRUE(server) << server.error().message;
    server_ = *std::move(server);
  }

  void handle(Request request, const Responder& respond) {
    const std::string name = request.parsed.segments.front();
    if (name == "throw") throw std::runtime_error("planted");
    if (name == "drop") return;
    Response response{
        200, {{"Content-Type", "text/plain"}}, request.method + " " + name + " " + request.body};
    if (name == "big") response.body.assign(3u << 20, 'x');
    if (name == "later") {
      const std::lock_guard lock(mutex_);
      helpers_.emplace_back([respond, response] { respond(response); });
      return;
    }
    if (name == "never") {
      const std::lock_guard lock(mutex_);
      held_.push_back(respond);
      arrived_.notify_all();
      return;
    }
    respond(std::move(response));
  }

  void wait_until_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(arrived_.wait_for(lock, 10s, [&] { return held_.size() >= count; }));
  }

  void release() {
    const std::lock_guard lock(mutex_);
    for (const Responder& respond : held_) respond({200, {}, "released"});
    held_.clear();
  }

  std::string talk(std::string_view bytes) {
    RawSocket socket(server_->port());
    socket.send(bytes);
    socket.end_sending();
    return socket.read_all();
  }

  void TearDown() override {
    server_.reset();
    for (std::thread& helper : helpers_) helper.join();
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Responder> held_;
  std::vector<std::thread> helpers_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, Answers) {
  start();
  const std::string text = talk("GET /a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(text, HasSubstr("\r\n\r\nGET a/b "));
}

TEST_F(HttpServerTest, AnswersFromAnotherThread) {
  start({.threads = 2});
  EXPECT_THAT(talk("GET /later HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr("GET later"));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrderAlsoAfterAHalfClose) {
  start();
  const std::string text = talk(
      "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
      "GET /two HTTP/1.1\r\nHost: x\r\n\r\n\r\n"
      "POST /three HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
      "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(count_of(text, "HTTP/1.1 200 OK"), 4);
  EXPECT_LT(text.find("POST later one"), text.find("GET two"));
  EXPECT_LT(text.find("GET two"), text.find("POST three abc"));
  EXPECT_LT(text.find("POST three abc"), text.find("GET later"));
}

TEST_F(HttpServerTest, TakesRequestsByteByByte) {
  start();
  RawSocket socket(server_->port());
  for (const char c : std::string(
           "POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) {
    ASSERT_TRUE(socket.send(std::string_view(&c, 1)));
  }
  EXPECT_THAT(socket.read_until("abc"), HasSubstr("POST slow abc"));
}

TEST_F(HttpServerTest, SendsNoBodyToHead) {
  start();
  const std::string text = talk("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, InvitesTheBodyThatIsExpected) {
  start();
  RawSocket socket(server_->port());
  socket.send("POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("ok");
  EXPECT_THAT(socket.read_until("ok"), HasSubstr("POST e ok"));
}

TEST_F(HttpServerTest, ClosesWhereTheClientAsksForIt) {
  start();
  RawSocket closing(server_->port());
  closing.send("GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(closing.read_all(), HasSubstr("Connection: close"));
  RawSocket old(server_->port());
  old.send("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old.read_all(), HasSubstr("GET x"));
}

TEST_F(HttpServerTest, SendsBigAnswersWhole) {
  start();
  EXPECT_GT(talk("GET /big HTTP/1.1\r\nHost: x\r\n\r\n").size(), 3u << 20);
}

TEST_F(HttpServerTest, TurnsDefectsOfAHandlerInto500) {
  start();
  const std::string text = talk(
      "GET /throw HTTP/1.1\r\nHost: x\r\n\r\nGET /drop HTTP/1.1\r\nHost: x\r\n\r\nGET /x HTTP/1.1\r\nHost: "
      "x\r\n\r\n");
  EXPECT_EQ(count_of(text, "HTTP/1.1 500 "), 2);
  EXPECT_EQ(count_of(text, "HTTP/1.1 200 "), 1);
}

struct Refused {
  const char* name;
  const char* bytes;
  int status;
};

class HttpServerRefuses : public HttpServerTest, public testing::WithParamInterface<Refused> {};

TEST_P(HttpServerRefuses, AndCloses) {
  start();
  RawSocket socket(server_->port());
  socket.send(GetParam().bytes);
  const std::string text = socket.read_all();
  EXPECT_THAT(text, StartsWith("HTTP/1.1 " + std::to_string(GetParam().status) + " "));
  EXPECT_THAT(text, HasSubstr("Connection: close"));
  EXPECT_EQ(server_->statistics().requests_total, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Each, HttpServerRefuses,
    testing::Values(
        Refused{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        Refused{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        Refused{
            "LengthAndCoding",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400},
        Refused{"UnknownCoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
        Refused{"TwoLengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                400},
        Refused{"NegativeLength", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
        Refused{"FoldedLine", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400},
        Refused{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
        Refused{"ControlCharacter", "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400},
        Refused{"LoneLineFeeds", "GET / HTTP/1.1\nHost: a\n\n", 400},
        Refused{"ChunkWithLoneLineFeed",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n\r\n", 400},
        Refused{"ChunkOfNoSize", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                400},
        Refused{"ChunkLongerThanItSaid",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n", 400},
        Refused{"NoHttp", "\x16\x03\x01\x02\r\n\r\n", 400},
        Refused{"NoTarget", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Refused{"BrokenPercent", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Refused{"RelativeTarget", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Refused{"NextVersion", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        Refused{"Expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417},
        Refused{"BodyTooLarge", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n", 413},
        Refused{"ChunkTooLarge",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1000001\r\n", 413}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(HttpServerTest, RefusesAnEndlessHead) {
  start({.max_header_bytes = 4096});
  const std::string text = talk("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(10000, 'x'));
  EXPECT_THAT(text, StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, AnswersAnOversizedBodyThatIsSentAnyway) {
  start({.max_body_bytes = 1000});
  RawSocket socket(server_->port());
  socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
  ASSERT_TRUE(socket.send(std::string(8'000'000, 'x')));
  EXPECT_THAT(socket.read_all(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, FormatsRefusalsAsItIsTold) {
  start({.format_refusal = [](int status, const std::string& detail) {
    return Response{
        status, {{"Content-Type", "application/problem+json"}}, "{\"detail\":\"" + detail + "\"}"};
  }});
  EXPECT_THAT(talk("GET / HTTP/1.1\r\n\r\n"), HasSubstr("{\"detail\":\"no Host header\"}"));
}

TEST_F(HttpServerTest, DropsHalfRequestsAndIdleConnections) {
  start({.read_timeout = 100ms, .idle_timeout = 200ms});
  RawSocket half(server_->port());
  half.send("GET / HTTP/1.1\r\nHo");
  RawSocket half_body(server_->port());
  half_body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  RawSocket idle(server_->port());
  EXPECT_TRUE(half.is_closed_within(10s));
  EXPECT_TRUE(half_body.is_closed_within(10s));
  EXPECT_TRUE(idle.is_closed_within(10s));
  EXPECT_GE(server_->statistics().timeouts_total, 3u);
}

TEST_F(HttpServerTest, TurnsAwayOneConnectionTooMany) {
  start({.max_connections = 1});
  RawSocket first(server_->port());
  first.send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  first.read_until("GET x");
  RawSocket second(server_->port());
  EXPECT_THAT(second.read_all(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(HttpServerTest, StopsAfterWhatIsInProgress) {
  start();
  RawSocket idle(server_->port());
  RawSocket busy(server_->port());
  busy.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_until_held(1);
  auto stopped = std::async(std::launch::async, [this] { server_->stop(10s); });
  EXPECT_TRUE(idle.is_closed_within(10s));
  release();
  const std::string text = busy.read_all();
  EXPECT_THAT(text, HasSubstr("released"));
  EXPECT_THAT(text, HasSubstr("Connection: close"));
  stopped.get();
  EXPECT_FALSE(RawSocket(server_->port()).connected());
}

TEST_F(HttpServerTest, CutsWhatDoesNotEndInTime) {
  start({.threads = 2});
  RawSocket busy(server_->port());
  busy.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_until_held(1);
  server_->stop(20ms);
  EXPECT_EQ(busy.read_all(), "");
  server_.reset();
  release();  // an answer after the server has gone is dropped
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  start();
  const auto second = HttpServer::start({.port = server_->port()}, [](Request, const Responder&) {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::ErrorCode::conflict);
  EXPECT_EQ(HttpServer::start({.address = "nowhere"}, {}).error().code, base::ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace net
