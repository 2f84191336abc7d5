#include "base/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/text.h"

namespace base {
namespace {

// A unit is a power of ten of its base, so that it only moves the decimal point, or else a whole number of
// them.
struct Unit {
  std::string_view name;
  Dimension dimension;
  int power_of_ten;
  double factor;
};

constexpr double kKibi = 1024;
constexpr std::array kUnits = {
    // of each dimension the largest first
    Unit{"d", Dimension::seconds, 0, 86'400}, Unit{"h", Dimension::seconds, 0, 3'600},
    Unit{"m", Dimension::seconds, 0, 60},     Unit{"s", Dimension::seconds, 0, 1},
    Unit{"ms", Dimension::seconds, -3, 1},    Unit{"us", Dimension::seconds, -6, 1},
    Unit{"ns", Dimension::seconds, -9, 1},    Unit{"GiB", Dimension::bytes, 0, kKibi* kKibi* kKibi},
    Unit{"GB", Dimension::bytes, 9, 1},       Unit{"MiB", Dimension::bytes, 0, kKibi* kKibi},
    Unit{"MB", Dimension::bytes, 6, 1},       Unit{"KiB", Dimension::bytes, 0, kKibi},
    Unit{"KB", Dimension::bytes, 3, 1},       Unit{"B", Dimension::bytes, 0, 1},
    Unit{"%", Dimension::share, -2, 1},       Unit{"", Dimension::none, 0, 1},
};
constexpr std::string_view kKnownUnits = "ns us ms s m h d, B KB MB GB KiB MiB GiB, % or none";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

const Unit* find_unit(std::string_view name) {
  if (name == "µs" || name == "μs") name = "us";  // the micro sign and the Greek letter
  const auto unit = std::ranges::find(kUnits, name, &Unit::name);
  return unit == kUnits.end() ? nullptr : &*unit;
}

// digits ["." digits]
std::size_t number_length(std::string_view text) {
  const auto digits_from = [text](std::size_t at) {
    while (at < text.size() && is_digit(text[at])) ++at;
    return at;
  };
  const std::size_t whole = digits_from(0);
  if (whole == 0 || whole == text.size() || text[whole] != '.') return whole;
  const std::size_t end = digits_from(whole + 1);
  return end == whole + 1 ? whole : end;
}

// The unit moves the point before the digits are read: 0.1 % is the double nearest to 0.001, with one
// rounding, not two.
std::optional<double> read_number(std::string_view digits, const Unit& unit) {
  const auto value = parse_double(fmt::format("{}e{}", digits, unit.power_of_ten));
  if (!value || !std::isfinite(*value * unit.factor)) return std::nullopt;
  return *value * unit.factor;
}

std::unexpected<Error> not_a_quantity(std::string_view text, std::string_view expected) {
  return fail(ErrorCode::invalid_argument,
              fmt::format("expected {}, found \"{}\"", expected, printable(truncate_utf8(text, 64))),
              fmt::format("units are {}", kKnownUnits));
}

// A value in one unit, as digits without exponent.
std::string fixed(double value) {
  std::array<char, 400>
      buffer;  // the largest double has 309 digits, the smallest with all its digits fewer than 400
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed).ptr;
  return {buffer.data(), end};
}

// digits × 10^exponent with the first digit before the point, written without exponent.
std::string place_point(const std::string& digits, int exponent) {
  const int count = static_cast<int>(digits.size());
  if (exponent < 0) return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  if (exponent >= count - 1) return digits + std::string(static_cast<std::size_t>(exponent - count + 1), '0');
  const auto whole = static_cast<std::size_t>(exponent + 1);
  return digits.substr(0, whole) + "." + digits.substr(whole);
}

// The shortest digits of a value with the point moved, which keeps them exact.
std::string shifted(double value, int power_of_ten) {
  if (value == 0) return "0";
  std::array<char, 32> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  const std::string_view text(buffer.data(), end);
  const std::size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  const std::string_view exponent = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  return place_point(digits, static_cast<int>(parse_integer(exponent).value_or(0)) - power_of_ten);
}

std::optional<std::string> digits_in(double value, const Unit& unit) {
  if (unit.factor == 1) return shifted(value, unit.power_of_ten);
  auto digits = fixed(value / unit.factor);
  return read_number(digits, unit) == value ? std::optional(std::move(digits)) : std::nullopt;
}

double in_unit(double value, const Unit& unit) {
  return value / unit.factor / std::pow(10.0, unit.power_of_ten);
}

struct Scale {
  std::string_view name;
  double factor;
};

constexpr std::array kTimeScales = {Scale{"ns", 1e-9}, Scale{"µs", 1e-6}, Scale{"ms", 1e-3}, Scale{"s", 1},
                                    Scale{"min", 60},  Scale{"h", 3'600}, Scale{"d", 86'400}};
constexpr std::array kByteScales = {Scale{"B", 1}, Scale{"KiB", kKibi}, Scale{"MiB", kKibi* kKibi},
                                    Scale{"GiB", kKibi* kKibi* kKibi},
                                    Scale{"TiB", kKibi* kKibi* kKibi* kKibi}};

std::string without_trailing_zeros(std::string text) {
  if (!text.contains('.')) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// Decimals that leave three significant digits of a number of this size.
int decimals_for(double number, int significant = 3) {
  if (number == 0 || !std::isfinite(number)) return 0;
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(number))));
  return std::clamp(significant - 1 - magnitude, 0, 300);
}

std::string three_digits(double number) {
  if (std::isinf(number)) return number < 0 ? "-∞" : "∞";  // too large in the unit that was chosen
  return without_trailing_zeros(fmt::format("{:.{}f}", number, decimals_for(number)));
}

