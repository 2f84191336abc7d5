// Everything that `bench` can run in a repository.
#pragma once

#include <filesystem>
#include <vector>

#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan::detect {

// pytest-benchmark, else the pytest suite itself; and Google Benchmark.
std::vector<Detected> benchmarks(const std::filesystem::path& root);

}  // namespace plimsoll::plan::detect
