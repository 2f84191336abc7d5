// `bench changes --html FILE`: the histories as a page.
#pragma once

#include <string>
#include <vector>

#include "plimsoll/cli/bench_history.h"
#include "plimsoll/model/level_history.h"
#include "plimsoll/model/snapshot.h"
#include "plimsoll/report/html_trend.h"

namespace plimsoll::cli {

// Whose commits the histories name, as far as is known: this folder's, anybody's, another project's.
enum class CommitsOf { here, anybody, others };

class TrendFile {
 public:
  TrendFile(std::string file, CommitsOf commits_of) : file_(std::move(file)), commits_of_(commits_of) {}

  // Nothing is kept where no file is to be written.
  void add(const SeriesHistory& history, const model::LevelHistory& levels);

  // Atomically; commits are named, and linked where the folder's repository has a page on the web and they
  // are its own: of anybody's those that it knows.
  base::Status write();

 private:
  void link_commits(report::TrendPage& page) const;

  std::string file_;
  CommitsOf commits_of_;
  std::vector<model::History> histories_;
};

}  // namespace plimsoll::cli
