// An evaluation in a few numbers, each with its 95 % interval over queries. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "plimsoll/probes/eval/scores.h"
#include "plimsoll/stats/intervals.h"

namespace plimsoll::probes::eval {

// The mean over queries. The interval is Clopper–Pearson's where all values are 0 or 1, Student's under 10 of
// them, else that of the bias-corrected bootstrap over queries (stats/bootstrap.h) from a fixed seed, so the
// same values give the same interval. Unknown where all values are one that is neither 0 nor 1.
struct Mean {
  std::size_t n = 0;
  std::optional<double> mean;  // nothing where n is 0
  std::optional<stats::Interval> interval;
};

Mean mean_of(std::span<const double> values);

struct Summary {
  std::size_t documents = 0;
  std::size_t queries = 0, answerable = 0, unanswerable = 0, failed = 0;
  std::vector<std::string> measures;
  std::vector<std::string> groups;       // "all" first
  std::vector<std::vector<Mean>> means;  // [group][measure]
  Mean unanswerable_top_score;
  std::optional<double> separation;
  std::optional<std::size_t> leaks;  // nothing where the suite has no tenants
  base::Histogram latency;           // a failed search as +∞
  std::string first_failure;         // "q-0001: …"; empty where none failed
};

Summary summarise(const Suite& suite, const JudgedSet& set, const Evaluation& evaluation,
                  const Scores& scores);

}  // namespace plimsoll::probes::eval
