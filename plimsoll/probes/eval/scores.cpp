#include "plimsoll/probes/eval/scores.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::probes::eval {
namespace {

constexpr std::size_t most_groups = 50;
constexpr std::size_t longest_group = 200;  // what a label may have

std::vector<double> values_of(const Asked& asked, const std::vector<Measure>& measures) {
  std::vector<std::string> ranking;
  ranking.reserve(asked.hits.size());
  for (const Hit& hit : asked.hits) ranking.push_back(hit.document);
  std::vector<double> values;
  values.reserve(measures.size());
  for (const Measure& measure : measures) {
    values.push_back(asked.failed() ? 0 : value_of(measure, ranking, asked.query->judged));
  }
  return values;
}

std::string group_of(const Asked& asked, const Suite& suite) {
  if (suite.group_field.empty()) return "";
  return base::truncate_utf8(metadata_field(asked.query->metadata, suite.group_field).value_or(""),
                             longest_group);
}

base::Status name_groups(const Suite& suite, Scores& scores) {
  std::set<std::string> names;
  for (const QueryScore& query : scores.answerable) {
    if (!query.group.empty()) names.insert(query.group);
  }
  if (names.contains(std::string(all_queries)) || names.size() > most_groups) {
    return base::fail(
        base::ErrorCode::invalid_argument,
        fmt::format("groups: the metadata field \"{}\" has {}", suite.group_field,
                    names.size() > most_groups
                        ? fmt::format("{} values, at most {} make groups", names.size(), most_groups)
                        : "the value \"all\", which means every query"));
  }
  scores.groups = {std::string(all_queries)};
  scores.groups.insert(scores.groups.end(), names.begin(), names.end());
  return {};
}

}  // namespace

std::vector<double> Scores::of(std::size_t measure, std::string_view group) const {
  std::vector<double> values;
  for (const QueryScore& query : answerable) {
    if (group == all_queries || query.group == group) values.push_back(query.values[measure]);
  }
  return values;
}

base::Result<Scores> score(const Suite& suite, const Evaluation& evaluation) {
  Scores scores;
  scores.measures = suite.measures;
  scores.tells_scores = !suite.api.score.empty();
  for (const Asked& asked : evaluation.asked) {
    scores.failed += asked.failed() ? 1 : 0;
    scores.leaks += asked.leaks;
    if (!asked.query->answerable()) {
      scores.unanswerable.push_back(&asked);
    } else {
      scores.answerable.push_back({&asked, group_of(asked, suite), values_of(asked, suite.measures)});
    }
  }
  BASE_TRY(name_groups(suite, scores));
  return scores;
}

std::optional<double> top_score(const Asked& asked) {
  if (asked.failed()) return std::nullopt;
  return asked.hits.empty() ? 0 : asked.hits.front().score;
}

std::optional<double> separation(std::span<const double> positive, std::span<const double> negative) {
  if (positive.empty() || negative.empty()) return std::nullopt;
  std::vector<double> below(negative.begin(), negative.end());
  std::ranges::sort(below);
  double wins = 0;
  for (const double score : positive) {
    const auto [low, high] = std::ranges::equal_range(below, score);
    wins += static_cast<double>(low - below.begin()) + static_cast<double>(high - low) / 2;
  }
  return wins / static_cast<double>(positive.size()) / static_cast<double>(negative.size());
}

std::vector<double> unanswerable_top_scores(const Scores& scores) {
  std::vector<double> values;
  for (const Asked* asked : scores.unanswerable) {
    const auto score = scores.tells_scores ? top_score(*asked) : std::nullopt;
    if (score) values.push_back(*score);
  }
  return values;
}

std::optional<double> separation(const Scores& scores) {
  if (!scores.tells_scores) return std::nullopt;
  std::vector<double> answerable;
  for (const QueryScore& query : scores.answerable) {
    if (const auto score = top_score(*query.asked)) answerable.push_back(*score);
  }
  return separation(answerable, unanswerable_top_scores(scores));
}

}  // namespace plimsoll::probes::eval
