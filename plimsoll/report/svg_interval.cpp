#include "plimsoll/report/svg_interval.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::Judgement;

constexpr double kWidth = 240, kMiddle = 12, kHeight = 38;

std::string number(double value) {
  return fmt::format("{:.1f}", value);
}

// Sums and differences of what is drawn must be finite too.
bool drawable(const Measured& marks) {
  for (const auto& mark : {marks.low, marks.value, marks.high, marks.bound}) {
    if (mark && std::abs(*mark) > 1e300) return false;
  }
  return marks.bound || marks.low || marks.high;
}

std::vector<double> all_numbers(const Measured& marks) {
  std::vector<double> numbers;
  for (const auto& mark : {marks.low, marks.value, marks.high, marks.bound}) {
    if (mark) numbers.push_back(*mark);
  }
  if (marks.is_change) numbers.push_back(1);
  return numbers;
}

class Scale {
 public:
  explicit Scale(const Measured& marks) {
    const std::vector<double> numbers = all_numbers(marks);
    const auto [least, most] = std::ranges::minmax(numbers);
    // Amounts are seen from 0, where that does not squeeze the picture.
    low_ = !marks.is_change && least > 0 && most - least > 0.15 * most ? 0 : least;
    const double span = most > low_ ? most - low_ : std::max(std::abs(most), 1e-12);
    if (low_ != 0) low_ -= 0.12 * span;
    high_ = most + 0.12 * span;
  }

  double at(double value) const { return kWidth * std::clamp((value - low_) / (high_ - low_), 0.0, 1.0); }

 private:
  double low_, high_;
};

// Whether smaller is better, as far as the judgement tells.
bool good_is_left(const Judgement& judgement) {
  const std::string asked = demand(judgement);
  if (asked.contains('<')) return true;
  if (asked.contains('>')) return false;
  return judgement.bound.value_or(2) >= 1;
}

Markup vertical(double x, double from, double to, std::string_view style) {
  return element("line", {{"x1", number(x)},
                          {"x2", number(x)},
                          {"y1", number(from)},
                          {"y2", number(to)},
                          {"class", std::string(style)}});
}

Markup horizontal(double from, double to, std::string_view style) {
  return element("line", {{"x1", number(from)},
                          {"x2", number(to)},
                          {"y1", number(kMiddle)},
                          {"y2", number(kMiddle)},
                          {"class", std::string(style)}});
}

Markup band(double from, double to) {
  return element("rect", {{"x", number(from)},
                          {"y", number(kMiddle - 8)},
                          {"width", number(std::max(to - from, 0.0))},
                          {"height", "16"},
                          {"class", "good"}});
}

Markup arrow(double tip, double direction) {
  const double back = tip - 5 * direction;
  return element("path", {{"d", fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}", back, kMiddle - 4,
                                            tip, kMiddle, back, kMiddle + 4)},
                          {"class", "arrow"}});
}

Markup bound_mark(const Judgement& judgement, double x) {
  const std::string anchor = x < 40 ? "start" : x > kWidth - 40 ? "end" : "middle";
  return vertical(x, 1, 23, "bound") +
         element("text", {{"x", number(x)}, {"y", "35"}, {"text-anchor", anchor}}, bound_text(judgement));
}

Markup interval_bar(const Measured& marks, const Scale& scale) {
  if (!marks.low && !marks.high) return {};
  const double left = marks.low ? scale.at(*marks.low) : 0;
  const double right = marks.high ? scale.at(*marks.high) : kWidth;
  const double missing = std::max(0.0, 3 - (right - left)) / 2;  // a narrow interval stays visible
  Markup bar = horizontal(left - missing, right + missing, "interval");
  bar += marks.low ? vertical(left - missing, kMiddle - 5, kMiddle + 5, "cap") : arrow(left, -1);
  bar += marks.high ? vertical(right + missing, kMiddle - 5, kMiddle + 5, "cap") : arrow(right, 1);
  return bar;
}

std::string spoken(const Judgement& judgement) {
  std::string text = figure_text(judgement);
  if (const std::string interval = interval_text(judgement); !interval.empty())
    text += ", interval " + interval;
  if (judgement.bound) text += ", bound " + bound_text(judgement);
  return text;
}

}  // namespace

Markup interval_picture(const Judgement& judgement) {
  const Measured marks = measured(judgement);
  if (!drawable(marks) || (!marks.low && !marks.high && !marks.value)) return {};
  const Scale scale(marks);
  Markup picture = element("title", {}, spoken(judgement));
  if (marks.bound) {
    const double x = scale.at(*marks.bound);
    picture += good_is_left(judgement) ? band(0, x) : band(x, kWidth);
  }
  picture += horizontal(0, kWidth, "axis");
  if (marks.is_change) picture += vertical(scale.at(1), kMiddle - 4, kMiddle + 4, "axis");
  if (marks.bound) picture += bound_mark(judgement, scale.at(*marks.bound));
  picture += interval_bar(marks, scale);
  if (marks.value) {
    picture += element(
        "circle",
        {{"cx", number(scale.at(*marks.value))}, {"cy", number(kMiddle)}, {"r", "4"}, {"class", "estimate"}});
  }
  return element("svg",
                 {{"class", "interval"},
                  {"role", "img"},
                  {"viewBox", fmt::format("-4 0 {} {}", kWidth + 8, kHeight)},
                  {"width", fmt::format("{}", kWidth + 8)},
                  {"height", fmt::format("{}", kHeight)}},
                 picture);
}

}  // namespace plimsoll::report
