// Quantities as people write them: "200ms", "64MiB", "0.1%".
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

// The dimension of a quantity. `none` is a bare number: a count or a share.
enum class Dimension { none, seconds, bytes, share };

// A number in SI base units (seconds, bytes, shares 0..1) and the dimension its written unit gave it.
struct Quantity {
  double value = 0;
  Dimension dimension = Dimension::none;

  bool operator==(const Quantity&) const = default;
};

// ns us µs ms s m h d | B KB MB GB KiB MiB GiB | % | nothing. No sign, no exponent; finite.
// The error names what was found and which units there are.
Result<Quantity> parse_quantity(std::string_view text);

// A duration with a unit, above 0; "0" and "5" are errors.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

Result<std::uint64_t> parse_size(std::string_view text);

// Writes so that parse_quantity gives the same number back: shortest digits, largest unit that keeps them
// exact.
std::string print_quantity(Quantity quantity);

// For people: three significant digits and a fitting unit: "12.3 ms", "1.42 MiB", "0.12 %", "1,234".
std::string format_seconds(double seconds);
std::string format_bytes(double bytes);
std::string format_share(double share);
std::string format_count(double count);

// The same by unit name as series carry it: "seconds", "bytes", "ratio" (0.833), "share" (83.3 %), "count",
// "per_second", "bytes_per_second", any of them with "_per_hour" behind it, anything else verbatim behind the
// number.
std::string format_value(double value, std::string_view unit);

}  // namespace base
