#include "plimsoll/stats/tail_grid.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "plimsoll/stats/distributions.h"

namespace plimsoll::stats {
namespace {

struct Shape {
  double df;
  double prior;
  double share = 0;  // of hiccups
  double reach = 1;  // their width
};

// Run-to-run noise has tails between t(3) and t(10) mostly, and may have hiccups.
constexpr std::array<Shape, tail_shapes> shape_grid = {
    {{3, 0.06},        {4, 0.10},          {6, 0.15},         {10, 0.12},        {30, 0.08},
     {100, 0.05},      {30, .02, .003, 2}, {30, .02, .01, 2}, {30, .02, .03, 2}, {30, .02, .1, 2},
     {30, .02, .3, 2}, {30, .02, .003, 4}, {30, .02, .01, 4}, {30, .03, .03, 4}, {30, .03, .1, 4},
     {30, .01, .3, 4}, {30, .02, .003, 8}, {30, .03, .01, 8}, {30, .05, .03, 8}, {30, .04, .1, 8},
     {30, .01, .3, 8}}};

// Never below 1: an interval shorter than Student's is not learnt from residuals that went into it.
constexpr std::array<double, tail_widths> width_grid = {1, 1.2, 1.5, 2};
constexpr std::array<double, tail_widths> width_prior = {0.70, 0.20, 0.07, 0.03};

// Between its points the logarithm is all but straight: an error of 0.2 % of a probability or density.
constexpr double step = 0.125;
constexpr std::size_t points = 305;  // up to 38: beyond, the normal tail is no double any more

using Table = std::array<double, points>;

struct Tail {
  Table log_above{};
  Table log_density{};
};

// A member of the grid; a score times `stretch` is Student's t where there is no hiccup.
struct Form {
  Shape shape;
  double stretch;
  double log_density_0;  // of the score without hiccups
};

Form form(const Shape& shape, double width) {
  const double stretch = t_point_above(0.025, shape.df) / normal_point_above(0.025) / width;
  const double log_density_0 = std::lgamma((shape.df + 1) / 2) - std::lgamma(shape.df / 2) -
                               0.5 * std::log(shape.df * std::numbers::pi) + std::log(stretch);
  return {shape, stretch, log_density_0};
}

double above(const Form& form, double z) {
  const auto& [df, prior, share, reach] = form.shape;
  const double t = z * form.stretch;
  return (1 - share) * t_above(t, df) + share * t_above(t / reach, df);
}

// Of the score without hiccups.
double usual_density(const Form& form, double z) {
  const double t = z * form.stretch;
  const double df = form.shape.df;
  return std::exp(form.log_density_0 - (df + 1) / 2 * std::log1p(t * t / df));
}

double density(const Form& form, double z) {
  const auto& [df, prior, share, reach] = form.shape;
  return (1 - share) * usual_density(form, z) + share / reach * usual_density(form, z / reach);
}

void fill(Tail& tail, const Form& form) {
  for (std::size_t i = 0; i < points; ++i) {
    const double z = step * static_cast<double>(i);
    tail.log_above[i] = std::log(above(form, z));
    tail.log_density[i] = std::log(density(form, z));
  }
}

double look_up(const Table& table, double z) {
  const double position = std::min(z / step, static_cast<double>(points - 1));
  const auto below = std::min(static_cast<std::size_t>(position), points - 2);
  const double fraction = position - static_cast<double>(below);
  return table[below] + fraction * (table[below + 1] - table[below]);
}

using Grid = std::array<Tail, tails>;

const Grid& grid() {
  static const std::unique_ptr<const Grid> all = [] {
    auto filled = std::make_unique<Grid>();
    for (std::size_t i = 0; i < tails; ++i) {
      fill((*filled)[i], form(shape_grid[i / tail_widths], width_grid[i % tail_widths]));
    }
    return filled;
  }();
  return *all;
}

}  // namespace

const TailWeights& tail_prior() {
  static const TailWeights prior = [] {
    TailWeights weights;
    for (std::size_t i = 0; i < tails; ++i) {
      weights[i] = shape_grid[i / tail_widths].prior * width_prior[i % tail_widths];
    }
    return weights;
  }();
  return prior;
}

double log_tail_above(std::size_t index, double z) {
  return look_up(grid()[index].log_above, z);
}

double log_tail_density(std::size_t index, double z) {
  return look_up(grid()[index].log_density, z);
}

void normalise_logs(TailWeights& weights) {
  const double largest = *std::ranges::max_element(weights);
  double sum = 0;
  for (double& w : weights) {
    w = std::exp(w - largest);
    if (w < 1e-8) w = 0;
    sum += w;
  }
  for (double& w : weights) w /= sum;
}

}  // namespace plimsoll::stats
