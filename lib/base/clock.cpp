#include "base/clock.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace base {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

class SystemClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point steady() const override { return std::chrono::steady_clock::now(); }
  UtcTime utc() const override {
    return std::chrono::time_point_cast<Nanoseconds>(std::chrono::system_clock::now());
  }
};

// Reads a fixed form from left to right; each step says whether the text had what it asked for.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool one_of(std::string_view letters) {
    if (rest_.empty() || !letters.contains(rest_.front())) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool number(std::size_t digits, int& value) {
    if (rest_.size() < digits) return false;
    value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return true;
  }

  // One or more digits after the point, as nanoseconds; what is finer is cut off.
  bool fraction(Nanoseconds& value) {
    std::int64_t unit = 100'000'000;
    std::size_t read = 0;
    for (; read < rest_.size() && rest_[read] >= '0' && rest_[read] <= '9'; ++read, unit /= 10) {
      value += Nanoseconds((rest_[read] - '0') * unit);
    }
    rest_.remove_prefix(read);
    return read > 0;
  }

 private:
  std::string_view rest_;
};

bool read_date(Reader& reader, std::chrono::sys_days& date) {
  int year = 0, month = 0, day = 0;
  if (!reader.number(4, year) || !reader.one_of("-") || !reader.number(2, month) || !reader.one_of("-") ||
      !reader.number(2, day)) {
    return false;
  }
  const std::chrono::year_month_day read{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  date = read.ok() ? std::chrono::sys_days(read) : std::chrono::sys_days{};
  return read.ok();
}

bool read_time_of_day(Reader& reader, Nanoseconds& time) {
  int hour = 0, minute = 0, second = 0;
  if (!reader.number(2, hour) || !reader.one_of(":") || !reader.number(2, minute) || !reader.one_of(":") ||
      !reader.number(2, second) || hour > 23 || minute > 59 || second > 60) {
    return false;
  }
  time =
      std::chrono::hours(hour) + minutes(minute) + seconds(second);  // :60, a leap second, is the next minute
  return !reader.one_of(".") || reader.fraction(time);
}

bool read_offset(Reader& reader, minutes& offset) {
  if (reader.one_of("Zz")) return true;
  const bool east = reader.one_of("+");
  int hour = 0, minute = 0;
  if ((!east && !reader.one_of("-")) || !reader.number(2, hour) || !reader.one_of(":") ||
      !reader.number(2, minute) || hour > 23 || minute > 59) {
    return false;
  }
  offset = minutes((east ? 1 : -1) * (hour * 60 + minute));
  return true;
}

// Whole seconds that a UtcTime of 64-bit nanoseconds can carry, with a second to spare for the fraction.
std::optional<UtcTime> from_parts(std::chrono::sys_seconds whole, Nanoseconds rest) {
  const auto most = std::chrono::duration_cast<seconds>(Nanoseconds::max()) - days(1);
  if (whole.time_since_epoch() > most || whole.time_since_epoch() < -most) return std::nullopt;
  return UtcTime(whole) + rest;
}

std::optional<UtcTime> read_stamp(std::string_view text) {
  Reader reader(text);
  std::chrono::sys_days date;
  if (!read_date(reader, date)) return std::nullopt;
  if (reader.at_end()) return from_parts(date, Nanoseconds(0));
  Nanoseconds time{0};
  minutes offset{0};
  if (!reader.one_of("Tt ") || !read_time_of_day(reader, time) || !read_offset(reader, offset) ||
      !reader.at_end()) {
    return std::nullopt;
  }
  return from_parts(date - offset, time);
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

double to_unix_seconds(UtcTime time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1e9;
}

UtcTime from_unix_seconds(double unix_seconds) {
  constexpr double kMost = 9'223'372'036;  // what 64 bits of nanoseconds hold
  if (std::isnan(unix_seconds)) return {};
  const double held = std::clamp(unix_seconds, -kMost, kMost);
  const double whole = std::floor(held);  // apart, so that the fraction keeps all digits that the double has
  return UtcTime(seconds(static_cast<std::int64_t>(whole)) +
                 Nanoseconds(static_cast<std::int64_t>(std::round((held - whole) * 1e9))));
}

std::string to_rfc3339(UtcTime time, int fraction_digits) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                          clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  const auto digits = static_cast<std::size_t>(std::clamp(fraction_digits, 0, 9));
  if (digits > 0) text += "." + fmt::format("{:09}", clock.subseconds().count()).substr(0, digits);
  return text + "Z";
}

Result<UtcTime> parse_rfc3339(std::string_view text) {
  if (const auto time = read_stamp(text)) return *time;
  return fail(ErrorCode::invalid_argument,
              fmt::format("expected a time as 2026-11-23T14:52:35Z or a date, found \"{}\"",
                          printable(truncate_utf8(text, 64))),
              "years 1678 to 2261; a time needs Z or an offset as +01:00");
}

}  // namespace base
