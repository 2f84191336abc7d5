// A load probe's entry in the plan, as a scenario.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/traffic/scenario.h"

namespace plimsoll::probes::load {

// The entry's keys.
std::vector<plan::Field> load_fields();

struct LoadConfig {
  traffic::Scenario scenario;
  std::string base_url;      // "" where the guarded service is meant
  std::string allowed_host;  // besides loopback
};

// Reads the scenario file where the entry names one. Errors point into it, or begin with the entry's key
// ("rate: …").
base::Result<LoadConfig> read_config(const nlohmann::json& config, const std::filesystem::path& root);

// A scenario's file name, or the path that is asked for.
std::string default_name(const nlohmann::json& config);

}  // namespace plimsoll::probes::load
