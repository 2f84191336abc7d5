// Instructions executed, counted by valgrind's callgrind: the same every time where the program does the
// same, however busy the machine is. Some 50 times slower than running it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "plimsoll/probes/run_command.h"

namespace plimsoll::probes::bench {

// Runs the command and what it starts under callgrind, its profiles in the (existing) folder; the sum over
// all its processes. Nothing where this machine has no valgrind. unavailable where the command fails or wrote
// no profile, corrupt for a profile without a total.
base::Result<std::optional<std::uint64_t>> count_instructions(Command command,
                                                              const std::filesystem::path& folder);

// The total of one profile: its last line `totals: N` or, in a profile cut short, `summary: N`; the first
// number is the event Ir. (Valgrind manual, "Callgrind Format Specification".)
base::Result<std::uint64_t> total_of_profile(std::string_view text, std::string_view source);

}  // namespace plimsoll::probes::bench
