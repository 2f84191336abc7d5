#include "tests/integration/load/load_runs.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::traffic {

LoadPlan plan_for(const std::string& url, const LoadShape& shape) {
  Scenario scenario = *single_request(*net::parse_url(url), "test");
  scenario.shape = shape;
  return *make_plan(scenario, "", {});
}

LoadShape closed(int users, std::uint64_t requests) {
  LoadShape shape;
  shape.users = users;
  shape.requests = requests;
  return shape;
}

LoadShape open(double rate, base::Nanoseconds duration) {
  LoadShape shape;
  shape.rate = rate;
  shape.duration = duration;
  return shape;
}

LoadResult run(const LoadPlan& plan, const LoadEvents& events) {
  const auto result = run_load(plan, events);
  if (!result) throw std::runtime_error(base::to_string(result.error()));
  return *result;
}

LoadResult run(const ScriptedServer& server, const LoadShape& shape) {
  return run(plan_for(server.url(), shape));
}

std::uint64_t count(const LoadResult& result, ErrorKind kind) {
  return result.all.errors[static_cast<std::size_t>(kind)];
}

std::uint64_t answered(const LoadResult& result) {
  std::uint64_t sum = 0;
  for (const auto& [status, n] : result.all.responses) sum += n;
  return sum;
}

void expect_sound(const LoadResult& result) {
  EXPECT_EQ(result.all.latency.count(), result.all.requests);
  const ErrorCounts& errors = result.all.errors;
  const std::uint64_t http = count(result, ErrorKind::http_4xx) + count(result, ErrorKind::http_5xx) +
                             count(result, ErrorKind::check);
  EXPECT_EQ(answered(result) + total(errors) - http + result.open_at_end, result.all.requests);
}

}  // namespace plimsoll::traffic
