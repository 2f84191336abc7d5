#include "plimsoll/traffic/scenario/scenario.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml_environment.h"
#include "plimsoll/traffic/scenario/shape_overrides.h"
#include "plimsoll/traffic/scenario/step_reader.h"

namespace plimsoll::traffic {
namespace {

using base::yaml::Entry;
using fields::at_place;
using fields::into;
using fields::Node;
using fields::Reader;
using fields::Readers;
using fields::wrong;

constexpr std::size_t most_scenarios = 16;
constexpr std::size_t most_flows = 100;
constexpr std::size_t most_tables = 20;

base::Result<Arrival> arrival_of(const Node& node) {
  if (node.is_scalar() && node.text == "constant") return Arrival::constant;
  if (node.is_scalar() && node.text == "poisson") return Arrival::poisson;
  return wrong(node, "constant or poisson");
}

base::Result<std::uint64_t> requests_of(const Node& node) {
  const auto number = node.is_scalar() ? base::parse_integer(node.text) : std::nullopt;
  if (!number || *number < 1) return wrong(node, "a whole number of requests, at least 1");
  return static_cast<std::uint64_t>(*number);
}

base::Status read_stage(const Node& node, LoadShape& shape) {
  std::optional<base::Nanoseconds> duration;
  std::optional<double> rate;
  std::optional<double> users;
  const auto users_of = [](const Node& value) {
    return fields::count_of(value, 0, "a whole number of users, at most 100,000");
  };
  BASE_TRY(fields::read_map(
      node, "a stage like {duration: 30s, rate: 100}",
      {{"duration", into(duration, [](const Node& value) { return fields::duration_of(value, true); })},
       {"rate",
        into(rate,
             [](const Node& value) { return fields::number_of(value, 0, 1e7, "a rate of at least 0"); })},
       {"users", into(users, users_of)}}));
  if (!duration || rate.has_value() == users.has_value()) {
    return base::fail_at(node.place, "a stage needs `duration` and one of `rate` and `users`");
  }
  (rate ? shape.rate_stages : shape.user_stages).push_back({*duration, rate ? *rate : *users});
  return {};
}

base::Status read_stages(const Node& node, LoadShape& shape) {
  if (!node.is_sequence() || node.items.empty())
    return wrong(node, "a list of stages like {duration: 30s, rate: 100}");
  shape.rate_stages.clear();
  shape.user_stages.clear();
  for (const Node& item : node.items) BASE_TRY(read_stage(item, shape));
  if (!shape.rate_stages.empty() && !shape.user_stages.empty()) {
    return base::fail_at(node.place, "stages are all of a rate or all of users, not both");
  }
  return {};
}

base::Result<base::Nanoseconds> abort_of(const Node& node) {
  if (!node.is_scalar()) return wrong(node, "a delay like 30s, or never");
  return at_place(parse_abort(node.text), node.place);
}

base::Status read_url(const Node& node, std::string& url) {
  BASE_ASSIGN(url, fields::text_of(node));
  BASE_TRY(at_place(net::parse_url(base::replace_all(url, "{port}", "1")), node.place));
  return {};
}

// What a variable or table may be called: what $( … ) can tell from a generated value.
base::Status check_word(const std::string& word, const base::Place& place) {
  constexpr std::array<std::string_view, 6> taken = {"seq", "uuid", "random_int", "pick", "line", "time"};
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (word.empty() || word.size() > 60 || !std::ranges::all_of(word, good) ||
      (word[0] >= '0' && word[0] <= '9')) {
    return base::fail_at(place, "\"" + base::printable(base::truncate_utf8(word, 60)) + "\" is no name",
                         "a name holds letters, digits and _");
  }
  if (std::ranges::find(taken, word) != taken.end())
    return base::fail_at(place, "$(" + word + ") is a generated value", "choose another name");
  return {};
}

// Every name that `variables:` and `extract:` give, wherever it stands, so that any text may use it.
base::Status collect_variables(const Node& node, Vocabulary& vocabulary) {
  constexpr std::array<std::string_view, 4> places = {"flows", "steps", "setup", "teardown"};
  for (const Node& item : node.items) BASE_TRY(collect_variables(item, vocabulary));
  for (const Entry& entry : node.entries) {
    const bool names = entry.key == "variables" || entry.key == "extract";
    if (names && entry.value.is_map()) {
      for (const Entry& variable : entry.value.entries) {
        BASE_TRY(check_word(variable.key, variable.key_place));
        if (!vocabulary.slot_of(variable.key)) vocabulary.variables.push_back(variable.key);
      }
    } else if (std::ranges::find(places, entry.key) != places.end()) {
      BASE_TRY(collect_variables(entry.value, vocabulary));
    }
  }
  // The names below `scenarios:` are the user's.
  const Node* scenarios = node.find("scenarios");
  if (scenarios == nullptr) return {};
  for (const Entry& scenario : scenarios->entries) BASE_TRY(collect_variables(scenario.value, vocabulary));
  return {};
}

base::Result<RowChoice> row_choice_of(const Node& node) {
  if (node.is_scalar() && node.text == "sequential") return RowChoice::sequential;
  if (node.is_scalar() && node.text == "random") return RowChoice::random;
  if (node.is_scalar() && node.text == "per_user") return RowChoice::per_user;
  return wrong(node, "sequential, random or per_user");
}

class FileReader {
 public:
  explicit FileReader(const std::filesystem::path& file)
      : folder_(file.parent_path()), vocabulary_(std::make_shared<Vocabulary>()) {
    file_.name = file.stem().string();
  }

