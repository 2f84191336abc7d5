// Lines over time or over runs, as static SVG.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plimsoll/report/markup.h"
#include "plimsoll/report/ticks.h"

namespace plimsoll::report {

struct ChartPoint {
  double x = 0;
  std::optional<double> y;  // nothing, or a number that is not finite: the line is broken there
};

struct ChartLine {
  std::string name;                // written at its end; may be empty
  std::string style;               // CSS class, ours
  std::vector<ChartPoint> points;  // x ascending
  bool dots = false;               // a dot at every point, the last one filled
};

// A level between two changes, on a ramp where its ends differ, with the band of its interval.
struct ChartLevel {
  double from = 0, to = 0;
  double y_from = 0, y_to = 0;
  double below = 0, above = 0;  // of the band, from the level
};

// A change, drawn upright in the picture's whole height.
struct ChartMark {
  double x = 0;
  std::string label;
  std::string style;
};

struct Chart {
  std::string title, description;  // what a screen reader says
  std::string unit;
  std::string style;  // a CSS class more, ours; may be empty
  std::vector<ChartLine> lines;
  std::vector<ChartLevel> levels;
  std::vector<ChartMark> marks;
  std::vector<Tick> x_ticks;
  double x_low = 0, x_high = 1;
  bool from_zero =
      true;  // else the scale spans at least a fifth of the level, so that noise looks like noise
  std::optional<double> bound;  // drawn where the data come near it
  int width = 560, height = 230;
};

// Empty where no line has a finite point.
Markup draw(const Chart& chart);

}  // namespace plimsoll::report
