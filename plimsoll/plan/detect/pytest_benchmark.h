// Repositories with pytest and pytest-benchmark (https://pytest-benchmark.readthedocs.io).
#pragma once

#include <filesystem>
#include <vector>

#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan::detect {

// An entry of `bench` that runs the tests which use the `benchmark` fixture. Nothing where no file that lists
// requirements names pytest-benchmark and no test uses the fixture.
std::vector<Detected> pytest_benchmark(const std::filesystem::path& root);

}  // namespace plimsoll::plan::detect
