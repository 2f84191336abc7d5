// The beginning of a run: who, where and when, before anything is measured.
#pragma once

#include <filesystem>
#include <string>

#include "plimsoll/model/run.h"

namespace plimsoll::pipeline {

// A running run of this process, now, on this machine, of the revision checked out at `root`. Its id is
// "20261123T145235-1a2b3c4d": it sorts by start, the tail is random.
model::Run new_run(const std::filesystem::path& root, const std::string& project);

}  // namespace plimsoll::pipeline
