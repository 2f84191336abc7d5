#include "plimsoll/report/ticks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/units.h"

namespace plimsoll::report {
namespace {

// How much one of the units is that numbers of this size are written in.
double written_unit(double size, std::string_view unit) {
  if (unit == "seconds") {
    for (const double scale : {86'400.0, 3'600.0, 60.0, 1.0, 1e-3, 1e-6}) {
      if (size >= scale) return scale;
    }
    return 1e-9;
  }
  if (unit == "bytes" || unit == "bytes_per_second") {
    double scale = 1;
    while (size >= scale * 1024) scale *= 1024;
    return scale;
  }
  return 1;
}

// The smallest of 1, 2, 5 × 10^k that is at least `least`; minutes and hours also go by 15 and 30.
double round_step(double least, bool sixties) {
  if (sixties && least > 5 && least <= 30) return least <= 10 ? 10 : least <= 15 ? 15 : 30;
  const double decade = std::pow(10, std::floor(std::log10(least)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * decade >= least * (1 - 1e-9)) return step * decade;
  }
  return 10 * decade;
}

}  // namespace

std::vector<Tick> ticks(double low, double high, std::string_view unit, int wanted) {
  std::vector<Tick> result;
  if (!std::isfinite(low) || !std::isfinite(high) || !(low < high) || wanted < 1) return result;
  const double scale = written_unit(std::max(std::abs(low), std::abs(high)), unit);
  const bool sixties = unit == "seconds" && (scale == 1.0 || scale == 60.0);
  const double step = round_step((high - low) / scale / wanted, sixties) * scale;
  const double first = std::ceil(low / step - 1e-9);
  const double last = std::floor(high / step + 1e-9);
  for (double i = first; i <= last && result.size() < 50; ++i) {
    const double at = i * step + 0.0;  // no negative zero
    result.push_back({at, axis_label(at, unit)});
  }
  return result;
}

bool needs_unit(std::string_view unit) {
  constexpr std::array<std::string_view, 8> kShort = {
      "seconds", "bytes", "ratio", "share", "count", "per_second", "bytes_per_second", ""};
  return std::ranges::find(kShort, unit) == kShort.end();
}

std::string axis_label(double value, std::string_view unit) {
  return needs_unit(unit) ? base::format_count(value) : base::format_value(value, unit);
}

}  // namespace plimsoll::report