  base::Result<ScenarioFile> read(const Node& root) {
    BASE_TRY(collect_variables(root, *vocabulary_));
    if (const Node* data = root.find("data")) BASE_TRY(read_data(*data));
    Scenario common;
    common.vocabulary = vocabulary_;
    std::optional<base::Place> shape_place;
    Readers readers = scenario_readers(common, shape_place);
    const auto later = [](const Node&) -> base::Status { return {}; };
    for (const char* key : {"data", "setup", "teardown", "scenarios"}) readers.emplace_back(key, later);
    readers.emplace_back("name", into(file_.name, fields::name_of));
    BASE_TRY(fields::read_map(root, "a scenario (a map with `steps:`)", readers));
    if (const Node* scenarios = root.find("scenarios")) {
      BASE_TRY(read_scenarios(root, *scenarios, common));
    } else {
      common.name = file_.name;
      BASE_TRY(add_scenario(std::move(common), root, shape_place));
    }
    BASE_TRY(read_once(root, "setup", file_.setup));
    BASE_TRY(read_once(root, "teardown", file_.teardown));
    return std::move(file_);
  }

 private:
  StepReader step_reader() { return {folder_, *vocabulary_, file_.thresholds}; }

  base::Status read_ca(const Node& node, TlsOptions& tls) const {
    BASE_ASSIGN(const std::string name, fields::text_of(node));
    tls.ca_file = folder_ / name;
    std::error_code none;
    if (std::filesystem::is_regular_file(tls.ca_file, none)) return {};
    return base::fail_at(node.place, "there is no file " + base::printable(tls.ca_file));
  }

  // Remembers where the shape was last spoken of: what contradicts something earlier is the later one's
  // fault.
  static Reader placed(std::optional<base::Place>& place, Reader reader) {
    return [&place, reader](const Node& node) {
      place = node.place;
      return reader(node);
    };
  }

  Readers scenario_readers(Scenario& scenario, std::optional<base::Place>& place) {
    LoadShape& shape = scenario.shape;
    const auto duration = [](const Node& node) { return fields::duration_of(node, false); };
    const auto maybe_none = [](const Node& node) { return fields::duration_of(node, true); };
    const auto users = [](const Node& node) {
      return fields::count_of(node, 0, "a whole number of users, at most 100,000");
    };
    const auto rate = [](const Node& node) {
      return fields::number_of(node, 1e-6, 1e7, "a rate above 0 (requests per second)");
    };
    const auto count = [](const Node& node) {
      return fields::count_of(node, 1, "a whole number from 1 to 100,000");
    };
    const auto later = [](const Node&) -> base::Status { return {}; };
    return {
        {"url", [&scenario](const Node& node) { return read_url(node, scenario.url); }},
        {"headers", [&, this](const Node& node) { return step_reader().headers(node, scenario.headers); }},
        {"expect", into(scenario.expect, expect_of)},
        {"users", placed(place, into(shape.users, users))},
        {"rate", placed(place, into(shape.rate, rate))},
        {"stages", placed(place, [&shape](const Node& node) { return read_stages(node, shape); })},
        {"arrival", into(shape.arrival, arrival_of)},
        {"connections", into(shape.connections, count)},
        {"think_time", placed(place, into(shape.think_time, think_time_of))},
        {"duration", placed(place, into(shape.duration, duration))},
        {"requests", placed(place, into(shape.requests, requests_of))},
        {"warmup", into(shape.warmup, maybe_none)},
        {"timeout", into(shape.timeout, duration)},
        {"abort", into(shape.abort_after, abort_of)},
        {"insecure", into(scenario.tls.insecure, fields::flag_of)},
        {"ca", [&, this](const Node& node) { return read_ca(node, scenario.tls); }},
        {"sni", into(scenario.tls.server_name, fields::text_of)},
        {"start", into(scenario.start, maybe_none)},
        {"cookies", into(scenario.cookies, fields::flag_of)},
        {"variables",
         into(scenario.variables, [this](const Node& node) { return step_reader().variables(node); })},
        {"thresholds", later},
        {"steps", later},
        {"flows", later},
    };
  }

