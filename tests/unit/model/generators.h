// Random values of the model's types for properties.
#pragma once

#include <bit>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "plimsoll/model/observation.h"

namespace plimsoll::model::testing {

// Any double there is, the odd ones often.
inline rc::Gen<double> any_double() {
  return rc::gen::oneOf(rc::gen::element(0.0, -0.0, 1.0, 0.1, 1e-300, 5e-324, -1e308, HUGE_VAL, -HUGE_VAL),
                        rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t bits) {
                          const auto value = std::bit_cast<double>(bits);
                          return value == value ? value : std::numeric_limits<double>::quiet_NaN();
                        }));
}

inline rc::Gen<std::string> segment() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::inRange('a', static_cast<char>('z' + 1)),
                    rc::gen::container<std::string>(rc::gen::elementOf(std::string("abyz09_")))),
      [](const std::pair<char, std::string>& parts) { return (parts.first + parts.second).substr(0, 20); });
}

// Valid UTF-8 of at most 200 bytes, rich in what needs escapes.
inline rc::Gen<std::string> label_value() {
  const std::vector<std::string> pieces = {"a", "Z",  "0", " ", ",", "}", "{",  "\"", "\\", "=",
                                           "~", "\n", "/", "ü", "€", "𝕏", "\t", "*",  ":",  "\x01"};
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const auto& part : parts) {
                          if (text.size() + part.size() <= 200) text += part;
                        }
                        return text;
                      });
}

inline rc::Gen<Series> any_series() {
  return rc::gen::exec([] {
    Series series;
    const auto segments = *rc::gen::inRange(1, 4);
    for (int i = 0; i < segments; ++i) series.id.name += (i > 0 ? "." : "") + *segment();
    const auto labels = *rc::gen::inRange(0, 9);
    for (int i = 0; i < labels; ++i) series.id.labels[*segment()] = *label_value();
    series.unit = *rc::gen::element<std::string>("seconds", "bytes", "ratio", "widgets/ü");
    series.better = *rc::gen::element(Better::lower, Better::higher, Better::neither);
    return series;
  });
}

inline rc::Gen<base::Histogram> any_histogram() {
  return rc::gen::exec([] {
    const auto bounds = *rc::gen::container<std::vector<double>>(rc::gen::element(0.001, 0.05, 0.2, 3.0));
    base::Histogram histogram(std::span(bounds).first(std::min<std::size_t>(bounds.size(), 32)));
    for (const auto nanoseconds :
         *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>())) {
      histogram.record(nanoseconds * 1e-9, 1 + nanoseconds % 3);
    }
    if (const auto infinite = *rc::gen::inRange(0, 3); infinite > 0) {
      histogram.record_infinite(static_cast<std::uint64_t>(infinite));
    }
    return histogram;
  });
}

inline rc::Gen<Value> any_value() {
  return rc::gen::exec([]() -> Value {
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        return *any_double();
      case 1: {
        const auto n = *rc::gen::arbitrary<std::uint32_t>();
        return Proportion{n / 3, n};
      }
      case 2:
        return *any_histogram();
      default:
        return *rc::gen::container<Samples>(any_double());
    }
  });
}

inline rc::Gen<Observation> any_observation(SeriesHandle series_count) {
  return rc::gen::exec([series_count] {
    Observation observation;
    observation.series = *rc::gen::inRange<SeriesHandle>(0, series_count);
    observation.slice_start = *rc::gen::element(0.0, 1795445555.0, 1795445556.25, 1795445556.1234567, 1e-9);
    observation.slice_seconds = *rc::gen::element(0.0, 1.0, 0.1, 60.0);
    if (*rc::gen::arbitrary<bool>()) observation.block = *rc::gen::arbitrary<std::int32_t>();
    observation.base_side = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>()) observation.subject = *label_value();
    observation.value = *any_value();
    return observation;
  });
}

// Equal with NaN equal to NaN.
inline bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (a != a && b != b);
}
inline bool same(const Value& a, const Value& b) {
  if (a.index() != b.index()) return false;
  if (const auto* x = std::get_if<double>(&a)) return same(*x, std::get<double>(b));
  const auto* x = std::get_if<Samples>(&a);
  if (x == nullptr) return a == b;
  const auto& y = std::get<Samples>(b);
  return std::equal(x->begin(), x->end(), y.begin(), y.end(), [](double u, double v) { return same(u, v); });
}
inline bool same(const Observation& a, const Observation& b) {
  return a.series == b.series && a.slice_start == b.slice_start && a.slice_seconds == b.slice_seconds &&
         a.block == b.block && a.base_side == b.base_side && a.subject == b.subject && same(a.value, b.value);
}

}  // namespace plimsoll::model::testing
