#include "plimsoll/formats/measure_unit.h"

#include <array>
#include <optional>
#include <utility>

namespace plimsoll::formats {
namespace {

using model::Better;
using Scale = std::pair<std::string_view, double>;

constexpr std::array times = {
    Scale{"ns", 1e-9},  Scale{"us", 1e-6},   Scale{"µs", 1e-6},     Scale{"μs", 1e-6}, Scale{"ms", 1e-3},
    Scale{"s", 1.0},    Scale{"sec", 1.0},   Scale{"seconds", 1.0}, Scale{"m", 60.0},  Scale{"min", 60.0},
    Scale{"h", 3600.0}, Scale{"hr", 3600.0}, Scale{"day", 86400.0}};
constexpr std::array sizes = {Scale{"B", 1.0},      Scale{"bytes", 1.0},     Scale{"kB", 1e3},
                              Scale{"KB", 1e3},     Scale{"MB", 1e6},        Scale{"GB", 1e9},
                              Scale{"KiB", 1024.0}, Scale{"MiB", 1048576.0}, Scale{"GiB", 1073741824.0}};

template <class Table>
std::optional<double> scale_in(const Table& table, std::string_view word) {
  for (const auto& [name, scale] : table) {
    if (name == word) return scale;
  }
  return std::nullopt;
}

std::optional<MeasureUnit> plain_unit(std::string_view word) {
  if (const auto scale = scale_in(times, word)) return MeasureUnit{"seconds", *scale, Better::lower};
  if (const auto scale = scale_in(sizes, word)) return MeasureUnit{"bytes", *scale, Better::lower};
  if (word == "%") return MeasureUnit{"ratio", 0.01, Better::neither};
  if (word == "ratio" || word == "count") return MeasureUnit{std::string(word), 1, Better::neither};
  if (word == "per_second" || word == "bytes_per_second")
    return MeasureUnit{std::string(word), 1, Better::higher};
  return std::nullopt;
}

// Of one operation, or by time.
std::optional<MeasureUnit> quotient_unit(std::string_view above, std::string_view below) {
  if (below == "op") {
    const auto unit = plain_unit(above);
    return unit ? *unit : MeasureUnit{"count", 1, Better::lower};
  }
  const auto time = scale_in(times, below);
  if (!time) return std::nullopt;
  if (const auto size = scale_in(sizes, above))
    return MeasureUnit{"bytes_per_second", *size / *time, Better::higher};
  return MeasureUnit{"per_second", 1 / *time, Better::higher};
}

std::optional<MeasureUnit> known_unit(std::string_view written) {
  if (const auto unit = plain_unit(written)) return unit;
  const std::size_t slash = written.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  return quotient_unit(written.substr(0, slash), written.substr(slash + 1));
}

}  // namespace

MeasureUnit measure_unit(std::string_view written) {
  if (const auto unit = known_unit(written)) return *unit;
  return {std::string(written.empty() ? "count" : written), 1, Better::neither};
}

bool is_known_unit(std::string_view written) {
  return known_unit(written).has_value();
}

}  // namespace plimsoll::formats
