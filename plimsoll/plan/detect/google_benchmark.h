// CMake projects with Google Benchmark (https://github.com/google/benchmark).
#pragma once

#include <filesystem>
#include <vector>

#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan::detect {

// An entry of `bench` for each executable that CMakeLists.txt files link with benchmark or benchmark::…, at
// most 8. A program that was built before is run as it is; else the command builds it first. Names that only
// CMake can compute (a loop, a function) are not seen.
std::vector<Detected> google_benchmark(const std::filesystem::path& root);

}  // namespace plimsoll::plan::detect
