#include "plimsoll/traffic/schedule.h"

#include <algorithm>
#include <cmath>

namespace plimsoll::traffic {
namespace {

double to_seconds(base::Nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

base::Nanoseconds from_seconds(double seconds) {
  return base::Nanoseconds(std::llround(seconds * 1e9));
}

}  // namespace

Ramp::Ramp(double start, std::span<const Stage> stages) {
  double moment = 0;
  double area = 0;
  for (const Stage& stage : stages) {
    const double length = to_seconds(stage.duration);
    if (length > 0) {
      const double grown = area + length * (start + stage.target) / 2;
      pieces_.push_back({moment, moment + length, start, stage.target, area, grown});
      moment += length;
      area = grown;
    }
    start = stage.target;
  }
}

double Ramp::level(double seconds) const {
  const auto piece = std::ranges::find_if(pieces_, [&](const Piece& p) { return seconds < p.end; });
  if (piece == pieces_.end()) return pieces_.empty() ? 0 : pieces_.back().to;
  const double share = (seconds - piece->begin) / (piece->end - piece->begin);
  return piece->from + share * (piece->to - piece->from);
}

double Ramp::moment_of(double area) {
  while (at_ + 1 < pieces_.size() && area >= pieces_[at_].area_end) ++at_;
  const Piece& piece = pieces_[at_];
  const double length = piece.end - piece.begin;
  const double wanted = std::max(0.0, area - piece.area_begin);
  // from·t + slope·t²/2 = wanted, in the form that does not cancel where the slope is small.
  const double slope = (piece.to - piece.from) / length;
  const double root = std::sqrt(std::max(0.0, piece.from * piece.from + 2 * slope * wanted));
  const double divisor = piece.from + root;
  const double offset = divisor > 0 ? 2 * wanted / divisor : 0;
  return piece.begin + std::clamp(offset, 0.0, length);
}

Schedule::Schedule(double start_rate, std::span<const Stage> stages, Arrival arrival, std::uint64_t seed)
    : ramp_(start_rate, stages),
      arrival_(arrival),
      random_(seed),
      count_(static_cast<std::uint64_t>(std::llround(ramp_.area()))) {}

base::Nanoseconds Schedule::length() const {
  return from_seconds(ramp_.seconds());
}

double Schedule::mean_rate() const {
  return ramp_.seconds() > 0 ? static_cast<double>(count_) / ramp_.seconds() : 0;
}

std::optional<base::Nanoseconds> Schedule::next() {
  if (made_ == count_) return std::nullopt;
  double area = static_cast<double>(made_);
  if (arrival_ == Arrival::poisson) {
    remaining_ *= std::exp(-random_.exponential() / static_cast<double>(count_ - made_));
    area = ramp_.area() * (1 - remaining_);
  }
  ++made_;
  return from_seconds(ramp_.moment_of(area));
}

}  // namespace plimsoll::traffic
