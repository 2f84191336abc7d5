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

struct Chart {
  std::string title, description;  // what a screen reader says
  std::string unit;
  std::vector<ChartLine> lines;
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
