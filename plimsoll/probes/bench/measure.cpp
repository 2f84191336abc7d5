#include "plimsoll/probes/bench/measure.h"

#include <fmt/format.h>

namespace plimsoll::probes::bench {
namespace {

using Clock = std::chrono::steady_clock;

base::Result<Repeat> repeat_once(Repeater& repeater, const std::string& what, const OnRepeat& on_repeat) {
  BASE_ASSIGN(Repeat repeat, repeater.run());
  BASE_TRY(on_repeat(repeat, what));
  return repeat;
}

}  // namespace

base::Result<Stopping> measure(Repeater& repeater, const BenchConfig& config, const OnRepeat& on_repeat) {
  for (int i = 0; i < config.warmup; ++i) BASE_TRY(repeater.run());
  Stopping stopping(stopping_rule(config));
  const auto began = Clock::now();
  do {
    BASE_ASSIGN(const Repeat repeat,
                repeat_once(repeater, fmt::format("run {}", stopping.repeats() + 1), on_repeat));
    stopping.add(repeat.results);
  } while (!stopping.enough(Clock::now() - began));
  return stopping;
}

base::Result<Stopping> measure_interleaved(Repeater& base, Repeater& head, const BenchConfig& config,
                                           const OnRepeat& on_base, const OnRepeat& on_head) {
  for (int i = 0; i < config.warmup; ++i) {
    BASE_TRY(base.run());
    BASE_TRY(head.run());
  }
  Stopping stopping(stopping_rule(config));
  const auto began = Clock::now();
  do {
    Repeat sides[2];  // base, head
    const int number = stopping.repeats() + 1;
    const bool base_first = stopping.repeats() % 2 == 0;
    for (const bool of_base : {base_first, !base_first}) {
      const std::string what = fmt::format("{} {}", of_base ? "base" : "head", number);
      BASE_ASSIGN(sides[of_base ? 0 : 1],
                  repeat_once(of_base ? base : head, what, of_base ? on_base : on_head));
    }
    stopping.add_pair(sides[0].results, sides[1].results);
  } while (!stopping.enough(Clock::now() - began));
  return stopping;
}

base::Result<bool> count_instructions(Repeater& repeater, const BenchConfig& config,
                                      const OnRepeat& on_repeat) {
  for (int i = 0; config.callgrind && i < counts_of_instructions; ++i) {
    BASE_ASSIGN(const auto counted, repeater.count_instructions());
    if (!counted) return false;
    BASE_TRY(on_repeat(*counted, "counting instructions"));
  }
  return true;
}

}  // namespace plimsoll::probes::bench
