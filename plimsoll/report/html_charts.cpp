#include "plimsoll/report/html_charts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/report/html_banner.h"
#include "plimsoll/report/html_figure.h"
#include "plimsoll/report/html_table.h"
#include "plimsoll/report/svg_chart.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::History;
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

const Judgement* judgement_of(const model::Verdict& verdict, const History& history) {
  const auto found = std::ranges::find_if(verdict.judgements, [&](const Judgement& judgement) {
    // One rule may judge several statistics of a series: this run's value tells them apart.
    const bool same_value = !history.points.empty() && judgement.value == history.points.back().value;
    return same_value && judgement.series == history.series && judgement.rule == history.rule;
  });
  return found == verdict.judgements.end() ? nullptr : &*found;
}

std::string day(double unix_seconds) {
  if (!std::isfinite(unix_seconds) || std::abs(unix_seconds) > 9e9) return "?";
  return base::to_rfc3339(base::from_unix_seconds(unix_seconds)).substr(0, 10);
}

// Runs stand at equal distances: what counts is their order.
Chart history_chart(const History& history, const std::string& style) {
  Chart chart{.title = history.series + " over earlier runs", .unit = history.unit, .from_zero = false};
  ChartLine line{.name = "", .style = "past " + style, .points = {}, .dots = true};
  for (std::size_t i = 0; i < history.points.size(); ++i) {
    line.points.push_back({static_cast<double>(i), history.points[i].value});
  }
  const double last = history.points.empty() ? 0 : static_cast<double>(history.points.size() - 1);
  chart.description =
      fmt::format("{}; this run, the last, is at {}.", plural(history.points.size(), "run"),
                  base::format_value(history.points.empty() ? 0 : history.points.back().value, history.unit));
  chart.lines = {std::move(line)};
  chart.x_high = std::max(last, 1.0);
  chart.width = 360;
  chart.height = 150;
  if (history.points.size() > 1) {
    chart.x_ticks = {{0, day(history.points.front().started)}, {last, "now"}};
  }
  return chart;
}

Markup history_table(const History& history) {
  Table table("Earlier runs, oldest first", {{"Run"}, {"Commit"}, {"Day"}, {"Value", true}});
  for (const model::HistoryPoint& point : history.points) {
    table.add({element("code", {}, point.run), element("code", {}, point.commit.substr(0, 10)),
               Markup::text(day(point.started)),
               Markup::text(base::format_value(point.value, history.unit))});
  }
  return element("details", {}, element("summary", {}, "The numbers") + table.markup());
}

Markup history_figure(const model::Verdict& verdict, const History& history) {
  const Judgement* judgement = judgement_of(verdict, history);
  const std::string style = judgement == nullptr ? "pass" : status_class(judgement->status);
  const Chart chart = history_chart(history, style);
  const Markup picture = draw(chart);
  if (picture.empty()) return {};
  Markup title = element("code", {}, history.series) + Markup::text(in_unit(history.unit));
  if (judgement != nullptr) {
    if (!judgement->stat.empty()) title += Markup::text(" " + judgement->stat);
    title =
        element("span", {{"class", "sign " + style}}, mark(judgement->status)) + Markup::text(" ") + title;
  }
  return element("figure", {},
                 element("h3", {}, title) + element("div", {{"class", "plot"}}, picture) +
                     element("figcaption", {}, chart.description) + history_table(history));
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

Markup histories_section(const model::Snapshot& snapshot) {
  Markup figures;
  for (const History& history : snapshot.histories) figures += history_figure(snapshot.verdict, history);
  return figure_section("history", "Over earlier runs",
                        "The runs that this one was compared with, oldest first; the filled dot is this run.",
                        "plots small-plots", figures);
}

}  // namespace plimsoll::report
