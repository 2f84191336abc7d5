#include "net/http_client.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_server.h"

namespace net {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

// Answers by the first path segment; counts the connections it sees by their remote ports.
class HttpClientTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = HttpServer::start(options(), [this](Request request, const Responder& respond) {
      const std::string name = request.parsed.segments.front();
      if (name == "hang") return held_.push_back(respond);
      Response response{name == "missing" ? 404 : 200, {{"X-Method", request.method}}, request.body};
      if (const std::string* key = find_header(request.headers, "X-Key"))
        response.headers.push_back({"X-Key", *key});
      if (name == "big") response.body.assign(1000, 'x');
      if (name == "remote") response.body = request.remote;
      respond(std::move(response));
    });
    ASSERT_TRUE(server);
    server_ = *std::move(server);
  }

  static ServerOptions options() {
    ServerOptions options;
    options.idle_timeout = 50ms;
    return options;
  }

  Url origin() const { return {"http", "localhost", server_->port(), "/", ""}; }

  std::vector<Responder> held_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpClientTest, SendsAndReceives) {
  HttpClient client(origin(), {.headers = {{"X-Key", "common"}}});
  const auto response = client.post("/echo", "hello");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(*find_header(response->headers, "x-method"), "POST");
  EXPECT_EQ(*find_header(response->headers, "x-key"), "common");
  const auto own = client.send({.method = "DELETE", .target = "/x", .headers = {{"x-key", "own"}}});
  EXPECT_EQ(*find_header(own->headers, "x-key"), "own");
}

TEST_F(HttpClientTest, HandsAnyStatusBack) {
  const auto response = HttpClient(origin()).get("/missing");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->reason, "Not Found");
  EXPECT_FALSE(response->ok());
}

TEST_F(HttpClientTest, ReadsNoBodyAfterHead) {
  HttpClient client(origin());
  const auto response = client.send({.method = "HEAD", .target = "/big"});
  ASSERT_TRUE(response);
  EXPECT_EQ(*find_header(response->headers, "content-length"), "1000");
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(client.get("/big")->body.size(), 1000u);
}

TEST_F(HttpClientTest, KeepsItsConnectionAndReplacesAClosedOne) {
  HttpClient client(origin());
  const std::string first = client.get("/remote")->body;
  EXPECT_EQ(client.get("/remote")->body, first);
  while (server_->statistics().connections_open > 0) std::this_thread::yield();
  const auto again = client.get("/remote");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_NE(again->body, first);
}

TEST_F(HttpClientTest, GivesUpInTime) {
  HttpClient client(origin(), {.timeout = 50ms});
  EXPECT_EQ(client.get("/hang").error().code, ErrorCode::timeout);
  EXPECT_EQ(client.get("/x")->status, 200);
}

TEST_F(HttpClientTest, HoldsAnswersToLimits) {
  EXPECT_EQ(HttpClient(origin(), {.max_body_bytes = 999}).get("/big").error().code, ErrorCode::too_large);
  EXPECT_EQ(HttpClient(origin(), {.max_header_bytes = 20}).get("/big").error().code, ErrorCode::too_large);
}

TEST_F(HttpClientTest, SaysWhenNobodyListens) {
  const Url url = origin();
  server_.reset();
  const auto response = fetch(url);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::unavailable);
  EXPECT_THAT(response.error().message, testing::HasSubstr("cannot connect to localhost:"));
}

TEST_F(HttpClientTest, SendsNothingThatWouldBreakTheRequest) {
  HttpClient client(origin());
  EXPECT_EQ(client.get("no-slash").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(client.get("/a b").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(client.send({.headers = {{"X", "a\r\nY: b"}}}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(client.send({.method = "GET /"}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(fetch(*parse_url("https://localhost/")).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace net
