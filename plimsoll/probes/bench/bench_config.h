// A bench probe's entry in the plan.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/bench/stopping.h"

namespace plimsoll::probes::bench {

struct BenchConfig {
  std::vector<std::string> run;  // never empty
  std::string format;            // empty: by content, and where that is no format the command itself is timed
  int repeats = 5;               // with a precision: the least
  int warmup = 1;                // runs before, not counted
  double precision = 0;          // a share; 0: `repeats` runs and no more
  std::chrono::nanoseconds max_time = {};  // of the counted runs; 0: none
  bool callgrind = false;                  // count its instructions too
  std::string output;  // file that the command writes its results to, relative to the root
  std::string folder;  // where it runs, relative to the root
};

inline constexpr int most_repeats = 10'000;
// Where a precision is asked for and no time is given.
inline constexpr std::chrono::nanoseconds usual_max_time = std::chrono::minutes(5);

std::vector<plan::Field> bench_fields();

// Errors begin with the entry's key: "repeats: …".
base::Result<BenchConfig> read_config(const nlohmann::json& config);

StoppingRule stopping_rule(const BenchConfig& config);

// "2%" as a share; invalid_argument where it is none above 0 and below 100 %.
base::Result<double> read_precision(std::string_view text);

// The program's file name.
std::string default_name(const nlohmann::json& config);

}  // namespace plimsoll::probes::bench
