// What this machine's noise lets a relative rule see. `bench noise` measures the same code again and again
// (A/A runs) and keeps the numbers in the store; a rule finer than what they allow is refused.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/model/run.h"
#include "plimsoll/plan/plan.h"

namespace plimsoll::pipeline {

// The kind of a calibration's probe records ("noise/database"): it is nobody's baseline. Its observations
// carry the number of their A/A run as the block.
inline constexpr std::string_view calibration_kind = "noise";
// Fewer A/A runs say nothing of noise.
inline constexpr std::size_t least_calibration_runs = 5;

// The noise of one number from one A/A run to the next.
struct SeriesNoise {
  model::Series series;        // of the group
  std::string stat;            // "min"; empty where none was asked for
  std::vector<double> values;  // of each A/A run, in their order
  double level = 0;            // their median
  double robust_cv = 0;  // scaled median absolute deviation of their logarithms: outliers do not move it
  double spread = 0;     // standard deviation of their logarithms: what a judge's interval grows with
};

// Of every group of series that the selector makes, by the blocks of a calibration. Groups with fewer than
// least_calibration_runs values above zero are left out.
std::vector<SeriesNoise> noise_of(std::span<const model::SeriesData> series, const model::Selector& selector,
                                  const std::optional<model::Stat>& stat);

// The smallest relative change that is told from none: of one new run against `runs` earlier ones, or over
// `pairs` interleaved pairs (stats/power.h), at that standard deviation.
double visible_against_runs(const SeriesNoise& noise, std::size_t runs, double power);
double visible_in_pairs(const SeriesNoise& noise, std::size_t pairs, double power);

// Refuses a judgement of a regression whose fail bound is finer than this machine can see at 80 % power even
// against 20 runs (or over the judgement's own pairs): what would pass, learn or be undecided becomes
// inconclusive (environment) with the figures. An alarm stands: its false-alarm rate holds at any noise.
void refuse_if_too_fine(model::Judgement& judgement, const model::Regression& bounds,
                        const SeriesNoise& noise, bool in_pairs);

// The sentence of that refusal; nothing where the bound is coarse enough.
std::optional<std::string> refusal(const model::Regression& bounds, const SeriesNoise& noise, bool in_pairs,
                                   std::size_t pairs);

// The newest calibrations of a machine.
class Calibrations {
 public:
  // Of runs with this comparability key.
  static base::Result<Calibrations> load(evidence::EvidenceStore& store, const std::string& project,
                                         const std::string& comparability);

  // The newest of the probe `bench/NAME` with this digest; nullptr where there is none.
  const model::Run* find(std::string_view probe_id, std::string_view config_digest) const;

  // The noise of one group of the rule's series, as that run measured it.
  base::Result<std::optional<SeriesNoise>> noise(const model::Rule& rule, const model::SeriesId& group,
                                                 const model::Run& run) const;

 private:
  explicit Calibrations(evidence::EvidenceStore& store) : store_(&store) {}
  evidence::EvidenceStore* store_;
  std::vector<model::Run> runs_;  // newest first
};

}  // namespace plimsoll::pipeline
