#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/units.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/plan_file.h"
#include "plimsoll/pipeline/store_remote.h"

namespace plimsoll::cli {
namespace {

struct StoreArguments {
  CommonOptions common;
  std::string file = "-";
  std::string remote;
  std::string match;
  std::vector<std::string> runs;
  int raw_days = evidence::Retention{}.raw_days;
  int summary_days = evidence::Retention{}.summary_days;
};

// One line for people, or one document.
int say(const StoreArguments& arguments, const std::string& what, const base::OrderedJson& figures,
        const std::string& line) {
  if (arguments.common.json) {
    base::OrderedJson document = {{"plimsoll", "store." + what}, {"version", 1}, {"status", "pass"}};
    document.update(figures);
    print_json(document);
  } else if (!arguments.common.quiet) {
    std::cerr << line << std::endl;
  }
  return exit_pass;
}

base::Result<int> prune(const StoreArguments& arguments) {
  BASE_ASSIGN(const auto store, open_existing_store(arguments.common.store, false));
  const evidence::Retention retention{arguments.raw_days, arguments.summary_days};
  BASE_ASSIGN(const evidence::PruneReport report, store->prune(retention, base::system_clock().utc()));
  return say(arguments, "prune",
             {{"runs", report.runs}, {"observations", report.observations}, {"freed_bytes", report.bytes}},
             "pruned " + std::to_string(report.runs) + " runs and " + std::to_string(report.observations) +
                 " observations; " + base::format_bytes(static_cast<double>(report.bytes)) + " freed");
}

base::Result<int> forget(const StoreArguments& arguments) {
  BASE_ASSIGN(const auto store, open_existing_store(arguments.common.store, false));
  BASE_ASSIGN(const std::uint64_t rows, store->forget(arguments.match));
  return say(arguments, "forget", {{"rows", rows}}, "erased " + std::to_string(rows) + " rows");
}

base::Result<int> export_runs(const StoreArguments& arguments) {
  BASE_ASSIGN(const auto store, open_existing_store(arguments.common.store, true));
  if (arguments.file == "-") {
    BASE_TRY(store->export_to(std::cout, arguments.runs));
    return exit_pass;
  }
  std::ostringstream text;
  BASE_TRY(store->export_to(text, arguments.runs));
  BASE_TRY(base::system_files().write_atomically(arguments.file, text.str()));
  return say(arguments, "export", {{"file", arguments.file}}, "exported to " + arguments.file);
}

base::Result<int> import_runs(const StoreArguments& arguments) {
  BASE_ASSIGN(const std::string url, default_store_url(arguments.common.store));
  BASE_ASSIGN(const auto store, evidence::open_store(url));
  std::ifstream file;
  if (arguments.file != "-") {
    file.open(arguments.file, std::ios::binary);
    if (!file) return base::fail(base::ErrorCode::invalid_argument, arguments.file + ": cannot be read");
  }
  BASE_ASSIGN(const std::uint64_t added,
              store->import_from(arguments.file == "-" ? std::cin : file, arguments.file));
  return say(arguments, "import", {{"runs_added", added}}, "added " + std::to_string(added) + " runs");
}

base::Result<int> push(const StoreArguments& arguments) {
  BASE_ASSIGN(const auto store, open_existing_store(arguments.common.store, true));
  BASE_ASSIGN(const std::uint64_t runs, pipeline::push_store(*store, arguments.remote));
  return say(arguments, "push", {{"runs", runs}, {"remote", arguments.remote}},
             "pushed " + std::to_string(runs) + " runs to " + arguments.remote);
}

base::Result<int> pull(const StoreArguments& arguments) {
  BASE_ASSIGN(const std::string url, default_store_url(arguments.common.store));
  BASE_ASSIGN(const auto store, evidence::open_store(url));
  BASE_ASSIGN(const std::uint64_t added, pipeline::pull_store(*store, arguments.remote));
  return say(arguments, "pull", {{"runs_added", added}, {"remote", arguments.remote}},
             "added " + std::to_string(added) + " runs from " + arguments.remote);
}

using Action = base::Result<int> (*)(const StoreArguments&);

CLI::App& add_action(Commands& commands, CLI::App& parent, const std::shared_ptr<StoreArguments>& arguments,
                     const std::string& name, const std::string& summary, const std::string& example,
                     Action action) {
  CLI::App& command = commands.add_to(parent, name, summary, example);
  add_common_options(command, arguments->common);
  commands.on_run(command, [arguments, action] {
    const base::Result<int> result = action(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
  return command;
}

}  // namespace

void add_store(Commands& commands) {
  auto arguments = std::make_shared<StoreArguments>();
  CLI::App& store = commands.add("store", "look after the evidence store", "plimsoll store prune");
  store.require_subcommand(1);
  CLI::App& prune_command =
      add_action(commands, store, arguments, "prune", "let old evidence go", "plimsoll store prune", prune);
  prune_command.add_option("--raw-days", arguments->raw_days, "keep slices this long")->capture_default_str();
  prune_command.add_option("--summary-days", arguments->summary_days, "keep summaries this long")
      ->capture_default_str();
  CLI::App& export_command = add_action(commands, store, arguments, "export", "write runs as JSON lines",
                                        "plimsoll store export evidence.jsonl", export_runs);
  export_command.add_option("file", arguments->file, "a file, or - for standard output")
      ->capture_default_str();
  export_command.add_option("--run", arguments->runs, "only these runs");
  CLI::App& import_command = add_action(commands, store, arguments, "import", "add runs from such a file",
                                        "plimsoll store import evidence.jsonl", import_runs);
  import_command.add_option("file", arguments->file, "a file, or - for standard input")
      ->capture_default_str();
  const std::string remote = "a file, a folder, or git:REF (a ref of this repository, kept at origin)";
  CLI::App& push_command =
      add_action(commands, store, arguments, "push", "keep the store elsewhere, for jobs without a disk",
                 "plimsoll store push git:refs/plimsoll/evidence", push);
  push_command.add_option("remote", arguments->remote, remote)->required();
  CLI::App& pull_command = add_action(commands, store, arguments, "pull", "bring it back",
                                      "plimsoll store pull git:refs/plimsoll/evidence", pull);
  pull_command.add_option("remote", arguments->remote, remote)->required();
  CLI::App& forget_command =
      add_action(commands, store, arguments, "forget", "erase what contains a text, free pages included",
                 "plimsoll store forget --match ann@example.com", forget);
  forget_command.add_option("--match", arguments->match, "the text")->required();
}

}  // namespace plimsoll::cli
