// `bench changes --html FILE`: the histories as a page.
#pragma once

#include <string>
#include <vector>

#include "plimsoll/cli/bench_history.h"
#include "plimsoll/model/level_history.h"
#include "plimsoll/model/snapshot.h"

namespace plimsoll::cli {

class TrendFile {
 public:
  explicit TrendFile(std::string file) : file_(std::move(file)) {}

  // Nothing is kept where no file is to be written.
  void add(const SeriesHistory& history, const model::LevelHistory& levels);

  // Atomically; commits are named, and linked where the folder's repository has a page on the web.
  base::Status write();

 private:
  std::string file_;
  std::vector<model::History> histories_;
};

}  // namespace plimsoll::cli
