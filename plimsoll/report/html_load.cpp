#include "plimsoll/report/html_load.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "plimsoll/report/html_figure.h"
#include "plimsoll/report/html_table.h"
#include "plimsoll/report/svg_chart.h"
#include "plimsoll/report/svg_heat_map.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::LoadColumn;
using model::LoadPicture;

std::uint64_t answered(const LoadColumn& column) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : column.counts) sum += count;
  return sum;
}

std::string failures_text(const LoadPicture& picture) {
  std::uint64_t failed = 0;
  std::uint64_t requests = 0;
  for (const LoadColumn& column : picture.columns) {
    failed += column.failed;
    requests += column.failed + answered(column);
  }
  std::string text = plural(requests, "request");
  if (failed == 0) return text + ", none failed.";
  return text + fmt::format(", {} failed ({}).", base::format_count(static_cast<double>(failed)),
                            base::format_share(static_cast<double>(failed) / static_cast<double>(requests)));
}

Markup heat_figure(const LoadPicture& picture) {
  const std::string words = failures_text(picture);
  const Markup map = heat_map(picture, "Latency over time: " + picture.series, words);
  if (map.empty()) return {};
  return element(
      "figure", {{"class", "wide"}},
      element("h3", {}, Markup::text("Latency over time, ") + element("code", {}, picture.series)) +
          element("div", {{"class", "plot"}}, map) +
          element("figcaption", {}, Markup::text(words + " ") + heat_scale()));
}

// 99.9 % stands where 1 / (1 - share) is a thousand: each tenfold is one step.
double spectrum_x(double share, double last) {
  return share >= 1 ? last : -std::log10(1 - share);
}

Markup spectrum_table(const LoadPicture& picture) {
  Table table("Latency by the share of requests that were no slower", {{"Share"}, {"Latency", true}});
  for (const model::SpectrumPoint& point : picture.spectrum) {
    table.add(
        {Markup::text(base::format_share(point.share)), Markup::text(base::format_seconds(point.seconds))});
  }
  return element("details", {}, element("summary", {}, "The numbers") + table.markup());
}

Markup spectrum_figure(const LoadPicture& picture) {
  if (picture.spectrum.size() < 3) return {};
  double last = 0;
  for (const model::SpectrumPoint& point : picture.spectrum) {
    if (point.share < 1) last = std::max(last, spectrum_x(point.share, 0));
  }
  last += 0.3;  // where the slowest of all stands
  Chart chart{.title = "Percentile spectrum: " + picture.series, .unit = "seconds"};
  ChartLine line{.name = "", .style = "line2", .points = {}};
  for (const model::SpectrumPoint& point : picture.spectrum)
    line.points.push_back({spectrum_x(point.share, last), point.seconds});
  chart.lines = {std::move(line)};
  chart.x_high = last;
  for (const double share : {0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999}) {
    if (spectrum_x(share, last) < last - 0.15)
      chart.x_ticks.push_back({spectrum_x(share, last), base::format_share(share)});
  }
  chart.x_ticks.push_back({last, "all"});
  const auto half = std::ranges::find(picture.spectrum, 0.5, &model::SpectrumPoint::share);
  if (half != picture.spectrum.end()) {
    chart.description = fmt::format("Half of the requests took at most {}, the slowest {}.",
                                    base::format_seconds(half->seconds),
                                    base::format_seconds(picture.spectrum.back().seconds));
  }
  const Markup drawn = draw(chart);
  if (drawn.empty()) return {};
  return element("figure", {},
                 element("h3", {}, "Percentile spectrum") + element("div", {{"class", "plot"}}, drawn) +
                     element("figcaption", {}, chart.description) + spectrum_table(picture));
}

Markup failures_figure(const LoadPicture& picture) {
  Chart chart{.title = "Failed requests over time: " + picture.series,
              .description = failures_text(picture),
              .unit = "share"};
  ChartLine line{.name = "", .style = "failures", .points = {}};
  for (const LoadColumn& column : picture.columns) {
    const auto requests = static_cast<double>(column.failed + answered(column));
    if (requests > 0)
      line.points.push_back({column.at_seconds, static_cast<double>(column.failed) / requests});
  }
  chart.lines = {std::move(line)};
  chart.x_low = picture.columns.front().at_seconds;
  chart.x_high = std::max(picture.columns.back().at_seconds, chart.x_low);
  chart.x_ticks = ticks(chart.x_low, chart.x_high, "seconds", 6);
  return figure(Markup::text("Failed requests, as a share of each slice"), draw(chart), chart.description);
}

// The scenario of the load, as the series of its server carry it.
bool same_scenario(const std::string& load, const std::string& service) {
  const auto labels = [](const std::string& series) {
    const std::size_t brace = series.find('{');
    return brace == std::string::npos ? std::string() : series.substr(brace);
  };
  return labels(load) == labels(service);
}

Markup memory_figure(const LoadPicture& picture, const std::vector<model::Timeline>& timelines) {
  const auto memory = std::ranges::find_if(timelines, [&](const model::Timeline& timeline) {
    return timeline.series.starts_with("service.memory") && same_scenario(picture.series, timeline.series);
  });
  if (memory == timelines.end() || memory->points.empty()) return {};
  Chart chart{.title = "The server's memory: " + memory->series, .unit = memory->unit, .from_zero = false};
  ChartLine line{.name = "", .style = "line2", .points = {}};
  double low = INFINITY;
  double high = -INFINITY;
  for (const model::TimelinePoint& point : memory->points) {
    line.points.push_back({point.at_seconds, point.p50});
    if (!point.p50 || !std::isfinite(*point.p50)) continue;
    low = std::min(low, *point.p50);
    high = std::max(high, *point.p50);
  }
  chart.lines = {std::move(line)};
  chart.x_low = memory->points.front().at_seconds;
  chart.x_high = std::max(memory->points.back().at_seconds, chart.x_low);
  chart.x_ticks = ticks(chart.x_low, chart.x_high, "seconds", 6);
  if (high >= low)
    chart.description = fmt::format("From {} to {}.", base::format_bytes(low), base::format_bytes(high));
  const Markup drawn = draw(chart);
  return drawn.empty() ? Markup() : figure(Markup::text("The server's memory"), drawn, chart.description);
}

}  // namespace

Markup load_section(const model::Snapshot& snapshot) {
  Markup figures;
  for (const LoadPicture& picture : snapshot.loads) {
    if (picture.columns.empty()) continue;
    figures += heat_figure(picture) + spectrum_figure(picture) + failures_figure(picture) +
               memory_figure(picture, snapshot.timelines);
  }
  return figure_section("load", "Load",
                        "Latency counts from when a request was due; failed requests have none.", "plots",
                        figures);
}

}  // namespace plimsoll::report
