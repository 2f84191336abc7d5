#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/json.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/plan_file.h"
#include "plimsoll/pipeline/repository.h"
#include "plimsoll/plan/rule_text.h"

namespace plimsoll::cli {
namespace {

struct AcceptArguments {
  CommonOptions common;
  std::string series, because, until, who;
};

base::Result<evidence::Acceptance> acceptance(const AcceptArguments& arguments,
                                              evidence::EvidenceStore& store) {
  BASE_ASSIGN(const model::Selector selector, plan::parse_selector(arguments.series, {"SERIES", 1, 1}));
  BASE_ASSIGN(const model::Run newest, store.run("latest"));
  evidence::Acceptance result;
  result.project = newest.project;
  result.series = plan::print_selector(selector);
  result.commit = newest.commit.value_or("");
  result.run = newest.id;
  result.because = arguments.because;
  result.who = arguments.who.empty() ? environment_variable("USER").value_or("") : arguments.who;
  result.at = base::system_clock().utc();
  if (!arguments.until.empty()) {
    auto until = base::parse_rfc3339(arguments.until);
    if (!until) return std::unexpected(base::with_context(until.error(), "--until"));
    result.until = *until;
  }
  return result;
}

base::Result<int> accept(const AcceptArguments& arguments) {
  BASE_ASSIGN(const auto store, open_existing_store(arguments.common.store, false));
  BASE_ASSIGN(const evidence::Acceptance accepted, acceptance(arguments, *store));
  BASE_TRY(store->accept(accepted));
  if (arguments.common.json) {
    print_json({{"plimsoll", "accept"},
                {"version", 1},
                {"status", "pass"},
                {"series", accepted.series},
                {"run", accepted.run},
                {"commit", accepted.commit},
                {"because", accepted.because}});
  } else {
    std::cout << "accepted " << accepted.series << " as it is since run " << accepted.run
              << ": later runs are compared with runs after it\n";
  }
  return exit_pass;
}

}  // namespace

void add_accept(Commands& commands) {
  auto arguments = std::make_shared<AcceptArguments>();
  CLI::App& command =
      commands.add("accept", "accept a known change: from the newest run on it is the level to compare with",
                   "plimsoll accept 'load.latency{scenario=list}' --because 'now checks permissions'");
  add_common_options(command, arguments->common);
  command.add_option("series", arguments->series, "a selector, as in rules")->required();
  command.add_option("--because", arguments->because, "why; kept and shown")->required();
  command.add_option("--until", arguments->until, "until when it holds (RFC 3339 or a date)")
      ->type_name("DATE");
  command.add_option("--who", arguments->who, "who accepts it; default $USER");
  commands.on_run(command, [arguments] {
    const base::Result<int> result = accept(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
