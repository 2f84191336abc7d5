#include "plimsoll/report/html_charts.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "plimsoll/report/html_figure.h"
#include "plimsoll/report/svg_chart.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::Judgement;
using model::Timeline;
using model::TimelinePoint;

constexpr std::size_t kMostPoints = 280;  // more than that do not show at this width

using Percentile = std::optional<double> TimelinePoint::*;

// Percentiles are not averaged: of the slices that share a pixel the highest is drawn.
std::vector<ChartPoint> thinned(const Timeline& timeline, Percentile percentile) {
  const std::size_t share = (timeline.points.size() + kMostPoints - 1) / kMostPoints;
  std::vector<ChartPoint> points;
  for (std::size_t i = 0; i < timeline.points.size(); i += std::max<std::size_t>(share, 1)) {
    ChartPoint point{timeline.points[i].at_seconds, std::nullopt};
    for (std::size_t j = i; j < std::min(i + share, timeline.points.size()); ++j) {
      const std::optional<double> value = timeline.points[j].*percentile;
      if (value && (!point.y || *value > *point.y)) point.y = value;
    }
    points.push_back(point);
  }
  return points;
}

bool has(const Timeline& timeline, Percentile percentile) {
  return std::ranges::any_of(
      timeline.points, [percentile](const TimelinePoint& point) { return (point.*percentile).has_value(); });
}

// The bound of a threshold that was judged on this series.
std::optional<double> bound_of(const model::Verdict& verdict, const Timeline& timeline) {
  for (const Judgement& judgement : verdict.judgements) {
    const bool threshold = judgement.effect && judgement.effect->kind == model::EffectKind::difference;
    if (threshold && judgement.series == timeline.series && judgement.unit == timeline.unit)
      return judgement.bound;
  }
  return std::nullopt;
}

std::string timeline_words(const Timeline& timeline) {
  std::uint64_t count = 0;
  std::optional<double> highest;
  for (const TimelinePoint& point : timeline.points) {
    count += point.count;
    for (const auto& value : {point.p50, point.p95, point.p99}) {
      if (value && std::isfinite(*value)) highest = std::max(highest.value_or(*value), *value);
    }
  }
  std::string text = plural(timeline.points.size(), "slice");
  if (count > 0) text += ", " + plural(count, "value");
  if (highest) text += ", highest " + base::format_value(*highest, timeline.unit);
  if (timeline.points.size() > kMostPoints) text += "; of neighbouring slices the highest is drawn";
  return text + ".";
}

Chart timeline_chart(const model::Verdict& verdict, const Timeline& timeline) {
  Chart chart{.title = timeline.series + " over time",
              .description = timeline_words(timeline),
              .unit = timeline.unit};
  const bool several = has(timeline, &TimelinePoint::p95) || has(timeline, &TimelinePoint::p99);
  chart.lines.push_back(
      {several ? "p50" : "", several ? "line1" : "line2", thinned(timeline, &TimelinePoint::p50)});
  if (several) {
    chart.lines.push_back({"p95", "line2", thinned(timeline, &TimelinePoint::p95)});
    chart.lines.push_back({"p99", "line3", thinned(timeline, &TimelinePoint::p99)});
  }
  if (!timeline.points.empty()) {
    chart.x_low = timeline.points.front().at_seconds;
    chart.x_high = std::max(timeline.points.back().at_seconds, chart.x_low);
  }
  chart.x_ticks = ticks(chart.x_low, chart.x_high, "seconds", 6);
  chart.bound = bound_of(verdict, timeline);
  return chart;
}

std::string in_unit(std::string_view unit) {
  return needs_unit(unit) ? " in " + std::string(unit) : std::string();
}

Markup timeline_figure(const model::Verdict& verdict, const Timeline& timeline) {
  const Markup picture = draw(timeline_chart(verdict, timeline));
  if (picture.empty()) return {};
  const Markup title = element("code", {}, timeline.series) + Markup::text(in_unit(timeline.unit));
  return figure(title, picture, timeline_words(timeline));
}

}  // namespace

Markup timelines_section(const model::Snapshot& snapshot) {
  Markup figures;
  for (const Timeline& timeline : snapshot.timelines) figures += timeline_figure(snapshot.verdict, timeline);
  return figure_section(
      "over-time", "Over the time of this run",
      "Percentiles of each slice of time; the latency of a load counts from when a request was due.", "plots",
      figures);
}

}  // namespace plimsoll::report
