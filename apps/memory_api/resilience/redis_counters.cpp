#include "apps/memory_api/resilience/redis_counters.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "net/resp_client.h"
#include "net/url.h"

namespace memory_api::resilience {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr auto patience = 100ms;
constexpr std::size_t most_idle = 16;

// Counts, and lets the counter go when its second is over for every process's clock.
constexpr std::string_view counting_script =
    "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], 5000) end return n";

base::Error wrong_address() {
  return {.code = ErrorCode::invalid_argument,
          .message = "expected redis://[:PASSWORD@]HOST[:PORT][/DATABASE]"};
}

Status check_accepted(const Result<net::RespValue>& answer) {
  if (!answer) return std::unexpected(answer.error());
  if (answer->kind != net::RespValue::Kind::error) return {};
  return base::fail(ErrorCode::unavailable, base::printable(answer->text));
}

}  // namespace

Result<RedisAddress> parse_redis_url(std::string_view url) {
  constexpr std::string_view scheme = "redis://";
  if (!url.starts_with(scheme)) return std::unexpected(wrong_address());
  std::string_view rest = url.substr(scheme.size());
  RedisAddress address;
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    std::string_view user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    user.remove_prefix(std::min(user.size(), user.find(':') + 1));
    const auto password = net::percent_decode(user);
    if (!password) return std::unexpected(wrong_address());
    address.password = *password;
  }
  // The rest is read as the address of a web server, whose rules are the same.
  const auto parsed = net::parse_url("http://" + std::string(rest));
  if (!parsed) return std::unexpected(wrong_address());
  address.host = parsed->host;
  if (rest.substr(0, rest.find('/')).rfind(':') != std::string_view::npos) address.port = parsed->port;
  const std::string_view path = parsed->path;
  if (path.size() <= 1) return address;
  const auto database = base::parse_integer(path.substr(1));
  if (!database || *database < 0 || *database > 65'535) return std::unexpected(wrong_address());
  address.database = static_cast<int>(*database);
  return address;
}

class RedisCounters::Connections {
 public:
  explicit Connections(RedisAddress address) : address_(std::move(address)) {}

  // Errors name the server. A connection that failed is dropped, with the idle ones beside it.
  Result<net::RespValue> call(std::initializer_list<std::string_view> words) {
    auto client = take();
    if (!client) return std::unexpected(named(client.error()));
    auto answer = client->call(words, patience);
    const Status accepted = check_accepted(answer);
    const std::lock_guard lock(mutex_);
    if (!answer) {
      idle_.clear();
    } else if (idle_.size() < most_idle) {
      idle_.push_back(*std::move(client));
    }
    if (!accepted) return std::unexpected(named(accepted.error()));
    return answer;
  }

 private:
  Result<net::RespClient> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        net::RespClient client = std::move(idle_.back());
        idle_.pop_back();
        return client;
      }
    }
    BASE_ASSIGN(net::RespClient client, net::RespClient::connect(address_.host, address_.port, patience));
    if (!address_.password.empty()) {
      BASE_TRY(check_accepted(client.call({"AUTH", address_.password}, patience)));
    }
    if (address_.database != 0) {
      BASE_TRY(check_accepted(client.call({"SELECT", std::to_string(address_.database)}, patience)));
    }
    return client;
  }

  base::Error named(base::Error error) const {
    return base::with_context(std::move(error), fmt::format("Redis {}:{}", address_.host, address_.port));
  }

  const RedisAddress address_;
  std::mutex mutex_;
  std::vector<net::RespClient> idle_;
};

RedisCounters::RedisCounters(RedisAddress address, const base::Clock& clock)
    : connections_(std::make_unique<Connections>(std::move(address))), breaker_({}, clock) {}

RedisCounters::~RedisCounters() = default;

template <class Call>
auto RedisCounters::guarded(const Call& call) -> decltype(call()) {
  if (!breaker_.allows()) {
    const std::lock_guard lock(mutex_);
    if (!status_) return std::unexpected(status_.error());
    return base::fail(ErrorCode::unavailable, "Redis is left alone for a moment");
  }
  const auto start = std::chrono::steady_clock::now();
  auto result = call();
  const auto latency = std::chrono::steady_clock::now() - start;
  if (result) {
    breaker_.succeeded();
    note({}, latency);
  } else {
    breaker_.failed();
    note(std::unexpected(result.error()), latency);
  }
  return result;
}

Result<std::uint64_t> RedisCounters::add(std::string_view key, std::int64_t second) {
  return guarded([&]() -> Result<std::uint64_t> {
    const std::string name = fmt::format("memory_api:rate:{}:{}", key, second);
    BASE_ASSIGN(const auto answer, connections_->call({"EVAL", counting_script, "1", name}));
    if (answer.kind == net::RespValue::Kind::integer && answer.integer > 0) {
      return static_cast<std::uint64_t>(answer.integer);
    }
    return base::fail(ErrorCode::corrupt, "Redis: what came is no count");
  });
}

Status RedisCounters::probe() {
  return guarded([&]() -> Status {
    BASE_ASSIGN(const auto answer, connections_->call({"PING"}));
    if (answer.text == "PONG") return {};
    return base::fail(ErrorCode::corrupt, "Redis: what came is no PONG");
  });
}

std::chrono::nanoseconds RedisCounters::latency() const {
  const std::lock_guard lock(mutex_);
  return latency_;
}

void RedisCounters::note(Status status, std::chrono::nanoseconds latency) {
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
  latency_ = latency;
}

}  // namespace memory_api::resilience
