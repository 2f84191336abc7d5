// Load tools whose percentiles leave out what waiting users would have felt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plimsoll/model/finding.h"

namespace plimsoll::probes {

// A warning for results of closed-loop generators (k6 with virtual users, Locust, oha, autocannon): they ask
// no more while they wait, so that a stall of a second is one slow request ("coordinated omission", Tene
// 2013). Nothing for other formats.
std::optional<model::Finding> omitted_waiting(std::string_view format, const std::string& probe);

// Whether a program of this format ends with an error of its own where its thresholds failed, its results
// being whole.
bool judges_by_exit_code(std::string_view format);

}  // namespace plimsoll::probes
