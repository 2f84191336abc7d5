#include "plimsoll/report/svg_heat_map.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/units.h"
#include "plimsoll/report/ticks.h"

namespace plimsoll::report {
namespace {

constexpr double kLeft = 62, kRight = 26, kTop = 30, kBottom = 26, kWidth = 1140;
constexpr double kRowHeight = 9;
constexpr double kStrip = 8, kStripGap = 6;  // of failures, above the map

// The share of a slice's requests from which on a cell has the class heat1, heat2 …
constexpr std::array kLevels = {0.0, 0.01, 0.05, 0.15, 0.3, 0.5};

std::string number(double value) {
  return fmt::format("{:.1f}", value);
}

std::string heat_class(double share) {
  const auto above = std::ranges::upper_bound(kLevels, share);
  return fmt::format("heat{}", above - kLevels.begin());
}

std::uint64_t requests_of(const model::LoadColumn& column) {
  std::uint64_t requests = column.failed;
  for (const std::uint64_t count : column.counts) requests += count;
  return requests;
}

class HeatMap {
 public:
  explicit HeatMap(const model::LoadPicture& picture)
      : picture_(picture),
        rows_(picture.row_edges.size() - 1),
        seconds_(picture.columns.back().at_seconds + picture.columns.back().seconds),
        bottom_(kTop + kRowHeight * static_cast<double>(rows_)) {}

  Markup svg(const std::string& title, const std::string& description) const {
    Markup content = element("title", {}, title) + element("desc", {}, description);
    content += axes();
    for (const model::LoadColumn& column : picture_.columns) content += cells(column);
    return element("svg",
                   {{"class", "chart heat"},
                    {"role", "img"},
                    {"viewBox", fmt::format("0 0 {:.0f} {:.0f}", kWidth, bottom_ + kBottom)},
                    {"width", fmt::format("{:.0f}", kWidth)},
                    {"height", fmt::format("{:.0f}", bottom_ + kBottom)}},
                   content);
  }

 private:
  double x_of(double at) const { return kLeft + at / seconds_ * (kWidth - kLeft - kRight); }
  double y_of(double latency) const {
    const double low = std::log10(picture_.row_edges.front());
    const double high = std::log10(picture_.row_edges.back());
    return bottom_ - (std::log10(latency) - low) / (high - low) * (bottom_ - kTop);
  }

  static Markup label(double x, double y, std::string_view anchor, std::string_view text) {
    return element("text", {{"x", number(x)}, {"y", number(y)}, {"text-anchor", std::string(anchor)}}, text);
  }

  static Markup line(double x1, double y1, double x2, double y2, std::string_view style) {
    return element("line", {{"x1", number(x1)},
                            {"y1", number(y1)},
                            {"x2", number(x2)},
                            {"y2", number(y2)},
                            {"class", std::string(style)}});
  }

  Markup axes() const {
    Markup result = line(kLeft, bottom_, kWidth - kRight, bottom_, "axis");
    for (const double latency : decades()) {
      result += line(kLeft, y_of(latency), kWidth - kRight, y_of(latency), "grid");
      result += label(kLeft - 8, y_of(latency) + 4, "end", base::format_seconds(latency));
    }
    for (const Tick& tick : ticks(0, seconds_, "seconds", 10)) {
      result += line(x_of(tick.at), bottom_, x_of(tick.at), bottom_ + 4, "axis");
      result += label(x_of(tick.at), bottom_ + 18, "middle", tick.label);
    }
    if (fails()) result += label(kLeft - 8, kTop - kStripGap, "end", "failed");
    return result;
  }

  // Powers of ten, and threes between them where few of these are in sight.
  std::vector<double> decades() const {
    std::vector<double> result;
    const double low = picture_.row_edges.front() * 0.999;
    const double high = picture_.row_edges.back() * 1.001;
    const bool few = high / low < 300;
    for (int power = -9; power <= 5; ++power) {
      for (const double factor : {1.0, 3.0}) {
        const double latency = factor * std::pow(10, power);
        if (latency >= low && latency <= high && (factor == 1 || few)) result.push_back(latency);
      }
    }
    return result;
  }

  bool fails() const {
    return std::ranges::any_of(picture_.columns, [](const auto& column) { return column.failed > 0; });
  }

  Markup cells(const model::LoadColumn& column) const {
    Markup result;
    const auto requests = static_cast<double>(requests_of(column));
    if (requests == 0) return result;
    for (std::size_t row = 0; row < std::min(rows_, column.counts.size()); ++row) {
      if (column.counts[row] == 0) continue;
      const double y = bottom_ - kRowHeight * static_cast<double>(row + 1);
      result += cell(column, y, kRowHeight, heat_class(static_cast<double>(column.counts[row]) / requests));
    }
    if (column.failed > 0) {
      const std::string style = heat_class(static_cast<double>(column.failed) / requests);
      result += cell(column, kTop - kStripGap - kStrip, kStrip, "failed " + style);
    }
    return result;
  }

  Markup cell(const model::LoadColumn& column, double y, double height, const std::string& style) const {
    const double x = x_of(column.at_seconds);
    const double width = std::max(x_of(column.at_seconds + column.seconds) - x, 0.5);
    return element("rect", {{"x", number(x)},
                            {"y", number(y)},
                            {"width", number(width)},
                            {"height", number(height)},
                            {"class", style}});
  }

  const model::LoadPicture& picture_;
  std::size_t rows_;
  double seconds_;
  double bottom_;
};

}  // namespace

Markup heat_map(const model::LoadPicture& picture, const std::string& title, const std::string& description) {
  if (picture.columns.empty() || picture.row_edges.size() < 2 || !(picture.row_edges.front() > 0)) return {};
  const model::LoadColumn& last = picture.columns.back();
  if (!(last.at_seconds + last.seconds > 0)) return {};
  return HeatMap(picture).svg(title, description);
}

Markup heat_scale() {
  Markup scale = Markup::text("Of a slice's requests, from ");
  for (std::size_t level = 0; level < kLevels.size(); ++level) {
    scale += element("span", {{"class", fmt::format("swatch heat{}", level + 1)}}, "");
    scale += Markup::text(level == 0 ? " one, "
                                     : fmt::format(" {:.0f} %{}", kLevels[level] * 100,
                                                   level + 1 < kLevels.size() ? ", " : " on"));
  }
  return scale;
}

}  // namespace plimsoll::report
