// plimsoll: may this release ship, and why?
#include <csignal>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "base/process.h"
#include "plimsoll/cli/command.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app{
      "Plimsoll gathers every kind of evidence about a release, judges it and answers: may it ship, and "
      "why?"};
  app.set_version_flag("--version", "plimsoll " PLIMSOLL_VERSION);
  app.require_subcommand(1);
  app.footer("Example:\n  plimsoll check          # runs plimsoll.yaml and answers");
  plimsoll::cli::Commands commands(app);
  using namespace plimsoll::cli;
  for (const auto add : {add_check, add_init, add_schema, add_report, add_import, add_store, add_accept,
                         add_load, add_bench, add_eval, add_probe}) {
    add(commands);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? plimsoll::cli::exit_pass : plimsoll::cli::exit_usage;
  }
  return commands.exit_code();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  base::interrupts::install();
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "plimsoll: internal error: " << error.what() << std::endl;
    return plimsoll::cli::exit_internal;
  }
}
