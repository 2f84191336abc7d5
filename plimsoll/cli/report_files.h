// --html, --markdown, --junit, --sarif: reports written to files, and the one on the terminal.
#pragma once

#include <string>

#include "base/error.h"
#include "plimsoll/model/snapshot.h"

namespace CLI {
class App;
}

namespace plimsoll::cli {

struct ReportFiles {
  std::string html, markdown, junit, sarif;
};

void add_report_options(CLI::App& command, ReportFiles& files);

// Atomically; folders are made where they are missing.
base::Status write_report(const std::string& file, const std::string& content);

// Writes those that were asked for, atomically.
base::Status write_reports(const model::Snapshot& snapshot, const ReportFiles& files);

// The verdict on standard output: the JSON document, or the terminal's report (colour only on a terminal that
// wants it).
void print_snapshot(const model::Snapshot& snapshot, bool json, const ReportFiles& files);

}  // namespace plimsoll::cli
