#include "plimsoll/report/svg_chart.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace plimsoll::report {
namespace {

constexpr double kLeft = 62, kRight = 40, kTop = 14, kBottom = 26;

std::string number(double value) {
  return fmt::format("{:.1f}", value);
}

// Sums and differences of what is drawn must be finite too.
constexpr double kMost = 1e300;

bool drawable(const ChartPoint& point) {
  return point.y && std::abs(*point.y) <= kMost && std::abs(point.x) <= kMost;
}

bool drawable(const ChartLevel& level) {
  for (const double y : {level.y_from, level.y_to, level.below, level.above, level.from, level.to}) {
    if (!(std::abs(y) <= kMost)) return false;
  }
  return true;
}

struct Range {
  double low = 0, high = 0;
};

void add_levels(const Chart& chart, Range& range) {
  for (const ChartLevel& level : chart.levels) {
    if (!drawable(level)) continue;
    range.low = std::min({range.low, level.y_from, level.y_to});
    range.high = std::max({range.high, level.y_from, level.y_to});
  }
}

std::optional<Range> value_range(const Chart& chart) {
  std::optional<Range> range;
  for (const ChartLine& line : chart.lines) {
    for (const ChartPoint& point : line.points) {
      if (!drawable(point)) continue;
      if (!range) range = Range{*point.y, *point.y};
      range->low = std::min(range->low, *point.y);
      range->high = std::max(range->high, *point.y);
    }
  }
  if (range) add_levels(chart, *range);
  return range;
}

// A bound far above the data would flatten them: then it is not drawn.
bool shows_bound(const Chart& chart, const Range& data) {
  return chart.bound && std::abs(*chart.bound) <= kMost && *chart.bound <= 2.5 * std::max(data.high, 0.0) &&
         *chart.bound >= 0.4 * data.low;
}

Range axis_range(const Chart& chart, Range data) {
  if (shows_bound(chart, data)) {
    data.low = std::min(data.low, *chart.bound);
    data.high = std::max(data.high, *chart.bound);
  }
  const double level = std::max(std::abs(data.low), std::abs(data.high));
  if (level < 1 / kMost) return {0, 1};
  const bool zero = chart.from_zero || data.high - data.low > 0.5 * level;
  if (zero) return {std::min(0.0, data.low * 1.08), std::max(0.0, data.high * 1.08)};
  const double missing = std::max(0.0, 0.2 * level - (data.high - data.low)) / 2 + 0.02 * level;
  return {data.low - missing, data.high + missing};
}

class Drawing {
 public:
  Drawing(const Chart& chart, Range data)
      : chart_(chart),
        y_(axis_range(chart, data)),
        right_(chart.width - kRight),
        bottom_(chart.height - kBottom) {
    if (shows_bound(chart, data)) bound_ = chart.bound;
  }

  Markup svg() {
    Markup content = element("title", {}, chart_.title) + element("desc", {}, chart_.description);
    content += y_axis() + x_axis();
    if (bound_) content += bound_line();
    for (const ChartMark& mark : chart_.marks) content += upright(mark);
    for (const ChartLevel& level : chart_.levels) content += band(level);
    for (const ChartLine& line : chart_.lines) content += curve(line);
    for (const ChartLevel& level : chart_.levels) content += level_line(level);
    content += names();
    return element("svg",
                   {{"class", chart_.style.empty() ? "chart" : "chart " + chart_.style},
                    {"role", "img"},
                    {"viewBox", fmt::format("0 0 {} {}", chart_.width, chart_.height)},
                    {"width", std::to_string(chart_.width)},
                    {"height", std::to_string(chart_.height)}},
                   content);
  }

 private:
  double x_of(double x) const {
    const double span = chart_.x_high - chart_.x_low;
    return kLeft + (span > 0 ? (x - chart_.x_low) / span : 0.5) * (right_ - kLeft);
  }
  double y_of(double y) const { return bottom_ - (y - y_.low) / (y_.high - y_.low) * (bottom_ - kTop); }

  static Markup straight(double x1, double y1, double x2, double y2, std::string_view style) {
    return element("line", {{"x1", number(x1)},
                            {"y1", number(y1)},
                            {"x2", number(x2)},
                            {"y2", number(y2)},
                            {"class", std::string(style)}});
  }

  static Markup label(double x, double y, std::string_view anchor, std::string_view style,
                      std::string_view text) {
    return element("text",
                   {{"x", number(x)},
                    {"y", number(y)},
                    {"text-anchor", std::string(anchor)},
                    {"class", std::string(style)}},
                   text);
  }

  Markup y_axis() const {
    Markup axis;
    for (const Tick& tick : ticks(y_.low, y_.high, chart_.unit, chart_.height > 180 ? 5 : 3)) {
      axis += straight(kLeft, y_of(tick.at), right_, y_of(tick.at), tick.at == 0 ? "axis" : "grid");
      axis += label(kLeft - 8, y_of(tick.at) + 4, "end", "", tick.label);
    }
    return axis;
  }

