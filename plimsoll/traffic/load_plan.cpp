#include "plimsoll/traffic/load_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace plimsoll::traffic {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

constexpr double most_rate = 10'000'000;
constexpr std::chrono::hours longest{24 * 7};

std::unexpected<base::Error> refuse(std::string message, std::string hint = {}) {
  return base::fail(ErrorCode::invalid_argument, std::move(message), std::move(hint));
}

base::Nanoseconds length_of(const std::vector<Stage>& stages) {
  return std::accumulate(stages.begin(), stages.end(), base::Nanoseconds{},
                         [](base::Nanoseconds sum, const Stage& stage) { return sum + stage.duration; });
}

base::Status check_stages(const std::vector<Stage>& stages, double most, const char* what) {
  for (const Stage& stage : stages) {
    if (!(stage.target >= 0) || stage.target > most)
      return refuse(std::string("a stage's ") + what + " is out of range");
  }
  if (!stages.empty() && length_of(stages) <= base::Nanoseconds{}) return refuse("the stages last no time");
  return {};
}

base::Status check_contradictions(const LoadShape& shape) {
  if (shape.is_open() && (shape.users || !shape.user_stages.empty())) {
    return refuse(
        "both a rate and users are given",
        "a rate is a schedule that never waits (open model); users wait for answers (closed model)");
  }
  if (shape.duration && shape.requests) return refuse("both a duration and a number of requests are given");
  const bool staged = !shape.rate_stages.empty() || !shape.user_stages.empty();
  if (staged && (shape.duration || shape.requests)) {
    return refuse("stages have durations of their own", "leave out the duration and the number of requests");
  }
  if (shape.is_open() && shape.think_time.mean > base::Nanoseconds{}) {
    return refuse("a think time belongs to users, not to a rate");
  }
  return {};
}

base::Status check_ranges(const LoadShape& shape) {
  if (shape.rate && !(*shape.rate > 0 && *shape.rate <= most_rate))
    return refuse("the rate must be above 0 and at most 10,000,000 per second");
  if (shape.users && (*shape.users < (shape.user_stages.empty() ? 1 : 0) || *shape.users > most_users)) {
    return refuse("users must be a whole number from 1 to 100,000");
  }
  if (shape.connections && (*shape.connections < 1 || *shape.connections > most_users)) {
    return refuse("connections must be a whole number from 1 to 100,000");
  }
  if (shape.requests && *shape.requests == 0) return refuse("the number of requests must be at least 1");
  if (shape.timeout <= base::Nanoseconds{}) return refuse("the timeout must be above 0");
  if (expected_length(shape) > longest) return refuse("a load run lasts at most a week");
  if (shape.is_open() && make_schedule(shape, 1).count() == 0) {
    return refuse("this rate and duration make no request at all");
  }
  return {};
}

std::optional<double> level_at(const std::optional<double>& start, const std::vector<Stage>& stages,
                               double second) {
  if (stages.empty()) return start;
  return Ramp(start.value_or(0), stages).level(second);
}

}  // namespace

base::Status check_shape(const LoadShape& shape) {
  BASE_TRY(check_contradictions(shape));
  BASE_TRY(check_stages(shape.rate_stages, most_rate, "rate"));
  BASE_TRY(check_stages(shape.user_stages, most_users, "users"));
  return check_ranges(shape);
}

base::Nanoseconds pause_of(const ThinkTime& think, base::Random& random) {
  if (think.mean <= base::Nanoseconds{} || think.distribution == ThinkDistribution::constant)
    return think.mean;
  return base::Nanoseconds(std::llround(static_cast<double>(think.mean.count()) * random.exponential()));
}

base::Nanoseconds expected_length(const LoadShape& shape) {
  if (!shape.rate_stages.empty()) return shape.warmup + length_of(shape.rate_stages);
  if (!shape.user_stages.empty()) return shape.warmup + length_of(shape.user_stages);
  if (!shape.requests) return shape.warmup + shape.duration.value_or(std::chrono::seconds(10));
  if (!shape.rate) return {};
  return shape.warmup +
         base::Nanoseconds(std::llround(static_cast<double>(*shape.requests) / *shape.rate * 1e9));
}

// How long a number of requests takes nobody knows: half a microsecond each makes 30 slices at the fastest
// there is, and bearably many at the slowest.
base::Nanoseconds slice_length_of(const LoadPlan& plan) {
  if (plan.slice_length) return *plan.slice_length;
  const LoadShape& shape = plan.shape;
  const base::Nanoseconds length = expected_length(shape);
  const base::Nanoseconds slice =
      length == 0ns ? 500ns * static_cast<std::int64_t>(std::min<std::uint64_t>(*shape.requests, 2'000'000))
                    : (length - shape.warmup) / 30;
  return std::clamp<base::Nanoseconds>(slice, 10ms, 1s);
}

base::Status check_target(const LoadPlan& plan) {
  if (plan.target.is_loopback() || plan.target.host == plan.allowed_host) return {};
  return refuse("load goes to this machine only, and " + plan.target.host + " is another",
                "where you may put load on it, say --i-may-load " + plan.target.host);
}

std::optional<double> rate_at(const LoadShape& shape, double second) {
  if (!shape.is_open()) return std::nullopt;
  return level_at(shape.rate, shape.rate_stages, second);
}

std::optional<double> users_at(const LoadShape& shape, double second) {
  if (shape.is_open()) return std::nullopt;
  std::optional<double> start;
  if (shape.users) start = *shape.users;
  if (!start && shape.user_stages.empty()) start = default_users;
  return level_at(start, shape.user_stages, second);
}

Schedule make_schedule(const LoadShape& shape, std::uint64_t seed) {
  if (!shape.rate_stages.empty()) return {shape.rate.value_or(0), shape.rate_stages, shape.arrival, seed};
  const Stage whole{expected_length(shape) - shape.warmup, *shape.rate};
  return {*shape.rate, std::span(&whole, 1), shape.arrival, seed};
}

}  // namespace plimsoll::traffic
