// Limits that several processes share through Redis, and what is left of them while it is away.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "net/resp_client.h"
#include "tests/integration/memory_api/service_fixture.h"
#include "tests/support/waiting.h"

namespace memory_api::testing {
namespace {

using ::testing::HasSubstr;
using testing_support::eventually;

bool has_redis() {
  return std::filesystem::exists("/usr/bin/redis-server");
}

class Redis {
 public:
  Redis() : port_(base::free_port().value()) { start(); }
  ~Redis() { stop(); }

  std::string url() const { return fmt::format("redis://127.0.0.1:{}", port_); }
  int port() const { return port_; }

  void start() {
    process_ =
        base::system_processes()
            .start({.arguments = {"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1",
                                  "--dir", folder_.path(), "--save", "", "--appendonly", "no"},
                    .on_output = [this](std::string_view bytes) { output_ += bytes; }})
            .value();
    eventually([this] {
      process_->wait_for(5ms);
      return output_.contains("Ready to accept connections");
    });
  }
  void stop() {
    if (process_) process_->stop(5s);
    process_.reset();
    output_.clear();
  }
  void signal(int number) { process_->signal_group(number); }

 private:
  int port_;
  base::TemporaryFolder folder_ = base::TemporaryFolder::create("redis").value();
  std::string output_;
  std::unique_ptr<base::Process> process_;
};

class RateLimits : public ::testing::Test {
 protected:
  static std::vector<std::string> arguments(const std::string& limit, const std::string& cache = {}) {
    std::vector<std::string> all = {"--open-keys", "--rate-limit", limit};
    if (!cache.empty()) all.insert(all.end(), {"--cache", cache});
    return all;
  }
  // How many of 60 requests in a row, as fast as they go, were let through.
  static int accepted(const RunningService& service, const std::string& key) {
    Caller caller(service, key);
    int count = 0;
    for (int i = 0; i < 60; ++i) count += caller.call("GET", "/v1/entities/").status == 200 ? 1 : 0;
    return count;
  }
  static std::string redis_status(const RunningService& service) {
    const Answer ready = Caller(service, "").call("GET", "/ready");
    EXPECT_EQ(ready.status, 200) << ready.text;
    return ready.json.at("dependencies").at("cache").at("status").get<std::string>();
  }

  base::TemporaryFolder folder = base::TemporaryFolder::create("limits").value();
};

TEST_F(RateLimits, AnswerTooManyRequestsWith429) {
  RunningService service(folder.path(), arguments("1"));
  Caller caller(service, "key");
  Answer refused;
  ASSERT_TRUE(eventually([&] {
    refused = caller.call("GET", "/v1/entities/");
    return refused.status == 429;
  }));
  EXPECT_TRUE(is_problem(refused, 429));
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(Caller(service, "another").call("GET", "/v1/entities/").status, 200);
  EXPECT_EQ(caller.call("GET", "/health").status, 200);
  EXPECT_TRUE(eventually([&] { return caller.call("GET", "/v1/entities/").status == 200; }));
}

TEST_F(RateLimits, AreSharedThroughRedis) {
  if (!has_redis()) GTEST_SKIP() << "redis-server is not installed (./dev setup installs it)";
  Redis redis;
  RunningService one(folder.path() / "one", arguments("1", redis.url()));
  RunningService other(folder.path() / "other", arguments("1", redis.url()));
  EXPECT_EQ(redis_status(one), "ok");
  // At any second one of the two may go on, so in the end one finds its second used up by the other.
  Caller first(one, "key"), second(other, "key");
  EXPECT_TRUE(eventually([&] {
    const int a = first.call("GET", "/v1/entities/").status;
    const int b = second.call("GET", "/v1/entities/").status;
    return a == 200 && b == 429;
  }));
}

TEST_F(RateLimits, GoOnAloneWhileRedisIsGoneAndAreBackByThemselves) {
  if (!has_redis()) GTEST_SKIP() << "redis-server is not installed (./dev setup installs it)";
  Redis redis;
  RunningService service(folder.path(), arguments("1", redis.url()));
  EXPECT_GE(accepted(service, "a"), 1);
  for (const bool hangs : {false, true}) {
    hangs ? redis.signal(SIGSTOP) : redis.stop();
    EXPECT_TRUE(eventually([&] { return redis_status(service) == "degraded"; }));
    const int alone = accepted(service, "b");
    EXPECT_GE(alone, 1);
    EXPECT_LT(alone, 60);
    const Answer metrics = Caller(service, "").call("GET", "/metrics");
    EXPECT_THAT(metrics.text, HasSubstr("redis_up 0"));
    hangs ? redis.signal(SIGCONT) : redis.start();
    EXPECT_TRUE(eventually([&] { return redis_status(service) == "ok"; }));
  }
}

TEST_F(RateLimits, TakeNoGarbageForACount) {
  RunningService neighbour(folder.path() / "neighbour");  // speaks HTTP, not RESP
  RunningService service(folder.path() / "own",
                         arguments("5", fmt::format("redis://127.0.0.1:{}", neighbour.port())));
  EXPECT_GE(accepted(service, "a"), 1);
  EXPECT_EQ(redis_status(service), "degraded");
}

TEST_F(RateLimits, GoOnAloneWhileRedisIsFull) {
  if (!has_redis()) GTEST_SKIP() << "redis-server is not installed (./dev setup installs it)";
  Redis redis;
  auto full = net::RespClient::connect("127.0.0.1", redis.port(), 2s).value();
  ASSERT_EQ(full.call({"CONFIG", "SET", "maxmemory", "1"}, 2s).value().text, "OK");
  RunningService service(folder.path(), arguments("1", redis.url()));
  EXPECT_GE(accepted(service, "a"), 1);
  const Answer metrics = Caller(service, "").call("GET", "/metrics");
  EXPECT_FALSE(metrics.text.contains("rate_limit_unshared_total 0\n")) << metrics.text;
}

TEST_F(RateLimits, RefuseAWrongAddress) {
  EXPECT_EQ(run({"--cache", "http://x", "--rate-limit", "5"}).code, 2);
  EXPECT_EQ(run({"--cache", "redis://", "--rate-limit", "5"}).code, 2);
}

}  // namespace
}  // namespace memory_api::testing
