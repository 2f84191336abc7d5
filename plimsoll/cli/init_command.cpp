#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/json.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/plan_file.h"
#include "plimsoll/plan/init_plan.h"
#include "plimsoll/probes/catalogue.h"

namespace plimsoll::cli {
namespace {

struct InitArguments {
  CommonOptions common;
  std::string folder = ".";
  bool force = false;
  bool print = false;
};

base::Result<int> init(const InitArguments& arguments) {
  const std::filesystem::path file = std::filesystem::path(arguments.folder) / "plimsoll.yaml";
  if (!arguments.print && !arguments.force && base::system_files().exists(file)) {
    return base::fail(base::ErrorCode::invalid_argument, file.string() + " exists already",
                      "--force replaces it, --print only shows what would be written");
  }
  BASE_ASSIGN(const std::string text, plan::init_plan(arguments.folder, probes::catalogue()));
  if (arguments.print) {
    std::cout << text;
    return exit_pass;
  }
  BASE_TRY(base::system_files().write_atomically(file, text));
  if (arguments.common.json) {
    print_json({{"plimsoll", "init"}, {"version", 1}, {"status", "pass"}, {"file", file.string()}});
  } else {
    std::cout << "wrote " << file.string() << "; next: plimsoll check --dry-run, then plimsoll check\n";
  }
  return exit_pass;
}

}  // namespace

void add_init(Commands& commands) {
  auto arguments = std::make_shared<InitArguments>();
  CLI::App& command =
      commands.add("init", "look at a repository and write a plimsoll.yaml for it", "plimsoll init");
  add_common_options(command, arguments->common, Takes::json);
  command.add_option("folder", arguments->folder, "the repository")->capture_default_str();
  command.add_flag("--force", arguments->force, "replace a plimsoll.yaml that is there");
  command.add_flag("--print", arguments->print, "print it instead of writing it");
  commands.on_run(command, [arguments] {
    const base::Result<int> result = init(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
