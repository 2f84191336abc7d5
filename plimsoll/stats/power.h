// Which effect could have been seen? What a plan promises before it measures. `level` is one-sided, in (0,
// 0.5); `power` in (0.5, 1). Effects are positive; infinite where the sample is too small for any.
#pragma once

#include <cstddef>

namespace plimsoll::stats {

struct PowerGoal {
  double level = 0.025;
  double power = 0.80;
};

// The smallest relative change (0.10 is 10 %) of one new run that a prediction interval over `baseline_runs`
// runs with coefficient of variation `cv` tells from none; exact for log-normal noise (noncentral t).
double detectable_change_unpaired(std::size_t baseline_runs, double cv, PowerGoal goal = {});

// The same from `pairs` interleaved pairs whose log ratios have the standard deviation `cv` sqrt(2).
double detectable_change_paired(std::size_t pairs, double cv, PowerGoal goal = {});

// The smallest p1 - p0 > 0 seen between n0 and n1 independent events at a base share of p0 in [0, 1): normal
// approximation with unequal variances (Fleiss 1981, "Statistical methods for rates and proportions", 3.2).
double detectable_difference_of_shares(double p0, double n0, double n1, PowerGoal goal = {});

// The least number of events without a single bad one whose Clopper-Pearson upper bound lies below `bound` in
// (0, 1).
double clean_events_needed(double bound, double confidence = 0.95);

}  // namespace plimsoll::stats
