// Trends: series over their runs, the levels they stood on, and which commit began each.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plimsoll/model/snapshot.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// The judged statistics over earlier runs, those that moved first; empty where there are none.
Markup trends_section(const model::Snapshot& snapshot);

struct TrendPage {
  std::vector<model::History> histories;
  model::Repository repository;
  std::optional<std::set<std::string>> linked = {};  // of commits, as the points have them; none: all of them
};

// A page of its own, for `bench changes --html`.
std::string html(const TrendPage& page);

}  // namespace plimsoll::report
