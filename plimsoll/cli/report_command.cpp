#include <memory>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/plan_file.h"
#include "plimsoll/cli/report_files.h"

namespace plimsoll::cli {
namespace {

struct ReportArguments {
  CommonOptions common;
  std::string run = "latest";
  ReportFiles files;
};

base::Result<int> report(const ReportArguments& arguments) {
  BASE_ASSIGN(const auto store, open_existing_store(arguments.common.store, true));
  BASE_ASSIGN(const model::Run run, store->run(arguments.run));
  BASE_ASSIGN(const std::string text, store->snapshot(run.id));
  BASE_ASSIGN(const base::Json json, base::parse_json(text, "the snapshot of " + run.id));
  BASE_ASSIGN(const model::Snapshot snapshot, model::snapshot_from_json(json));
  BASE_TRY(write_reports(snapshot, arguments.files));
  print_snapshot(snapshot, arguments.common.json, arguments.files);
  return model::exit_code(snapshot.verdict.status);
}

}  // namespace

void add_report(Commands& commands) {
  auto arguments = std::make_shared<ReportArguments>();
  CLI::App& command = commands.add("report", "draw the report of an earlier run again, from the store",
                                   "plimsoll report latest --html report.html");
  add_common_options(command, arguments->common);
  command.add_option("run", arguments->run, "a run's id, its unique beginning, or latest")
      ->capture_default_str();
  add_report_options(command, arguments->files);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = report(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
