// HTTP as RFC 9112 says, byte by byte, with the refusals in the service's own form.
#include <algorithm>
#include <future>

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "tests/integration/memory_api/service_fixture.h"
#include "tests/support/raw_socket.h"
#include "tests/support/sanitized.h"

namespace memory_api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::count_of;
using testing_support::RawSocket;

class Http : public ServiceTest {
 protected:
  std::string talk(std::string_view bytes) const {
    RawSocket socket(service_->port());
    socket.send(bytes);
    socket.end_sending();
    return socket.read_all();
  }
};

TEST_F(Http, RefusesWhatIsAmbiguousAsProblemJson) {
  for (const char* request :
       {"GET /health HTTP/1.1\r\n\r\n", "GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "POST /v3/memories/add/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: "
        "chunked\r\n\r\n{}",
        "POST /v3/memories/add/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: deflate\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", "GET /health HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nX: \x02\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v3/memories/add/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n\r\n"}) {
    const std::string answer = talk(request);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << request;
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << request;
    EXPECT_THAT(answer, HasSubstr("\"trace_id\":\"")) << request;
  }
}

TEST_F(Http, AnswersPipelinedRequestsInOrder) {
  const std::string answer = talk(
      "GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /v3/memories/add/ HTTP/1.1\r\nHost: a\r\nAuthorization: Token k\r\nContent-Length: 73\r\n\r\n"
      R"({"user_id":"u","messages":[{"role":"user","content":"pipelined words."}]})"
      "GET /v1/memories/?user_id=u HTTP/1.1\r\nHost: a\r\nAuthorization: Token k\r\n\r\n");
  EXPECT_EQ(count_of(answer, "HTTP/1.1 "), 4) << answer;
  EXPECT_LT(answer.find("{\"status\":\"ok\"}"), answer.find("HTTP/1.1 404"));
  EXPECT_LT(answer.find("HTTP/1.1 404"), answer.find("\"event_id\""));
  EXPECT_EQ(count_of(answer, "\"memory\":\"pipelined words.\""), 3);
}

// The usual limit of 1,024 descriptors is too low for what the next test opens.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4'096);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_F(Http, ServesOthersBesideHalfRequestsAndIdleConnections) {
  raise_descriptor_limit();
  std::vector<std::unique_ptr<RawSocket>> sockets;
  for (int i = 0; i < 1'200; ++i) {
    sockets.push_back(std::make_unique<RawSocket>(service_->port()));
    ASSERT_TRUE(sockets.back()->connected()) << i;
    if (i % 8 == 0) sockets.back()->send("GET /health HT");
    if (i % 8 == 1) {
      sockets.back()->send("POST /v3/memories/add/ HTTP/1.1\r\nHost: a\r\nContent-Length: 16000000\r\n\r\n" +
                           std::string(10'000, ' '));
    }
  }
  EXPECT_EQ(caller().add("ann", "still served").status, 200);
}

// "VmHWM:    10408 kB"
std::size_t peak_memory(pid_t pid) {
  const std::string status = base::read_file(fmt::format("/proc/{}/status", pid)).value();
  return std::stoul(status.substr(status.find("VmHWM:") + 6)) << 10;
}

TEST_F(Http, LargeBodiesStayWithinTheMemoryThatAllOfThemMayTake) {
  RunningService service(folder_->path() / "large");
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::async(std::launch::async, [&service] {
      return Caller(service, "k").add("ann", std::string(15u << 20, 'x')).status;
    }));
  }
  for (auto& client : clients) EXPECT_THAT(client.get(), ::testing::AnyOf(0, 413, 503));
  EXPECT_EQ(Caller(service, "k").add("ann", "still served").status, 200);
  if (!plimsoll::testing::sanitized) EXPECT_LE(peak_memory(service.pid()), 192u << 20);
}

TEST_F(Http, GoesOnWithTheCallersTrace) {
  net::HttpClient client(service_->url());
  const auto answer =
      client.send({.target = "/nothing",
                   .headers = {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(Json::parse(answer->body).at("trace_id"), "0af7651916cd43dd8448eb211c80319c");
}

}  // namespace
}  // namespace memory_api::testing
