// The subcommands of `plimsoll bench`, each in its own file, and the options that several of them take.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/cli/command.h"
#include "plimsoll/model/judgement.h"

namespace plimsoll::cli {

// --warn and --fail as written; read_bounds (bench_judging.h) reads them.
struct BoundsOptions {
  std::string warn = "10%";
  std::string fail = "20%";
};

void add_bounds(CLI::App& command, BoundsOptions& bounds);
void add_format(CLI::App& command, std::string& format);

// Prints the judgements, as the document of that kind or as lines and a headline; the exit code of their
// fold.
int answer(std::string_view kind, const std::vector<model::Judgement>& judgements,
           const CommonOptions& common);

void add_bench_run(Commands& commands, CLI::App& bench);
void add_bench_compare(Commands& commands, CLI::App& bench);
void add_bench_noise(Commands& commands, CLI::App& bench);
void add_bench_baseline(Commands& commands, CLI::App& bench);
void add_bench_changes(Commands& commands, CLI::App& bench);
void add_bench_gate(Commands& commands, CLI::App& bench);

}  // namespace plimsoll::cli