  base::Status read_scenarios(const Node& root, const Node& node, const Scenario& common) {
    for (const char* key : {"steps", "flows"}) {
      if (const Node* other = root.find(key))
        return base::fail_at(other->place, std::string("`") + key + "` stands beside `scenarios`",
                             "put it into one of the scenarios");
    }
    if (!node.is_map() || node.entries.empty() || node.entries.size() > most_scenarios)
      return wrong(node, "1 to 16 scenarios by name, like {readers: {rate: 50, steps: […]}}");
    if (const Node* bounds = root.find("thresholds"))
      BASE_TRY(read_thresholds(*bounds, "", "", file_.thresholds));
    several_ = true;
    for (const Entry& entry : node.entries) {
      if (entry.key.empty() || entry.key.size() > 200)
        return base::fail_at(entry.key_place, "expected a name of at most 200 bytes");
      Scenario scenario = common;
      scenario.name = entry.key;
      std::optional<base::Place> place;
      BASE_TRY(fields::read_map(entry.value, "a scenario (a map with `steps:` or `flows:`)",
                                scenario_readers(scenario, place)));
      BASE_TRY(add_scenario(std::move(scenario), entry.value, place));
    }
    return {};
  }

  // What is left once the scalars are read.
  base::Status add_scenario(Scenario scenario, const Node& node, const std::optional<base::Place>& place) {
    std::vector<std::string> names;
    const Node* steps = node.find("steps");
    const Node* flows = node.find("flows");
    if (steps != nullptr && flows != nullptr)
      return base::fail_at(flows->place, "a scenario has `steps` or `flows`, not both",
                           "make the steps a flow of their own");
    if (steps == nullptr && flows == nullptr)
      return base::fail_at(node.place, "a scenario needs `steps:`",
                           "add at least one {name, path}, or `flows:`");
    if (steps != nullptr) {
      BASE_ASSIGN(scenario.steps, step_reader().steps(*steps, "step ", owner(scenario), names));
    } else {
      BASE_TRY(read_flows(*flows, scenario, names));
    }
    if (const Node* bounds = node.find("thresholds"))
      BASE_TRY(read_thresholds(*bounds, owner(scenario), "", file_.thresholds));
    LoadShape& shape = scenario.shape;
    const bool users_by_connections = !shape.is_open() && !shape.users && shape.user_stages.empty();
    if (users_by_connections) shape.users = shape.connections;
    if (base::Status status = check_shape(shape); !status) {
      return base::fail_at(place.value_or(node.place), status.error().message, status.error().hint);
    }
    file_.scenarios.push_back(std::move(scenario));
    return {};
  }

  base::Status read_flows(const Node& node, Scenario& scenario, std::vector<std::string>& names) {
    if (!node.is_sequence() || node.items.empty() || node.items.size() > most_flows)
      return wrong(node, "a list of 1 to 100 flows like {name: buy, steps: […]}");
    for (const Node& item : node.items) {
      BASE_TRY(read_flow(item, scenario, names));
      const std::string& name = scenario.flows.back().name;
      if (std::ranges::count(scenario.flows, name, &FlowOfSteps::name) > 1)
        return base::fail_at(item.place, "two flows are named \"" + base::printable(name) + "\"");
    }
    return {};
  }

