// Repositories with pytest (https://docs.pytest.org) and no benchmarks.
#pragma once

#include <filesystem>
#include <vector>

#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan::detect {

// An entry of `bench` that times the whole suite; a suite that fails could not be measured, so that its rules
// are inconclusive. Nothing where no file that lists requirements, no conftest.py, pytest.ini and no test
// names pytest.
std::vector<Detected> pytest_suite(const std::filesystem::path& root);

// An entry of `import` that reads what that suite reported (JUnit XML): a test that fails is a finding.
std::vector<Detected> pytest_results(const std::filesystem::path& root);

}  // namespace plimsoll::plan::detect
