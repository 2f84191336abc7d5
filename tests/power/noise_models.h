// Run-to-run noise as CI machines make it, for simulations: logs of a family's values over runs, newest
// first.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numbers>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace plimsoll::power {

// values[s][r]: series s in run r; run 0 is the one to be judged, the others are its baseline. Nothing
// changed in any of them.
using Family = std::vector<std::vector<double>>;

struct NoiseModel {
  std::string_view name;
  std::function<Family(base::Random&, std::size_t series, std::size_t runs)> draw;
};

// Every value on its own.
template <class Draw>
Family independent(std::size_t series, std::size_t runs, Draw draw) {
  Family family(series, std::vector<double>(runs));
  for (auto& values : family) {
    for (double& value : values) value = draw();
  }
  return family;
}

inline Family gaussian(base::Random& random, std::size_t series, std::size_t runs, double cv) {
  return independent(series, runs, [&] { return cv * random.normal(); });
}

// Student's t with 3 degrees of freedom: its variance exists, its fourth moment does not. (Bailey 1994,
// "Polar generation of random variates with the t-distribution".)
inline Family heavy_tailed(base::Random& random, std::size_t series, std::size_t runs, double scale) {
  return independent(series, runs, [&] {
    const double radius = std::sqrt(3 * (std::pow(1 - random.uniform(), -2.0 / 3) - 1));
    return scale * radius * std::cos(2 * std::numbers::pi * random.uniform());
  });
}

// One value in twenty is a hiccup: slower by 30 %, give or take a factor of two.
inline Family with_outliers(base::Random& random, std::size_t series, std::size_t runs) {
  return independent(series, runs, [&] {
    const double usual = 0.02 * random.normal();
    return random.uniform() < 0.05 ? usual + std::log1p(0.3 * std::exp(0.7 * random.normal())) : usual;
  });
}

// Every series creeps, up or down, by up to half a percent a run.
inline Family drifting(base::Random& random, std::size_t series, std::size_t runs) {
  Family family = gaussian(random, series, runs, 0.02);
  for (auto& values : family) {
    const double slope = 0.005 * (2 * random.uniform() - 1);
    for (std::size_t r = 0; r < runs; ++r) values[r] -= slope * static_cast<double>(r);
  }
  return family;
}

// Noise that all series of a run share: a busy neighbour, a warm room.
inline Family shared_noise(base::Random& random, std::size_t series, std::size_t runs, const Family& common) {
  Family family = gaussian(random, series, runs, 0.02);
  for (auto& values : family) {
    for (std::size_t r = 0; r < runs; ++r) values[r] += common[0][r];
  }
  return family;
}

// Two kinds of machine behind one label: a third of the runs land on the one that is slower by 12 %, with all
// their series.
inline Family bimodal_machines(base::Random& random, std::size_t series, std::size_t runs) {
  return shared_noise(random, series, runs,
                      independent(1, runs, [&] { return random.uniform() < 1.0 / 3 ? std::log(1.12) : 0; }));
}

// The same for each series by itself: memory layout, hash seeds, thread placement.
inline Family bimodal_series(base::Random& random, std::size_t series, std::size_t runs) {
  return independent(series, runs, [&] {
    return 0.02 * random.normal() + (random.uniform() < 1.0 / 3 ? std::log(1.12) : 0);
  });
}

// AR(1), stationary, with this standard deviation.
inline Family autocorrelated(base::Random& random, std::size_t series, std::size_t runs, double rho,
                             double cv) {
  Family family(series);
  for (auto& values : family) {
    values.push_back(cv * random.normal());
    while (values.size() < runs) {
      values.push_back(rho * values.back() + cv * std::sqrt(1 - rho * rho) * random.normal());
    }
  }
  return family;
}

// The level itself wanders.
inline Family random_walk(base::Random& random, std::size_t series, std::size_t runs) {
  Family family = gaussian(random, series, runs, 0.02);
  for (auto& values : family) {
    double level = 0;
    for (double& value : values) value += level += 0.01 * random.normal();
  }
  return family;
}

// A real project: most series are calm, a few of every wild kind.
inline Family mixed(base::Random& random, std::size_t series, std::size_t runs) {
  Family family = gaussian(random, series, runs, 0.02);
  const std::array<Family, 4> wild = {
      heavy_tailed(random, series, runs, 0.04), with_outliers(random, series, runs),
      bimodal_series(random, series, runs), autocorrelated(random, series, runs, 0.5, 0.05)};
  for (std::size_t s = 0; s < series; ++s) {
    if (s % 10 < wild.size()) family[s] = wild[s % 10][s];
  }
  return family;
}

inline const std::vector<NoiseModel>& noise_models() {
  using R = base::Random;
  using N = std::size_t;
  static const std::vector<NoiseModel> models = {
      {"Gaussian, cv 2 %", [](R& r, N s, N n) { return gaussian(r, s, n, 0.02); }},
      {"Gaussian, cv 5 %", [](R& r, N s, N n) { return gaussian(r, s, n, 0.05); }},
      {"heavy tails: t(3), scale 2 %", [](R& r, N s, N n) { return heavy_tailed(r, s, n, 0.02); }},
      {"heavy tails: t(3), scale 5 %", [](R& r, N s, N n) { return heavy_tailed(r, s, n, 0.05); }},
      {"log-normal outliers, 5 % of runs", with_outliers},
      {"drift, up to 0.5 % a run", drifting},
      {"random walk, 1 % a run", random_walk},
      {"bimodal machines, 12 % apart", bimodal_machines},
      {"whole runs: t(3), scale 3 %",
       [](R& r, N s, N n) { return shared_noise(r, s, n, heavy_tailed(r, 1, n, 0.03)); }},
      {"bimodal series, 12 % apart", bimodal_series},
      {"AR(1) 0.5, cv 5 %", [](R& r, N s, N n) { return autocorrelated(r, s, n, 0.5, 0.05); }},
      {"mixed", mixed},
  };
  return models;
}

}  // namespace plimsoll::power
