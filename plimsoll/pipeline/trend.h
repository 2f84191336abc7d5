// What a report shows of a number over its runs: the levels it stood on, and who began them.
#pragma once

#include <filesystem>
#include <vector>

#include "plimsoll/model/level_history.h"
#include "plimsoll/model/snapshot.h"

namespace plimsoll::pipeline {

// The levels as a report has them; `first` counts rows.
std::vector<model::HistoryLevel> shown_levels(const model::LevelHistory& found);

// Fills in levels and trend of the history's points (plimsoll/judges/history.h); nothing for too few.
void find_levels(model::History& history);

// Author and subject of the commits that began a level, as git knows them; empty elsewhere.
void name_commits(std::vector<model::History>& histories, const std::filesystem::path& root);

}  // namespace plimsoll::pipeline
