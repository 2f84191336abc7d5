// How well change points and the gate do on simulated histories.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "base/random.h"
#include "plimsoll/stats/change_points.h"
#include "plimsoll/stats/newest_level.h"
#include "tests/power/history_models.h"

namespace plimsoll::power {

inline constexpr std::size_t match_window = 3;

// Of found places against true ones; each counts once.
struct DriftScore {
  std::size_t found = 0, matched = 0, steps = 0, rows = 0;
  std::size_t intervals_that_cover = 0;
  std::size_t histories = 0, with_trend = 0;

  double recall() const { return static_cast<double>(matched) / static_cast<double>(steps); }
  double false_alarms_per_100() const {
    return 100 * static_cast<double>(found - matched) / static_cast<double>(rows);
  }
  double f1() const { return 2 * static_cast<double>(matched) / static_cast<double>(found + steps); }

  DriftScore& operator+=(const DriftScore& other) {
    found += other.found;
    matched += other.matched;
    steps += other.steps;
    rows += other.rows;
    intervals_that_cover += other.intervals_that_cover;
    histories += other.histories;
    with_trend += other.with_trend;
    return *this;
  }
};

inline std::size_t distance(std::size_t a, std::size_t b) {
  return a > b ? a - b : b - a;
}

inline DriftScore score_changes(const History& history) {
  const stats::Segmentation result = stats::find_change_points(history.logs);
  DriftScore score{.found = result.changes.size(),
                   .steps = history.steps.size(),
                   .rows = history.logs.size(),
                   .histories = 1,
                   .with_trend = result.drift ? 1U : 0U};
  std::vector<bool> used(result.changes.size());
  for (std::size_t s = 0; s < history.steps.size(); ++s) {
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (used[i] || distance(result.changes[i].index, history.steps[s]) > match_window) continue;
      used[i] = true;
      ++score.matched;
      score.intervals_that_cover += result.changes[i].interval.contains(history.sizes[s]) ? 1 : 0;
      break;
    }
  }
  return score;
}

struct GateScore {
  std::size_t judged = 0, fail = 0, warn = 0, unconfirmed = 0, naive = 0;
  std::size_t planted = 0, big_first = 0, big_within = 0, small_within = 0;
};

inline stats::GateStatus gate_of(std::span<const double> logs) {
  return stats::gate_status(stats::judge_newest(logs), 0.10, 0.20);
}

// "More than 20 % slower than last time."
inline bool naive_alarm(std::span<const double> logs) {
  for (std::size_t i = logs.size() - 1; i-- > 0;) {
    if (!std::isnan(logs[i])) return logs.back() - logs[i] > std::log(1.2);
  }
  return false;
}

inline void score_unchanged(const History& history, GateScore& score) {
  if (std::isnan(history.logs.back())) return;
  const stats::GateStatus status = gate_of(history.logs);
  ++score.judged;
  score.fail += status == stats::GateStatus::fail ? 1 : 0;
  score.warn += status == stats::GateStatus::warn ? 1 : 0;
  score.unconfirmed += status == stats::GateStatus::unconfirmed ? 1 : 0;
  score.naive += naive_alarm(history.logs) ? 1 : 0;
}

// The last three rows step by 30 %, and in another history by 15 %; the gate is asked at each of them.
inline void score_planted(const History& history, GateScore& score) {
  ++score.planted;
  const std::size_t first = history.logs.size() - 3;
  bool big = false;
  bool small = false;
  for (std::size_t rows = first + 1; rows <= history.logs.size(); ++rows) {
    std::vector<double> logs(history.logs.begin(), history.logs.begin() + static_cast<std::ptrdiff_t>(rows));
    std::vector<double> less = logs;
    for (std::size_t i = first; i < rows; ++i) {
      logs[i] += std::log(1.30);
      less[i] += std::log(1.15);
    }
    big = big || gate_of(logs) == stats::GateStatus::fail;
    const stats::GateStatus status = gate_of(less);
    small = small || status == stats::GateStatus::warn || status == stats::GateStatus::fail;
    if (rows == first + 1) score.big_first += big ? 1 : 0;
  }
  score.big_within += big ? 1 : 0;
  score.small_within += small ? 1 : 0;
}

}  // namespace plimsoll::power
