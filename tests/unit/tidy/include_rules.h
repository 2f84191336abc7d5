// Who may include whom: the lines of the design, held on the #include lines themselves.
#pragma once

#include <vector>

#include "source_tree.h"

namespace tidy {

// Includes that a file's room is not allowed: lib/ knows neither program, the programs not each other, and of
// plimsoll/ each room only those below it. A room that has no line in the table is a violation too.
std::vector<Violation> crossed_rooms(const std::vector<SourceFile>& files);

// Asio, Beast, nlohmann (but json_fwd.hpp), yaml-cpp, SQLite and CLI11 in headers outside lib/.
std::vector<Violation> heavy_headers(const std::vector<SourceFile>& files);

// Files, clocks and processes in plimsoll/judges and plimsoll/stats, which are to be pure.
std::vector<Violation> impure_rooms(const std::vector<SourceFile>& files);

// Circles of files that include each other, each said once.
std::vector<Violation> include_cycles(const std::vector<SourceFile>& files);

}  // namespace tidy
