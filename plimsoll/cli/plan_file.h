// The plan and the store that a command works with.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/plan/plan.h"

namespace plimsoll::cli {

base::Result<plan::Plan> read_plan_file(const std::filesystem::path& file);

// --store, else the plan's store relative to its folder.
std::string store_url(const plan::Plan& plan, const std::string& from_option);

// For commands that need no plan: --store, else the store of ./plimsoll.yaml where there is one, else
// .plimsoll/evidence.db here.
base::Result<std::string> default_store_url(const std::string& from_option);

// Opens an existing store; not_found says which file was looked for.
base::Result<std::unique_ptr<evidence::EvidenceStore>> open_existing_store(const std::string& from_option,
                                                                           bool read_only);

}  // namespace plimsoll::cli