  Markup x_axis() const {
    Markup axis = straight(kLeft, bottom_, right_, bottom_, "axis");
    for (const Tick& tick : chart_.x_ticks) {
      const double x = x_of(tick.at);
      axis += straight(x, bottom_, x, bottom_ + 4, "axis");
      axis += label(x, bottom_ + 18, "middle", "", tick.label);
    }
    return axis;
  }

  Markup bound_line() const {
    const double y = y_of(*bound_);
    return straight(kLeft, y, right_, y, "bound") +
           label(kLeft + 6, y - 5, "start", "bound-label", "bound " + axis_label(*bound_, chart_.unit));
  }

  Markup upright(const ChartMark& mark) const {
    const double x = x_of(mark.x);
    return straight(x, kTop, x, bottom_, "change " + mark.style) +
           label(x, kTop - 3, "middle", "change " + mark.style, mark.label);
  }

  double inside(double y) const { return std::clamp(y_of(y), kTop, bottom_); }

  Markup band(const ChartLevel& level) const {
    if (!drawable(level)) return {};
    const double left = x_of(level.from);
    const double right = x_of(level.to);
    const std::string corners =
        fmt::format("{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", left,
                    inside(level.y_from + level.above), right, inside(level.y_to + level.above), right,
                    inside(level.y_to - level.below), left, inside(level.y_from - level.below));
    return element("polygon", {{"points", corners}, {"class", "band"}});
  }

  Markup level_line(const ChartLevel& level) const {
    if (!drawable(level)) return {};
    return straight(x_of(level.from), inside(level.y_from), x_of(level.to), inside(level.y_to), "level");
  }

  Markup curve(const ChartLine& line) const {
    Markup result;
    std::string stretch;
    for (const ChartPoint& point : line.points) {
      if (drawable(point)) {
        stretch += fmt::format("{}{:.1f},{:.1f}", stretch.empty() ? "" : " ", x_of(point.x), y_of(*point.y));
      } else {
        result += polyline(std::exchange(stretch, {}), line.style);
      }
    }
    result += polyline(stretch, line.style);
    return result + dots(line);
  }

  // A stretch of one point has no length: it is a dot.
  static Markup polyline(const std::string& points, const std::string& style) {
    if (points.empty()) return {};
    if (points.contains(' ')) return element("polyline", {{"points", points}, {"class", style}});
    const std::size_t comma = points.find(',');
    return dot(points.substr(0, comma), points.substr(comma + 1), style + " dot");
  }

  static Markup dot(std::string x, std::string y, std::string style) {
    return element("circle",
                   {{"cx", std::move(x)}, {"cy", std::move(y)}, {"r", "3"}, {"class", std::move(style)}});
  }

  Markup dots(const ChartLine& line) const {
    Markup result;
    if (!line.dots) return result;
    for (const ChartPoint& point : line.points) {
      if (!drawable(point)) continue;
      const bool last = &point == &line.points.back();
      result +=
          dot(number(x_of(point.x)), number(y_of(*point.y)), line.style + (last ? " dot last" : " dot"));
    }
    return result;
  }

  // Names stand at the ends of their lines, pushed apart where they would cover each other.
  Markup names() const {
    struct Name {
      double y;
      const ChartLine* line;
    };
    std::vector<Name> placed;
    for (const ChartLine& line : chart_.lines) {
      const auto last = std::find_if(line.points.rbegin(), line.points.rend(),
                                     [](const ChartPoint& point) { return drawable(point); });
      if (last != line.points.rend() && !line.name.empty()) placed.push_back({y_of(*last->y), &line});
    }
    std::ranges::sort(placed, std::ranges::greater(), &Name::y);
    constexpr double kLineHeight = 13;
    double limit = bottom_;
    for (Name& name : placed) {
      name.y = std::min(name.y, limit);
      limit = name.y - kLineHeight;
    }
    // What was pushed above the picture comes back down, and takes the ones below along.
    double least = kTop;
    for (auto name = placed.rbegin(); name != placed.rend(); ++name) {
      name->y = std::max(name->y, least);
      least = name->y + kLineHeight;
    }
    Markup result;
    for (const Name& name : placed) {
      result += label(right_ + 6, name.y + 4, "start", name.line->style + " name", name.line->name);
    }
    return result;
  }

  const Chart& chart_;
  Range y_;
  double right_, bottom_;
  std::optional<double> bound_;
};

}  // namespace

Markup draw(const Chart& chart) {
  const std::optional<Range> data = value_range(chart);
  return data ? Drawing(chart, *data).svg() : Markup();
}

}  // namespace plimsoll::report
