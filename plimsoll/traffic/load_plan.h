// What a load run shall do: which requests, how many when, for how long, and what counts as success.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "net/url.h"
#include "plimsoll/traffic/request/request_template.h"
#include "plimsoll/traffic/request/response_checks.h"
#include "plimsoll/traffic/request/status_set.h"
#include "plimsoll/traffic/schedule.h"
#include "plimsoll/traffic/tls.h"

namespace plimsoll::traffic {

enum class ThinkDistribution { exponential, constant };

// What a user of the closed model waits between an answer and the next request.
struct ThinkTime {
  base::Nanoseconds mean{};
  ThinkDistribution distribution = ThinkDistribution::exponential;
  bool operator==(const ThinkTime&) const = default;
};

// One pause, drawn.
base::Nanoseconds pause_of(const ThinkTime& think_time, base::Random& random);

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

// How many requests are due a second, or users there are, at this second of the run; nothing where the shape
// is of the other model.
std::optional<double> rate_at(const LoadShape& shape, double second);
std::optional<double> users_at(const LoadShape& shape, double second);

// The open model's schedule without its warm-up.
Schedule make_schedule(const LoadShape& shape, std::uint64_t seed);

// What a step of a flow does besides asking.
struct StepLogic {
  std::vector<Check> checks;
  std::vector<Extraction> extractions;
  std::optional<ThinkTime> think_time;  // after it, in place of the shape's
  bool once = false;                    // only in a user's first flow
  bool goes_on = false;                 // the flow goes on although it failed
  std::string path;                     // fixed part of it, for cookies
};

// One kind of request: of the mix, or a step of a flow.
struct Route {
  std::string name;
  double weight = 1;  // of the mix
  RequestTemplate request;
  StatusSet expect = StatusSet::success();
  StepLogic logic = {};
  std::string scenario = {};  // of a plan with parts; then `name` begins with it and a slash

  // The name within its scenario.
  std::string_view label() const {
    return scenario.empty() ? std::string_view(name) : std::string_view(name).substr(scenario.size() + 1);
  }
};

// Steps that one user takes one after the other.
struct Flow {
  std::string name;
  double weight = 1;
  std::uint32_t first_route = 0;
  std::uint32_t routes = 1;
  std::vector<std::pair<std::uint32_t, TextTemplate>> variables = {};  // slots that are set when it begins
};

// What flows need besides their steps.
struct Flows {
  std::vector<Flow> list;  // none: each request is drawn from the routes by itself
  Vocabulary vocabulary;
  std::vector<std::string>
      values;            // of variables at first, by slot: what the set-up extracted; may be shorter
  bool cookies = false;  // users keep them
};

struct LoadPlan;

// One of several scenarios that run at the same time.
struct LoadPart {
  std::string scenario;
  std::shared_ptr<const LoadPlan> plan;
  base::Nanoseconds start{};  // after the run's begin
};

// Where there are `parts`, `routes` are those of all of them one after the other (called "scenario/route"),
// `shape` spans them, and edges, seed, threads and allowed host hold for every part; `flows` is empty.
struct LoadPlan {
  net::Url target;            // the host that all routes share
  TlsOptions tls;             // of https
  std::string allowed_host;   // load goes to loopback, or to this host where somebody said so
  std::vector<Route> routes;  // at least one
  Flows flows;
  LoadShape shape;
  std::vector<double> latency_edges;  // bounds to be counted exactly, seconds; at most 32
  std::vector<double> service_edges;
  std::vector<double> first_byte_edges;  // together with those of latency at most 32
  std::vector<double> first_event_edges;
  std::vector<double> gap_edges;
  std::uint64_t seed = 1;
  int threads = 0;                                     // 0: as many as are worth it
  std::optional<base::Nanoseconds> slice_length = {};  // else as fits the shape
  std::vector<LoadPart> parts = {};
  std::shared_ptr<const LoadPlan> setup = {};     // its first flow is taken once before the load …
  std::shared_ptr<const LoadPlan> teardown = {};  // … and this one's after it; neither is measured
};

// At least 30 slices where there is time for them, a second each at most.
base::Nanoseconds slice_length_of(const LoadPlan& plan);

// Load goes to loopback, or to the host that somebody allowed: invalid_argument for any other.
base::Status check_target(const LoadPlan& plan);

}  // namespace plimsoll::traffic
