// From an evaluation to numbers: the measures of each query, the groups, and how well scores tell answerable
// queries from unanswerable ones. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/probes/eval/evaluation.h"
#include "plimsoll/probes/eval/measures.h"

namespace plimsoll::probes::eval {

// One answerable query's values, beside the suite's measures; all 0 where it failed.
struct QueryScore {
  const Asked* asked = nullptr;
  std::string group;  // empty where it has none
  std::vector<double> values;
};

inline constexpr std::string_view all_queries = "all";

struct Scores {
  std::vector<Measure> measures;
  std::vector<std::string> groups;     // "all" first, then the others by name
  std::vector<QueryScore> answerable;  // in the order of the set
  std::vector<const Asked*> unanswerable;
  std::size_t failed = 0;  // of all queries
  std::size_t leaks = 0;
  bool tells_scores = false;  // whether the service tells how alike a result is

  // The values of one measure over one group.
  std::vector<double> of(std::size_t measure, std::string_view group) const;
};

// invalid_argument for more than 50 groups, or one named "all".
base::Result<Scores> score(const Suite& suite, const Evaluation& evaluation);

// The score of an answered query's first hit, 0 where there is none; nothing where it failed or its hit has
// no score.
std::optional<double> top_score(const Asked& asked);
std::vector<double> unanswerable_top_scores(const Scores& scores);

// The chance that a random query of `positive` scores above a random one of `negative`, ties counting half:
// the area under the ROC curve (Hanley, McNeil 1982). Nothing where one side is empty
// or the service tells no scores.
std::optional<double> separation(std::span<const double> positive, std::span<const double> negative);
std::optional<double> separation(const Scores& scores);

}  // namespace plimsoll::probes::eval
