#include "plimsoll/traffic/scenario.h"

#include <algorithm>
#include <functional>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "base/yaml.h"
#include "net/headers.h"
#include "plimsoll/traffic/yaml_body.h"

namespace plimsoll::traffic {
namespace {

using base::yaml::Entry;
using base::yaml::Node;

constexpr std::size_t most_steps = 200;
constexpr std::size_t longest_name = 200;

std::unexpected<base::Error> wrong(const Node& node, std::string expected) {
  return base::fail_at(node.place,
                       "expected " + std::move(expected) + ", found " + base::yaml::describe(node));
}

// The error of a text's own reader, at the text's place.
template <class T>
base::Result<T> at_place(base::Result<T> result, const base::Place& place) {
  if (!result && !result.error().place) result.error().place = place;
  if (!result) result.error().code = base::ErrorCode::invalid_argument;
  return result;
}

base::Result<std::string> text_of(const Node& node) {
  if (!node.is_scalar() || node.text.empty()) return wrong(node, "a text");
  return node.text;
}

base::Result<double> number_of(const Node& node, double low, double high, const std::string& what) {
  const auto number = node.is_scalar() ? base::parse_double(node.text) : std::nullopt;
  if (!number || !(*number >= low) || *number > high) return wrong(node, what);
  return *number;
}

base::Result<int> count_of(const Node& node, int low, const std::string& what) {
  const auto number = node.is_scalar() ? base::parse_integer(node.text) : std::nullopt;
  if (!number || *number < low || *number > most_users) return wrong(node, what);
  return static_cast<int>(*number);
}

base::Result<base::Nanoseconds> duration_of(const Node& node, bool may_be_zero) {
  if (may_be_zero && node.is_scalar() && (node.text == "0" || node.text == "0s")) return base::Nanoseconds{};
  if (!node.is_scalar()) return wrong(node, "a duration like 30s");
  return at_place(base::parse_duration(node.text), node.place);
}

// Keys and what reads their values; the error for an unknown key names the nearest known one.
using Reader = std::function<base::Status(const Node&)>;
using Readers = std::vector<std::pair<std::string, Reader>>;

base::Status read_map(const Node& node, const std::string& what, const Readers& readers) {
  if (!node.is_map()) return wrong(node, what);
  std::vector<std::string> known;
  for (const auto& [key, reader] : readers) known.push_back(key);
  for (const Entry& entry : node.entries) {
    const auto reader = std::ranges::find(known, entry.key);
    if (reader == known.end()) {
      const auto near = base::nearest(entry.key, known);
      return base::fail_at(entry.key_place,
                           "unknown key \"" + base::printable(base::truncate_utf8(entry.key, 60)) + "\"",
                           near ? "did you mean " + *near + "?" : "known keys: " + base::join(known, ", "));
    }
    if (entry.value.is_null()) return base::fail_at(entry.key_place, entry.key + " has no value");
    BASE_TRY(readers[static_cast<std::size_t>(reader - known.begin())].second(entry.value));
  }
  return {};
}

template <class T, class Parse>
Reader into(T& target, Parse parse) {
  return [&target, parse](const Node& node) -> base::Status {
    BASE_ASSIGN(target, parse(node));
    return {};
  };
}

class ScenarioReader {
 public:
  explicit ScenarioReader(const std::filesystem::path& file) : folder_(file.parent_path()) {
    scenario_.name = file.stem().string();
  }

  base::Result<Scenario> read(const Node& root) {
    BASE_TRY(read_map(root, "a scenario (a map with `steps:`)", readers()));
    if (scenario_.steps.empty()) {
      return base::fail_at(root.place, "a scenario needs `steps:`", "add at least one {name, path}");
    }
    LoadShape& shape = scenario_.shape;
    const bool users_by_connections = !shape.is_open() && !shape.users && shape.user_stages.empty();
    if (users_by_connections) shape.users = shape.connections;
    if (base::Status status = check_shape(shape); !status) {
      return base::fail_at(shape_place_.value_or(root.place), status.error().message, status.error().hint);
    }
    return std::move(scenario_);
  }

