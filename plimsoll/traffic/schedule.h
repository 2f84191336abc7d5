// When requests are due in the open model: a plan made before the run that never waits for the server.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace plimsoll::traffic {

enum class Arrival { constant, poisson };

// Ramps linearly from the level before to `target` over `duration`; a duration of 0 is a jump.
struct Stage {
  base::Nanoseconds duration{};
  double target = 0;  // requests per second, or users
  bool operator==(const Stage&) const = default;
};

// The level that stages have reached at a moment, and the area below it; constant after the last stage.
class Ramp {
 public:
  Ramp(double start, std::span<const Stage> stages);

  double seconds() const { return pieces_.empty() ? 0 : pieces_.back().end; }
  double area() const { return pieces_.empty() ? 0 : pieces_.back().area_end; }
  double level(double seconds) const;

  // The moment at which the area below the level reaches `area`. Calls must come with growing areas: the
  // search goes on from where the last one ended.
  double moment_of(double area);

 private:
  struct Piece {
    double begin, end;  // seconds
    double from, to;    // level
    double area_begin, area_end;
  };
  std::vector<Piece> pieces_;
  std::size_t at_ = 0;
};

// Due times, ascending from 0. With constant arrival the i-th request (from 0) is due when the integral of
// the rate has reached i: exactly i / R for a constant rate R. With poisson arrival the same number of
// requests falls as that many points of a Poisson process given their number: independent, with the rate as
// density (order statistics drawn one by one, Devroye 1986, Non-Uniform Random Variate Generation, V.3).
// Equal seeds give equal schedules. Memory does not grow.
class Schedule {
 public:
  Schedule(double start_rate, std::span<const Stage> stages, Arrival arrival, std::uint64_t seed);

  std::uint64_t count() const { return count_; }  // the integral of the rate, rounded: R × D
  base::Nanoseconds length() const;
  double mean_rate() const;

  std::optional<base::Nanoseconds> next();  // nothing after the last one

 private:
  Ramp ramp_;
  Arrival arrival_;
  base::Random random_;
  std::uint64_t count_ = 0;
  std::uint64_t made_ = 0;
  double remaining_ = 1;  // 1 minus the share of the integral that is passed
};

}  // namespace plimsoll::traffic