// "1234567.8" → "1,234,567.8"
std::string with_commas(std::string digits) {
  for (std::size_t at = std::min(digits.find('.'), digits.size()); at > 3; at -= 3)
    digits.insert(at - 3, ",");
  return digits;
}

std::optional<std::string> without_number(double value) {
  if (std::isnan(value)) return "n/a";
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  return std::nullopt;
}

// Rounding may carry into the next unit: 999.9 µs is "1 ms", not "1000 µs".
std::string format_scaled(double value, std::span<const Scale> scales, std::string_view zero) {
  if (const auto text = without_number(value)) return *text;
  if (value == 0) return std::string(zero);
  if (value < 0) return "-" + format_scaled(-value, scales, zero);
  std::size_t fit = 0;
  while (fit + 1 < scales.size() && value >= scales[fit + 1].factor) ++fit;
  const auto digits = three_digits(value / scales[fit].factor);
  const bool carried = fit + 1 < scales.size() &&
                       parse_double(digits).value_or(0) * scales[fit].factor >= scales[fit + 1].factor;
  return carried ? fmt::format("1 {}", scales[fit + 1].name) : fmt::format("{} {}", digits, scales[fit].name);
}

}  // namespace

Result<Quantity> parse_quantity(std::string_view text) {
  const std::size_t length = number_length(text);
  if (length == 0) return not_a_quantity(text, "a number such as 200ms, 64MiB or 0.1%");
  const Unit* unit = find_unit(text.substr(length));
  if (unit == nullptr) return not_a_quantity(text, "a number directly followed by a known unit");
  const auto value = read_number(text.substr(0, length), *unit);
  if (!value) return not_a_quantity(text, "a number that a double can hold");
  return Quantity{*value, unit->dimension};
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  constexpr std::string_view kExpected = "a duration such as 200ms, 30s or 15m";
  constexpr double kMostSeconds = 9'223'372'036;  // what 64 bits of nanoseconds hold
  BASE_ASSIGN(const Quantity quantity, parse_quantity(text));
  if (quantity.dimension != Dimension::seconds) return not_a_quantity(text, kExpected);
  if (quantity.value > kMostSeconds) return not_a_quantity(text, "a duration of at most 292 years");
  const std::chrono::nanoseconds duration(std::llround(quantity.value * 1e9));
  if (duration.count() <= 0) return not_a_quantity(text, "a duration above 0");
  return duration;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr double kMost = 18'446'744'073'709'551'616.0;  // 2^64
  BASE_ASSIGN(const Quantity quantity, parse_quantity(text));
  const bool is_size = quantity.dimension == Dimension::bytes || quantity.dimension == Dimension::none;
  if (!is_size) return not_a_quantity(text, "a size such as 64MiB");
  if (quantity.value >= kMost) return not_a_quantity(text, "a size below 2^64 bytes");
  if (quantity.value != std::floor(quantity.value)) return not_a_quantity(text, "a whole number of bytes");
  return static_cast<std::uint64_t>(quantity.value);
}

std::string print_quantity(Quantity quantity) {
  if (!std::isfinite(quantity.value)) return "null";
  if (std::signbit(quantity.value)) return "-" + print_quantity({-quantity.value, quantity.dimension});
  std::string best;
  std::size_t best_digits = std::numeric_limits<std::size_t>::max();
  const Unit* smallest = nullptr;
  for (const auto& unit : kUnits) {
    if (unit.dimension != quantity.dimension) continue;
    smallest = &unit;
    if (in_unit(quantity.value, unit) < 1) continue;
    const auto digits = digits_in(quantity.value, unit);
    if (!digits || digits->size() >= best_digits) continue;
    best_digits = digits->size();
    best = *digits + std::string(unit.name);
  }
  if (!best.empty()) return best;
  return *digits_in(quantity.value, *smallest) + std::string(smallest->name);
}

std::string format_seconds(double seconds) {
  return format_scaled(seconds, kTimeScales, "0 s");
}

std::string format_bytes(double bytes) {
  return format_scaled(bytes, kByteScales, "0 B");
}

std::string format_share(double share) {
  if (const auto text = without_number(share * 100))
    return *text;  // which may be too large where the share is not
  int decimals = decimals_for(share * 100);
  // Near 1 the distance from 1 is what counts: 99.95 % is not "100 %".
  if (share > 0.9 && share < 1) decimals = std::max(decimals, decimals_for((1 - share) * 100, 2));
  return without_trailing_zeros(fmt::format("{:.{}f}", share * 100, decimals)) + " %";
}

std::string format_count(double count) {
  if (const auto text = without_number(count)) return *text;
  if (count < 0) return "-" + format_count(-count);
  if (count >= 1e15) return fmt::format("{:.3g}", count);
  if (count >= 1'000 || count == std::floor(count)) return with_commas(fmt::format("{:.0f}", count));
  return with_commas(three_digits(count));
}

std::string format_value(double value, std::string_view unit) {
  if (unit == "seconds") return format_seconds(value);
  if (unit == "bytes") return format_bytes(value);
  if (unit == "share") return format_share(value);
  if (unit == "count" || unit == "ratio" || unit.empty()) return format_count(value);
  if (unit == "per_second") return format_count(value) + "/s";
  if (unit == "bytes_per_second") return format_bytes(value) + "/s";
  constexpr std::string_view kPerHour = "_per_hour";
  if (unit.ends_with(kPerHour))
    return format_value(value, unit.substr(0, unit.size() - kPerHour.size())) + "/h";
  return format_count(value) + " " + std::string(unit);
}

}  // namespace base
