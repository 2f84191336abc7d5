// A load probe's entry in the plan, as a scenario.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/traffic/live/live_output.h"
#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::probes::load {

// The entry's keys.
std::vector<plan::Field> load_fields();

struct LoadConfig {
  traffic::ScenarioFile file;  // with one scenario where the entry has a `url` only
  std::string base_url;        // "" where the guarded service is meant
  std::string allowed_host;    // besides loopback
  traffic::LiveOptions live;   // who is told while it runs
};

// Reads the scenario file where the entry names one. Errors point into it, or begin with the entry's key
// ("rate: …").
base::Result<LoadConfig> read_config(const nlohmann::json& config, const std::filesystem::path& root);

// What the scenario file's own `thresholds:` ask, as rules of a plan; empty where the entry names none.
base::Result<std::vector<model::Rule>> scenario_rules(const nlohmann::json& config,
                                                      const std::filesystem::path& root);

// The names of a file's scenarios where it holds several; else none. Files that scenarios read besides
// themselves.
std::vector<std::string> scenario_names(const nlohmann::json& config, const std::filesystem::path& root);
std::vector<std::filesystem::path> scenario_data(const nlohmann::json& config,
                                                 const std::filesystem::path& root);

// A bound of a scenario file as a rule: ours, k6's, or without a series (`p95 < 200ms` is of load.latency,
// `errors < 1%` of load.errors); held to its scenario and step. Errors have the bound's place.
base::Result<model::Rule> rule_of(const traffic::ScenarioThreshold& threshold);

// A scenario's file name, or the path that is asked for.
std::string default_name(const nlohmann::json& config);

}  // namespace plimsoll::probes::load
