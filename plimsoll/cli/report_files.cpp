#include "plimsoll/cli/report_files.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/report/html.h"
#include "plimsoll/report/junit.h"
#include "plimsoll/report/markdown.h"
#include "plimsoll/report/sarif.h"
#include "plimsoll/report/terminal.h"

namespace plimsoll::cli {
namespace {

bool wants_colour() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr &&
         (term == nullptr || std::string_view(term) != "dumb");
}

}  // namespace

base::Status write_report(const std::string& file, const std::string& content) {
  const std::filesystem::path path(file);
  if (path.has_parent_path()) BASE_TRY(base::system_files().create_folders(path.parent_path()));
  return base::system_files().write_atomically(path, content);
}

void add_report_options(CLI::App& command, ReportFiles& files) {
  command.add_option("--html", files.html, "write the report as one self-contained HTML file")
      ->type_name("FILE");
  command.add_option("--markdown", files.markdown, "write it for a pull-request comment")->type_name("FILE");
  command.add_option("--junit", files.junit, "write it as JUnit XML, a test case a judgement")
      ->type_name("FILE");
  command.add_option("--sarif", files.sarif, "write the findings as SARIF 2.1.0")->type_name("FILE");
}

base::Status write_reports(const model::Snapshot& snapshot, const ReportFiles& files) {
  if (!files.html.empty()) BASE_TRY(write_report(files.html, report::html(snapshot)));
  if (!files.markdown.empty()) BASE_TRY(write_report(files.markdown, report::markdown(snapshot)));
  if (!files.junit.empty()) BASE_TRY(write_report(files.junit, report::junit(snapshot)));
  if (!files.sarif.empty()) BASE_TRY(write_report(files.sarif, report::sarif(snapshot)));
  return {};
}

void print_snapshot(const model::Snapshot& snapshot, bool json, const ReportFiles& files) {
  if (json) {
    print_json(model::to_json(snapshot.verdict));
    return;
  }
  std::cout << report::terminal(snapshot, {.colour = wants_colour(), .columns = 80});
  if (!files.html.empty()) std::cout << "report: " << files.html << "\n";
  std::cout << std::flush;
}

}  // namespace plimsoll::cli