 private:
  Readers readers() {
    LoadShape& shape = scenario_.shape;
    const auto duration = [](const Node& node) { return duration_of(node, false); };
    const auto count = [](const Node& node) { return count_of(node, 1, "a whole number from 1 to 100,000"); };
    return {
        {"name", into(scenario_.name, [](const Node& node) { return name_of(node); })},
        {"url", [this](const Node& node) { return read_url(node); }},
        {"headers", [this](const Node& node) { return read_headers(node, scenario_.headers); }},
        {"expect", into(scenario_.expect, [](const Node& node) { return expect_of(node); })},
        {"users", placed(into(shape.users,
                              [](const Node& node) {
                                return count_of(node, 0, "a whole number of users, at most 100,000");
                              }))},
        {"rate", placed(into(shape.rate,
                             [](const Node& node) {
                               return number_of(node, 1e-6, 1e7, "a rate above 0 (requests per second)");
                             }))},
        {"stages", placed([this](const Node& node) { return read_stages(node); })},
        {"arrival", into(shape.arrival, [](const Node& node) { return arrival_of(node); })},
        {"connections", into(shape.connections, count)},
        {"think_time", placed([this](const Node& node) { return read_think_time(node); })},
        {"duration", placed(into(shape.duration, duration))},
        {"requests", placed([this](const Node& node) { return read_requests(node); })},
        {"warmup", into(shape.warmup, [](const Node& node) { return duration_of(node, true); })},
        {"timeout", into(shape.timeout, duration)},
        {"steps", [this](const Node& node) { return read_steps(node); }},
    };
  }

  // Remembers where the shape was last spoken of: what contradicts something earlier is the later one's
  // fault.
  Reader placed(Reader reader) {
    return [this, reader](const Node& node) {
      shape_place_ = node.place;
      return reader(node);
    };
  }

  static base::Result<std::string> name_of(const Node& node) {
    BASE_ASSIGN(std::string name, text_of(node));
    if (name.size() > longest_name) return wrong(node, "a name of at most 200 bytes");
    return name;
  }

  base::Status read_url(const Node& node) {
    BASE_ASSIGN(scenario_.url, text_of(node));
    const std::string sample = base::replace_all(scenario_.url, "{port}", "1");
    BASE_TRY(at_place(net::parse_url(sample), node.place));
    return {};
  }

  static base::Result<StatusSet> expect_of(const Node& node) {
    std::vector<std::string> parts;
    if (node.is_scalar()) parts.push_back(node.text);
    for (const Node& item : node.items) {
      BASE_ASSIGN(std::string part, text_of(item));
      parts.push_back(std::move(part));
    }
    if (parts.empty()) return wrong(node, "statuses like 200 or 2xx");
    return at_place(StatusSet::parse(base::join(parts, ",")), node.place);
  }

  static base::Result<Arrival> arrival_of(const Node& node) {
    if (node.is_scalar() && node.text == "constant") return Arrival::constant;
    if (node.is_scalar() && node.text == "poisson") return Arrival::poisson;
    return wrong(node, "constant or poisson");
  }

  base::Status read_requests(const Node& node) {
    const auto number = node.is_scalar() ? base::parse_integer(node.text) : std::nullopt;
    if (!number || *number < 1) return wrong(node, "a whole number of requests, at least 1");
    scenario_.shape.requests = static_cast<std::uint64_t>(*number);
    return {};
  }

  // `1s`, or {mean: 1s, distribution: constant}.
  base::Status read_think_time(const Node& node) {
    ThinkTime& think = scenario_.shape.think_time;
    if (node.is_scalar()) {
      BASE_ASSIGN(think.mean, duration_of(node, true));
      return {};
    }
    const auto distribution = [](const Node& value) -> base::Result<ThinkDistribution> {
      if (value.is_scalar() && value.text == "exponential") return ThinkDistribution::exponential;
      if (value.is_scalar() && value.text == "constant") return ThinkDistribution::constant;
      return wrong(value, "exponential or constant");
    };
    return read_map(node, "a think time like 1s or {mean: 1s, distribution: constant}",
                    {{"mean", into(think.mean, [](const Node& value) { return duration_of(value, true); })},
                     {"distribution", into(think.distribution, distribution)}});
  }

  base::Status read_stages(const Node& node) {
    if (!node.is_sequence() || node.items.empty())
      return wrong(node, "a list of stages like {duration: 30s, rate: 100}");
    for (const Node& item : node.items) BASE_TRY(read_stage(item));
    if (!scenario_.shape.rate_stages.empty() && !scenario_.shape.user_stages.empty()) {
      return base::fail_at(node.place, "stages are all of a rate or all of users, not both");
    }
    return {};
  }

  base::Status read_stage(const Node& node) {
    std::optional<base::Nanoseconds> duration;
    std::optional<double> rate;
    std::optional<double> users;
    BASE_TRY(read_map(
        node, "a stage like {duration: 30s, rate: 100}",
        {{"duration", into(duration, [](const Node& value) { return duration_of(value, true); })},
         {"rate",
          into(rate, [](const Node& value) { return number_of(value, 0, 1e7, "a rate of at least 0"); })},
         {"users", into(users, [](const Node& value) {
            return count_of(value, 0, "a whole number of users, at most 100,000");
          })}}));
    if (!duration || rate.has_value() == users.has_value()) {
      return base::fail_at(node.place, "a stage needs `duration` and one of `rate` and `users`");
    }
    auto& stages = rate ? scenario_.shape.rate_stages : scenario_.shape.user_stages;
    stages.push_back({*duration, rate ? *rate : *users});
    return {};
  }

