#include "plimsoll/traffic/scenario/shape_overrides.h"

#include <cmath>

#include "base/text.h"
#include "base/units.h"

namespace plimsoll::traffic {
namespace {

template <class T>
void override_with(T& value, const auto& other) {
  if (other) value = *other;
}

void become_open(LoadShape& shape, const ShapeOverrides& overrides) {
  shape.users.reset();
  shape.user_stages.clear();
  shape.think_time = {};
  if (overrides.rate || !overrides.rate_stages.empty()) shape.rate = overrides.rate;
  shape.rate_stages = overrides.rate_stages;
}

void become_closed(LoadShape& shape, const ShapeOverrides& overrides) {
  shape.rate.reset();
  shape.rate_stages.clear();
  shape.users = overrides.users;
  shape.user_stages = overrides.user_stages;
}

// A length that is given replaces every other way to say it; a level alone stands for one that was ramped.
void replace_length(LoadShape& shape, const ShapeOverrides& overrides) {
  if (!overrides.duration && !overrides.requests) return;
  shape.duration = overrides.duration;
  shape.requests = overrides.requests;
  if (overrides.rate_stages.empty() && !shape.rate_stages.empty()) {
    shape.rate = shape.rate_stages.back().target;
    shape.rate_stages.clear();
  }
  if (overrides.user_stages.empty() && !shape.user_stages.empty()) {
    shape.users = static_cast<int>(shape.user_stages.back().target);
    shape.user_stages.clear();
  }
}

}  // namespace

LoadShape with_overrides(LoadShape shape, const ShapeOverrides& overrides) {
  const bool open = overrides.rate || !overrides.rate_stages.empty();
  const bool closed = overrides.users || !overrides.user_stages.empty();
  const bool staged = !overrides.rate_stages.empty() || !overrides.user_stages.empty();
  if (open) become_open(shape, overrides);
  if (closed && open) shape.users = overrides.users;  // both: refused later
  if (closed && !open) become_closed(shape, overrides);
  if (staged && !overrides.duration && !overrides.requests) {
    shape.duration.reset();
    shape.requests.reset();
  }
  replace_length(shape, overrides);
  override_with(shape.arrival, overrides.arrival);
  override_with(shape.think_time.mean, overrides.think_time);
  override_with(shape.timeout, overrides.timeout);
  override_with(shape.warmup, overrides.warmup);
  override_with(shape.abort_after, overrides.abort_after);
  if (overrides.connections) {
    if (shape.is_open()) {
      shape.connections = overrides.connections;
    } else if (!overrides.users) {
      shape.users = overrides.connections;
      shape.user_stages.clear();
    }
  }
  return shape;
}

base::Status override_shapes(ScenarioFile& file, const ShapeOverrides& overrides) {
  const bool levels = overrides.rate || !overrides.rate_stages.empty() || overrides.users ||
                      !overrides.user_stages.empty() || overrides.connections || overrides.requests ||
                      overrides.think_time || overrides.arrival;
  if (levels && file.scenarios.size() > 1) {
    return base::fail(
        base::ErrorCode::invalid_argument,
        file.name + " holds several scenarios, each with a shape of its own",
        "only a duration, warm-up and time-out can be given for all; change the file for the rest");
  }
  for (Scenario& scenario : file.scenarios) scenario.shape = with_overrides(scenario.shape, overrides);
  return {};
}

LoadShape with_length(LoadShape shape, base::Nanoseconds length) {
  if (shape.rate_stages.empty() && shape.user_stages.empty()) {
    shape.duration = length;
    shape.requests.reset();
    return shape;
  }
  const base::Nanoseconds planned = expected_length(shape) - shape.warmup;
  const double factor = static_cast<double>(length.count()) / static_cast<double>(planned.count());
  for (std::vector<Stage>* stages : {&shape.rate_stages, &shape.user_stages}) {
    for (Stage& stage : *stages) {
      stage.duration = base::Nanoseconds(std::llround(static_cast<double>(stage.duration.count()) * factor));
    }
  }
  return shape;
}

base::Result<std::vector<Stage>> parse_stages(std::string_view text) {
  std::vector<Stage> stages;
  for (const std::string& part : base::split(text, ',')) {
    const std::size_t colon = part.find(':');
    const std::string_view length = base::trim(std::string_view(part).substr(0, colon));
    const auto rate = colon == std::string::npos
                          ? std::nullopt
                          : base::parse_double(base::trim(std::string_view(part).substr(colon + 1)));
    if (!rate || !(*rate >= 0)) {
      return base::fail(base::ErrorCode::invalid_argument,
                        "\"" + base::printable(base::truncate_utf8(part, 60)) + "\" is no stage",
                        "write stages like 30s:100,2m:1000 (a duration and the rate it ramps to)");
    }
    Stage stage{{}, *rate};
    if (length != "0" && length != "0s") {
      BASE_ASSIGN(stage.duration, base::parse_duration(length));
    }
    stages.push_back(stage);
  }
  return stages;
}

base::Result<base::Nanoseconds> parse_abort(std::string_view text) {
  if (text == "never") return base::Nanoseconds{};
  auto delay = base::parse_duration(text);
  if (delay && *delay > base::Nanoseconds{}) return *delay;
  return base::fail(base::ErrorCode::invalid_argument,
                    "expected a delay like 30s, or never, found \"" + base::printable(text) + "\"");
}

}  // namespace plimsoll::traffic