  base::Status read_flow(const Node& node, Scenario& scenario, std::vector<std::string>& names) {
    FlowOfSteps flow;
    flow.name = "flow " + std::to_string(scenario.flows.size() + 1);
    const auto weight = [](const Node& value) {
      return fields::number_of(value, 1e-9, 1e9, "a weight above 0");
    };
    const auto later = [](const Node&) -> base::Status { return {}; };
    BASE_TRY(fields::read_map(
        node, "a flow like {name: buy, steps: […]}",
        {{"name", into(flow.name, fields::name_of)},
         {"weight", into(flow.weight, weight)},
         {"variables",
          into(flow.variables, [this](const Node& value) { return step_reader().variables(value); })},
         {"steps", later}}));
    const Node* steps = node.find("steps");
    if (steps == nullptr) return base::fail_at(node.place, "a flow needs `steps:`");
    BASE_ASSIGN(flow.steps, step_reader().steps(*steps, flow.name + " ", owner(scenario), names));
    if (std::ranges::all_of(flow.steps, [](const Step& step) { return step.logic.once; }))
      return base::fail_at(steps->place, "every step of this flow is taken `once`",
                           "a flow needs a step that is taken each time");
    scenario.flows.push_back(std::move(flow));
    return {};
  }

  // Steps of set-up and tear-down: nobody's flow, so some keys mean nothing there.
  base::Status read_once(const Node& root, const char* key, std::vector<Step>& steps) {
    const Node* node = root.find(key);
    if (node == nullptr) return {};
    std::vector<std::string> names;
    for (const Node& item : node->items) {
      for (const Entry& entry : item.entries) {
        const bool idle = entry.key == "weight" || entry.key == "think_time" || entry.key == "once" ||
                          entry.key == "on_error" || entry.key == "thresholds";
        if (idle) return base::fail_at(entry.key_place, entry.key + " means nothing in `" + key + "`");
      }
    }
    BASE_ASSIGN(steps, step_reader().steps(*node, std::string(key) + " ", "", names));
    return {};
  }

  base::Status read_data(const Node& node) {
    if (!node.is_map() || node.entries.empty() || node.entries.size() > most_tables)
      return wrong(node, "1 to 20 data files by name, like {users: users.csv}");
    for (const Entry& entry : node.entries) {
      BASE_TRY(check_word(entry.key, entry.key_place));
      BASE_TRY(read_table(entry));
    }
    return {};
  }

  base::Status read_table(const Entry& entry) {
    const Node* file = &entry.value;
    RowChoice choice = RowChoice::sequential;
    if (entry.value.is_map()) {
      file = entry.value.find("file");
      const auto later = [](const Node&) -> base::Status { return {}; };
      BASE_TRY(fields::read_map(entry.value, "a data file",
                                {{"file", later}, {"pick", into(choice, row_choice_of)}}));
      if (file == nullptr) return base::fail_at(entry.value.place, "a data file needs `file:`");
    }
    BASE_ASSIGN(const std::string name, fields::text_of(*file));
    auto table = read_data_table(folder_ / name);
    BASE_ASSIGN(DataTable read, at_place(std::move(table), file->place));
    read.name = entry.key;
    read.choice = choice;
    file_.data_files.push_back(folder_ / name);
    vocabulary_->tables.push_back(std::make_shared<const DataTable>(std::move(read)));
    return {};
  }

  // Whose thresholds they are: a scenario that is alone in its file is called as its caller says.
  std::string owner(const Scenario& scenario) const { return several_ ? scenario.name : ""; }

  std::filesystem::path folder_;
  std::shared_ptr<Vocabulary> vocabulary_;
  ScenarioFile file_;
  bool several_ = false;
};

// An environment variable's text means itself, also where it holds the mark of a generated value.
std::string mean_itself(std::string_view value) {
  return base::replace_all(std::string(value), "$(", "$$(");
}

}  // namespace

base::Result<ScenarioFile> parse_scenario_file(std::string_view text, const std::filesystem::path& file) {
  BASE_ASSIGN(Node root, base::yaml::parse(text, file.string()));
  BASE_TRY(base::yaml::substitute_environment(root, base::yaml::process_environment, {mean_itself, "${"}));
  return FileReader(file).read(root);
}

base::Result<ScenarioFile> read_scenario_file(const std::filesystem::path& file) {
  BASE_ASSIGN(const std::string text, base::read_file(file, 1 << 20));
  return parse_scenario_file(text, file);
}

base::Result<Scenario> parse_scenario(std::string_view text, const std::filesystem::path& file) {
  BASE_ASSIGN(ScenarioFile read, parse_scenario_file(text, file));
  return std::move(read.scenarios.front());
}

base::Result<Scenario> read_scenario(const std::filesystem::path& file) {
  BASE_ASSIGN(ScenarioFile read, read_scenario_file(file));
  return std::move(read.scenarios.front());
}

}  // namespace plimsoll::traffic
