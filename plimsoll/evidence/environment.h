// This machine, as a run records it.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "plimsoll/model/run.h"

namespace plimsoll::evidence {

// Read from /proc, /sys and the environment (PLIMSOLL_RUNNER, PLIMSOLL_IMAGE); what cannot be read stays
// empty or 0.
model::Environment this_environment();

// The same with the system's files under another root, for tests.
model::Environment environment_under(const std::filesystem::path& root);

// "20261123T145235-1a2b3c4d": sorts by start; the tail is random.
std::string new_run_id(base::UtcTime started);

}  // namespace plimsoll::evidence
