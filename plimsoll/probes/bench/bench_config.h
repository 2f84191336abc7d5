// A bench probe's entry in the plan.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::probes::bench {

struct BenchConfig {
  std::vector<std::string> run;  // never empty
  std::string format;            // empty: by content, and where that is no format the command itself is timed
  int repeats = 5;
  int warmup = 1;      // runs before, not counted
  std::string output;  // file that the command writes its results to, relative to the root
  std::string folder;  // where it runs, relative to the root
};

inline constexpr int most_repeats = 10'000;

std::vector<plan::Field> bench_fields();

// Errors begin with the entry's key: "repeats: …".
base::Result<BenchConfig> read_config(const nlohmann::json& config);

// The program's file name.
std::string default_name(const nlohmann::json& config);

}  // namespace plimsoll::probes::bench
