#include "plimsoll/report/trend_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/clock.h"
#include "plimsoll/model/level_history.h"
#include "plimsoll/report/svg_chart.h"

namespace plimsoll::report {
namespace {

using model::History;
using model::HistoryLevel;

// Further than this many typical distances from every level is outside the picture.
constexpr double kReach = 12;
constexpr std::size_t kManyPoints = 80;

std::size_t end_of(const History& history, std::size_t level) {
  return level + 1 < history.levels.size() ? history.levels[level + 1].first : history.points.size();
}

struct Limits {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

// Around the levels, by the median distance of a point from its own; what is not finite has none.
Limits limits_of(const History& history) {
  Limits levels{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  std::vector<double> distances;
  for (std::size_t i = 0; i < history.levels.size(); ++i) {
    const double level = history.levels[i].level;
    if (!std::isfinite(level)) continue;
    levels = {std::min(levels.low, level), std::max(levels.high, level)};
    for (std::size_t p = history.levels[i].first; p < end_of(history, i); ++p) {
      const double distance = std::abs(history.points[p].value - level);
      if (std::isfinite(distance)) distances.push_back(distance);
    }
  }
  if (distances.empty()) return {};
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::ranges::nth_element(distances, middle);
  const double reach = std::max(kReach * *middle, 0.25 * (levels.high - levels.low));
  return reach > 0 ? Limits{levels.low - reach, levels.high + reach} : Limits{};
}

// On a ramp a level's ends are not as high as its middle.
double moved(const History& history, double level, double runs) {
  if (!history.trend || !history.trend->estimate) return level;
  const double per_100 = *history.trend->estimate;
  if (history.trend->kind == model::EffectKind::difference) return level + per_100 * runs / 100;
  return per_100 > 0 ? level * std::pow(per_100, runs / 100) : level;
}

std::vector<ChartLevel> chart_levels(const History& history) {
  std::vector<ChartLevel> result;
  for (std::size_t i = 0; i < history.levels.size(); ++i) {
    const HistoryLevel& level = history.levels[i];
    const auto first = static_cast<double>(level.first);
    const double last = static_cast<double>(end_of(history, i)) - 1;
    const double half = (last - first) / 2;
    result.push_back({first, last, moved(history, level.level, -half), moved(history, level.level, half),
                      level.level - level.low, level.high - level.level});
  }
  return result;
}

std::vector<ChartMark> marks_of(const History& history) {
  std::vector<ChartMark> marks;
  for (std::size_t i = 1; i < history.levels.size(); ++i) {
    const HistoryLevel& level = history.levels[i];
    const std::string tone = level.change ? change_tone(history, *level.change) : "moved";
    marks.push_back({static_cast<double>(level.first) - 0.5, std::to_string(i), tone});
  }
  return marks;
}

void add_points(const History& history, const std::string& style, Chart& chart) {
  const Limits limits = limits_of(history);
  ChartLine line{.name = "", .style = "past " + style, .points = {}, .dots = true};
  ChartLine beyond{.name = "", .style = "beyond", .points = {}, .dots = false};
  for (std::size_t i = 0; i < history.points.size(); ++i) {
    const auto x = static_cast<double>(i);
    const double value = history.points[i].value;
    const bool inside = value >= limits.low && value <= limits.high;
    const bool last = i + 1 == history.points.size();
    line.points.push_back({x, inside || last ? std::optional(value) : std::nullopt});
    if (inside || last || !std::isfinite(value)) continue;
    // Each stands alone: a gap after it makes a dot of it.
    beyond.points.push_back({x, std::clamp(value, limits.low, limits.high)});
    beyond.points.push_back({x, std::nullopt});
  }
  chart.lines = {std::move(line), std::move(beyond)};
}

// Days at quarters of the way, each once.
std::vector<Tick> days(const History& history, std::size_t wanted) {
  std::vector<Tick> ticks;
  const std::size_t last = history.points.size() - 1;
  for (std::size_t i = 0; i <= wanted; ++i) {
    const std::size_t at = last * i / wanted;
    const std::string day = day_text(history.points[at].started);
    if (ticks.empty() || ticks.back().label != day) ticks.push_back({static_cast<double>(at), day});
  }
  return ticks;
}

}  // namespace

Markup draw_trend(const History& history, const std::string& style, bool wide,
                  const std::string& description) {
  if (history.points.empty()) return {};
  Chart chart{.title = history.series + " over runs",
              .description = description,
              .unit = history.unit,
              .from_zero = false,
              .width = wide ? 1100 : 360,
              .height = wide ? 260 : 150};
  add_points(history, style, chart);
  chart.levels = chart_levels(history);
  chart.marks = marks_of(history);
  chart.x_high = std::max(static_cast<double>(history.points.size()) - 1, 1.0);
  if (history.points.size() > 1) chart.x_ticks = days(history, wide ? 6 : 1);
  if (history.points.size() > kManyPoints) chart.style = "small-dots";
  return draw(chart);
}

std::string change_tone(const History& history, const model::Effect& effect) {
  if (history.better == model::Better::neither) return "moved";
  return model::is_worse(effect, history.better) ? "worse" : "better";
}

std::string change_word(const History& history, const model::Effect& effect) {
  if (history.better != model::Better::neither) return change_tone(history, effect);
  return model::is_worse(effect, model::Better::lower) ? "higher" : "lower";
}

std::string day_text(double unix_seconds) {
  if (!std::isfinite(unix_seconds) || std::abs(unix_seconds) > 9e9) return "?";
  return base::to_rfc3339(base::from_unix_seconds(unix_seconds)).substr(0, 10);
}

}  // namespace plimsoll::report
