// What a load run shall do: which requests, how many when, for how long, and what counts as success.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/url.h"
#include "plimsoll/traffic/request_template.h"
#include "plimsoll/traffic/schedule.h"
#include "plimsoll/traffic/status_set.h"
#include "plimsoll/traffic/tls.h"

namespace plimsoll::traffic {

enum class ThinkDistribution { exponential, constant };

// What a user of the closed model waits between an answer and the next request.
struct ThinkTime {
  base::Nanoseconds mean{};
  ThinkDistribution distribution = ThinkDistribution::exponential;
  bool operator==(const ThinkTime&) const = default;
};

// How requests are spread over time. Open where `rate` or `rate_stages` is given: requests are due on a
// schedule whatever the server does. Else closed: `users` users with a connection each, who wait for an
// answer, think, and ask again.
struct LoadShape {
  std::optional<double> rate;  // requests per second; with rate_stages, where they start from (else 0)
  std::vector<Stage> rate_stages;
  std::optional<int> users;  // with user_stages, how many there are at first (else 0)
  std::vector<Stage> user_stages;
  Arrival arrival = Arrival::constant;
  std::optional<int>
      connections;  // open: at most this many; absent: as many as needed, up to the machine's limit
  ThinkTime think_time;
  std::optional<base::Nanoseconds> duration;             // default 10 s; stages have their own
  std::optional<std::uint64_t> requests;                 // this many, in place of a duration
  base::Nanoseconds timeout = std::chrono::seconds(30);  // from when a request was due
  base::Nanoseconds warmup{};                            // before the rest; its requests are not counted
  // When for so long no request was answered and some failed, the service is dead and the run ends. 0: never.
  base::Nanoseconds abort_after = std::chrono::minutes(1);

  bool is_open() const { return rate.has_value() || !rate_stages.empty(); }
  bool operator==(const LoadShape&) const = default;
};

inline constexpr int most_users = 100'000;
inline constexpr int default_users = 10;

// invalid_argument, saying which two keys contradict each other or which value is out of range.
base::Status check_shape(const LoadShape& shape);

// How long the load lasts, warm-up included; 0 where only a number of requests of the closed model says so.
base::Nanoseconds expected_length(const LoadShape& shape);

// The open model's schedule without its warm-up.
Schedule make_schedule(const LoadShape& shape, std::uint64_t seed);

// One kind of request of the mix.
struct Route {
  std::string name;
  double weight = 1;
  RequestTemplate request;
  StatusSet expect = StatusSet::success();
};

struct LoadPlan {
  net::Url target;            // the host that all routes share
  TlsOptions tls;             // of https
  std::string allowed_host;   // load goes to loopback, or to this host where somebody said so
  std::vector<Route> routes;  // at least one
  LoadShape shape;
  std::vector<double> latency_edges;  // bounds to be counted exactly, seconds; at most 32
  std::vector<double> service_edges;
  std::vector<double> first_byte_edges;  // together with those of latency at most 32
  std::vector<double> first_event_edges;
  std::vector<double> gap_edges;
  std::uint64_t seed = 1;
  int threads = 0;  // 0: as many as are worth it
};

}  // namespace plimsoll::traffic
