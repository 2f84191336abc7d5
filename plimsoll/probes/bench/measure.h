// A whole measurement: warm-up, as many repeats as the configuration asks for, and what callgrind counts.
#pragma once

#include <functional>
#include <string_view>

#include "base/error.h"
#include "plimsoll/probes/bench/repeat.h"
#include "plimsoll/probes/bench/stopping.h"

namespace plimsoll::probes::bench {

// Instructions are counted this often, so that a program that does not do the same each time shows.
inline constexpr int counts_of_instructions = 2;

// What came of one counted repeat; `what` is "run 3", "base 3", "counting instructions". An error ends the
// measurement with it.
using OnRepeat = std::function<base::Status(const Repeat& repeat, std::string_view what)>;

// Runs it until its stopping rule is content. The result says why it ended.
base::Result<Stopping> measure(Repeater& repeater, const BenchConfig& config, const OnRepeat& on_repeat);

// Base and head in turn, in the order ABBA: what drifts slowly on the machine hits both sides alike. The
// stopping rule of `config` counts pairs.
base::Result<Stopping> measure_interleaved(Repeater& base, Repeater& head, const BenchConfig& config,
                                           const OnRepeat& on_base, const OnRepeat& on_head);

// Nothing where `callgrind` is off; false where this machine has no valgrind.
base::Result<bool> count_instructions(Repeater& repeater, const BenchConfig& config,
                                      const OnRepeat& on_repeat);

}  // namespace plimsoll::probes::bench