  base::Status read_headers(const Node& node, std::map<std::string, TextTemplate>& headers) {
    if (!node.is_map()) return wrong(node, "headers like {Authorization: \"Token t\"}");
    for (const Entry& entry : node.entries) {
      if (!net::is_header_name(entry.key))
        return base::fail_at(entry.key_place, "\"" + base::printable(entry.key) + "\" is no header name");
      if (!entry.value.is_scalar() || !net::is_header_value(entry.value.text)) {
        return wrong(entry.value, "a header's value (one line of text)");
      }
      BASE_ASSIGN(headers[entry.key],
                  at_place(TextTemplate::parse(entry.value.text, Escape::none, folder_, entry.value.place),
                           entry.value.place));
    }
    return {};
  }

  base::Status read_steps(const Node& node) {
    if (!node.is_sequence() || node.items.empty())
      return wrong(node, "a list of steps like {name: list, path: /v1/things}");
    if (node.items.size() > most_steps) return base::fail_at(node.place, "a scenario has at most 200 steps");
    for (const Node& item : node.items) BASE_TRY(read_step(item));
    return {};
  }

  base::Status read_step(const Node& node) {
    Step step;
    bool has_path = false;
    const auto path = [&](const Node& value) -> base::Status {
      has_path = true;
      return read_path(value, step);
    };
    BASE_TRY(read_map(
        node, "a step like {name: list, path: /v1/things}",
        {{"name", into(step.name, [](const Node& value) { return name_of(value); })},
         {"weight", into(step.weight,
                         [](const Node& value) { return number_of(value, 1e-9, 1e9, "a weight above 0"); })},
         {"method", into(step.method, [](const Node& value) { return method_of(value); })},
         {"path", path},
         {"headers", [&](const Node& value) { return read_headers(value, step.headers); }},
         {"body", [&](const Node& value) { return read_body(value, step); }},
         {"expect", into(step.expect, [](const Node& value) { return expect_of(value); })}}));
    if (!has_path) return base::fail_at(node.place, "a step needs a `path`");
    return add_step(std::move(step), node.place);
  }

  base::Status add_step(Step step, const base::Place& place) {
    if (step.name.empty()) step.name = "step " + std::to_string(scenario_.steps.size() + 1);
    for (const Step& earlier : scenario_.steps) {
      if (earlier.name == step.name)
        return base::fail_at(place, "two steps are named \"" + base::printable(step.name) + "\"");
    }
    scenario_.steps.push_back(std::move(step));
    return {};
  }

  static base::Result<std::string> method_of(const Node& node) {
    static const std::vector<std::string> methods = {"GET",    "POST", "PUT",    "PATCH",
                                                     "DELETE", "HEAD", "OPTIONS"};
    if (node.is_scalar() && std::ranges::find(methods, node.text) != methods.end()) return node.text;
    return wrong(node, "one of " + base::join(methods, ", "));
  }

  base::Status read_path(const Node& node, Step& step) {
    BASE_ASSIGN(const std::string text, text_of(node));
    if (!text.starts_with('/')) return wrong(node, "a path that begins with /");
    const auto bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(text, bad)) return wrong(node, "a path without control characters");
    BASE_ASSIGN(step.path, at_place(TextTemplate::parse(text, Escape::url, folder_, node.place), node.place));
    if (step.path.has_blank()) return wrong(node, "a path without blanks (write %20)");
    return {};
  }

  base::Status read_body(const Node& node, Step& step) {
    base::Result<StepBody> body = node.is_scalar()
                                      ? at_place(make_body(node.text, folder_, node.place), node.place)
                                      : json_body(node, folder_);
    BASE_ASSIGN(step.body, std::move(body));
    return {};
  }

  std::filesystem::path folder_;
  Scenario scenario_;
  std::optional<base::Place> shape_place_;
};

}  // namespace

base::Result<Scenario> parse_scenario(std::string_view text, const std::filesystem::path& file) {
  BASE_ASSIGN(const Node root, base::yaml::parse(text, file.string()));
  return ScenarioReader(file).read(root);
}

base::Result<Scenario> read_scenario(const std::filesystem::path& file) {
  BASE_ASSIGN(const std::string text, base::read_file(file, 1 << 20));
  return parse_scenario(text, file);
}

}  // namespace plimsoll::traffic
