#include <memory>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/plan/json_schema.h"
#include "plimsoll/probes/catalogue.h"

namespace plimsoll::cli {

void add_schema(Commands& commands) {
  CLI::App& command = commands.add("schema", "print the JSON Schema of plimsoll.yaml, for editors",
                                   "plimsoll schema > plimsoll.schema.json");
  commands.on_run(command, [] {
    print_json(plan::json_schema(probes::catalogue()));
    return exit_pass;
  });
}

}  // namespace plimsoll::cli
