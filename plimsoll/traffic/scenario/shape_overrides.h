// What a command line or a plan says about a load's shape, beside what a scenario says.
#pragma once

#include <string_view>

#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::traffic {

// Absent: as the scenario has it.
struct ShapeOverrides {
  std::optional<double> rate;
  std::vector<Stage> rate_stages;
  std::optional<int> users;
  std::vector<Stage> user_stages;
  std::optional<int> connections;  // of the closed model: users
  std::optional<Arrival> arrival;
  std::optional<base::Nanoseconds> think_time;
  std::optional<base::Nanoseconds> duration;
  std::optional<std::uint64_t> requests;
  std::optional<base::Nanoseconds> timeout;
  std::optional<base::Nanoseconds> warmup;
  std::optional<base::Nanoseconds> abort_after;
};

// A rate in place of users (or the reverse) replaces the model with its think time and stages; a duration
// replaces a number of requests and stages, and the reverse. Contradictions within the overrides stay, for
// check_shape to refuse.
LoadShape with_overrides(LoadShape shape, const ShapeOverrides& overrides);

// The same for every scenario of a file. Several at once have rates and users of their own: invalid_argument
// where the overrides name one.
base::Status override_shapes(ScenarioFile& file, const ShapeOverrides& overrides);

// The same load over another length: a duration is replaced, stages are stretched.
LoadShape with_length(LoadShape shape, base::Nanoseconds length);

// "30s:100,2m:1000": stages of a rate.
base::Result<std::vector<Stage>> parse_stages(std::string_view text);

// "30s", or "never" (0): for LoadShape::abort_after.
base::Result<base::Nanoseconds> parse_abort(std::string_view text);

}  // namespace plimsoll::traffic
