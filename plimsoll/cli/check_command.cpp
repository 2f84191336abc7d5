#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "base/units.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/plan_file.h"
#include "plimsoll/cli/report_files.h"
#include "plimsoll/pipeline/check.h"
#include "plimsoll/pipeline/dry_run.h"

namespace plimsoll::cli {
namespace {

struct CheckArguments {
  CommonOptions common;
  std::string config = "plimsoll.yaml";
  std::vector<std::string> only, skip;
  std::string profile, budget, base;
  bool dry_run = false;
  ReportFiles reports;
};

base::Result<pipeline::CheckOptions> options_of(const CheckArguments& arguments) {
  pipeline::CheckOptions options;
  options.program = this_program();
  options.choice.only = arguments.only;
  options.choice.skip = arguments.skip;
  options.choice.profile = arguments.profile;
  options.base = arguments.base;
  if (!arguments.budget.empty()) {
    auto budget = base::parse_duration(arguments.budget);
    if (!budget) return std::unexpected(base::with_context(budget.error(), "--budget"));
    options.choice.budget = *budget;
  }
  return options;
}

base::Result<int> dry_run(const plan::Plan& plan, const CheckArguments& arguments,
                          const pipeline::CheckOptions& options, evidence::EvidenceStore* store) {
  BASE_ASSIGN(const pipeline::DryRun result, pipeline::dry_run(plan, options.choice, store));
  if (arguments.common.json) {
    print_json(pipeline::to_json(result));
  } else {
    std::cout << pipeline::to_text(result);
  }
  return exit_pass;
}

base::Result<int> check(const CheckArguments& arguments) {
  BASE_ASSIGN(plan::Plan plan, read_plan_file(arguments.config));
  BASE_ASSIGN(const pipeline::CheckOptions options, options_of(arguments));
  const std::string url = store_url(plan, arguments.common.store);
  if (arguments.dry_run) {
    auto store = evidence::open_store(url, {.read_only = true, .create = false});
    return dry_run(plan, arguments, options, store ? store->get() : nullptr);
  }
  BASE_ASSIGN(const auto store, evidence::open_store(url));
  const auto progress = make_progress(arguments.common.quiet);
  BASE_ASSIGN(const model::Snapshot snapshot, pipeline::check(plan, options, *store, *progress));
  BASE_TRY(write_reports(snapshot, arguments.reports));
  print_snapshot(snapshot, arguments.common.json, arguments.reports);
  return model::exit_code(snapshot.verdict.status);
}

}  // namespace

void add_check(Commands& commands) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App& command = commands.add("check", "run plimsoll.yaml: gather, judge, and answer with one verdict",
                                   "plimsoll check --html report.html");
  add_common_options(command, arguments->common);
  command.add_option("--config", arguments->config, "the plan")->type_name("FILE")->capture_default_str();
  command.add_option("--only", arguments->only, "only these kinds or probes")->delimiter(',');
  command.add_option("--skip", arguments->skip, "not these kinds or probes")->delimiter(',');
  command.add_option("--profile", arguments->profile,
                     "the probes of an occasion: pr, nightly, or the plan's own");
  command.add_option("--budget", arguments->budget, "spend at most this long measuring")
      ->type_name("DURATION");
  command
      .add_option("--base", arguments->base, "measure this revision in turn with the tree; needs no history")
      ->type_name("REV");
  command.add_flag("--dry-run", arguments->dry_run,
                   "say what would run, how long, and which effects it could see");
  add_report_options(command, arguments->reports);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = check(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
