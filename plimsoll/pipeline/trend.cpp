#include "plimsoll/pipeline/trend.h"

#include <cmath>
#include <limits>
#include <set>

#include "plimsoll/judges/history.h"
#include "plimsoll/pipeline/repository.h"

namespace plimsoll::pipeline {
namespace {

// A level begins at the run that saw it first; the first one begins nowhere.
template <class Act>
void for_each_beginning(std::vector<model::History>& histories, Act act) {
  for (model::History& history : histories) {
    for (std::size_t i = 1; i < history.levels.size(); ++i)
      act(history.levels[i], history.points[history.levels[i].first].commit);
  }
}

}  // namespace

std::vector<model::HistoryLevel> shown_levels(const model::LevelHistory& found) {
  std::vector<model::HistoryLevel> levels;
  for (std::size_t i = 0; i < found.stretches.size(); ++i) {
    const model::LevelStretch& level = found.stretches[i];
    model::HistoryLevel shown{level.begin, level.level, level.low, level.high, std::nullopt, {}, {}};
    if (i > 0) shown.change = found.changes[i - 1].effect;
    levels.push_back(std::move(shown));
  }
  return levels;
}

void find_levels(model::History& history) {
  std::vector<double> values;
  for (const model::HistoryPoint& point : history.points)
    values.push_back(std::isfinite(point.value) ? point.value : std::numeric_limits<double>::quiet_NaN());
  const model::LevelHistory found = judges::find_levels(history.series, history.better, values);
  history.trend = found.trend;
  history.levels = shown_levels(found);
}

void name_commits(std::vector<model::History>& histories, const std::filesystem::path& root) {
  std::set<std::string> commits;
  for_each_beginning(histories, [&](const model::HistoryLevel&, const std::string& commit) {
    if (!commit.empty()) commits.insert(commit);
  });
  const auto words = commit_words(root, std::vector<std::string>(commits.begin(), commits.end()));
  for_each_beginning(histories, [&](model::HistoryLevel& level, const std::string& commit) {
    const auto found = words.find(commit);
    if (found == words.end()) return;
    level.author = found->second.author;
    level.subject = found->second.subject;
  });
}

}  // namespace plimsoll::pipeline
