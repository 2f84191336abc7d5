// An evaluation for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "plimsoll/model/status.h"
#include "plimsoll/probes/eval/summary.h"

namespace plimsoll::cli {

// A table of the measures by group, then what else is known; plain text, ends in a newline.
std::string eval_table(const probes::eval::Summary& summary);

// {"plimsoll":"eval.run","version":1,"status",…}; docs/eval.md lists its members.
nlohmann::ordered_json eval_document(const std::string& suite, const probes::eval::Summary& summary,
                                     model::Status status);

}  // namespace plimsoll::cli
