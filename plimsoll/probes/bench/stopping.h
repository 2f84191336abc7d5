// When a measurement has been repeated often enough.
//
// Looking after every repeat and stopping at the first interval that is narrow would stop on lucky streaks:
// such intervals cover less than they say. So there are few looks, each after 1.4 times as many repeats as
// the last, and look k spends 0.05 / (k (k + 1)) of the 5 %: by the union bound the interval at whichever
// look ends the measurement covers with 95 % still.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "plimsoll/formats/imported_file.h"

namespace plimsoll::probes::bench {

struct StoppingRule {
  int least = 5;         // repeats (or pairs) before the first look
  int most = 10'000;     // and never more than this
  double precision = 0;  // half width of the interval, relative; 0: `least` repeats, no look
  std::chrono::nanoseconds max_time = {};  // of the counted repeats; 0: as long as it takes
};

// Watches the times that a program reports (its CPU times aside), each for itself. Of repeats the interval is
// the median's, by order statistics; of pairs Student's t of the log ratios head / base. Not thread-safe.
class Stopping {
 public:
  explicit Stopping(StoppingRule rule) : rule_(rule) {}

  void add(const formats::ImportedFile& results);
  void add_pair(const formats::ImportedFile& base, const formats::ImportedFile& head);

  // After each repeat or pair; `elapsed` since the first one began. True from then on.
  bool enough(std::chrono::nanoseconds elapsed);

  int repeats() const { return repeats_; }
  // The widest half width at the last look; nothing before a look, or where no interval is known yet.
  std::optional<double> reached() const { return reached_; }
  // "14 runs: within 1 %", "3 runs: the time was up (10 s) …": why it ended; for after enough().
  std::string why() const;

 private:
  enum class End { none, repeats, precise, time, most };
  void look();

  StoppingRule rule_;
  bool pairs_ = false;
  int repeats_ = 0;
  int looks_ = 0;
  int next_look_ = 0;
  std::map<model::SeriesId, std::vector<double>> values_;  // times, or log ratios
  std::optional<double> reached_;
  End end_ = End::none;
};

}  // namespace plimsoll::probes::bench
