#include "plimsoll/cli/trend_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "plimsoll/cli/report_files.h"
#include "plimsoll/pipeline/repository.h"
#include "plimsoll/pipeline/trend.h"
#include "plimsoll/pipeline/web_repository.h"
#include "plimsoll/report/html_trend.h"

namespace plimsoll::cli {

void TrendFile::add(const SeriesHistory& history, const model::LevelHistory& levels) {
  if (file_.empty()) return;
  model::History trend{.rule = {},
                       .series = history.name,
                       .unit = history.unit,
                       .points = {},
                       .stat = {},
                       .better = history.better,
                       .levels = pipeline::shown_levels(levels),
                       .trend = levels.trend};
  // Missing values have no point: what a level begins at moves along.
  std::vector<std::size_t> place;
  for (std::size_t row = 0; row < history.values.size(); ++row) {
    place.push_back(trend.points.size());
    if (!std::isfinite(history.values[row])) continue;
    const std::string run = history.rows->runs.empty() ? "" : history.rows->runs[row];
    trend.points.push_back({run, history.commit(row), history.rows->times[row], history.values[row]});
  }
  for (model::HistoryLevel& level : trend.levels) level.first = place[level.first];
  if (!trend.points.empty()) histories_.push_back(std::move(trend));
}

base::Status TrendFile::write() {
  if (file_.empty()) return {};
  const std::filesystem::path here = std::filesystem::current_path();
  pipeline::name_commits(histories_, here);
  report::TrendPage page{.histories = histories_, .repository = {}};
  link_commits(page);
  return write_report(file_, report::html(page));
}

void TrendFile::link_commits(report::TrendPage& page) const {
  const std::filesystem::path here = std::filesystem::current_path();
  const auto remote = commits_of_ == CommitsOf::others ? std::nullopt : pipeline::origin_url(here);
  if (!remote) return;
  page.repository = pipeline::web_repository(*remote);
  if (commits_of_ == CommitsOf::here) return;
  std::vector<std::string> commits;
  for (const model::History& history : histories_)
    for (const model::HistoryPoint& point : history.points) commits.push_back(point.commit);
  page.linked = pipeline::known_commits(here, commits);
}

}  // namespace plimsoll::cli
