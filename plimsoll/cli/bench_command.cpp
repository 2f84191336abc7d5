#include <iostream>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/cli/bench_commands.h"
#include "plimsoll/cli/bench_judging.h"
#include "plimsoll/formats/format.h"
#include "plimsoll/pipeline/fold.h"

namespace plimsoll::cli {

void add_bounds(CLI::App& command, BoundsOptions& bounds) {
  command.add_option("--warn", bounds.warn, "worse by more than this warns")->capture_default_str();
  command.add_option("--fail", bounds.fail, "worse by more than this fails")->capture_default_str();
}

void add_format(CLI::App& command, std::string& format) {
  command
      .add_option("--format", format,
                  "what is read: " + base::join(formats::format_names(), ", ") + " (default: by content)")
      ->type_name("F");
}

int answer(std::string_view kind, const std::vector<model::Judgement>& judgements,
           const CommonOptions& common) {
  const model::Status status = pipeline::fold(judgements);
  if (common.json) {
    print_json({{"plimsoll", kind},
                {"version", 1},
                {"status", model::to_string(status)},
                {"judgements", judgement_documents(judgements)}});
  } else {
    std::cout << judgement_lines(judgements) << pipeline::headline(status, judgements, std::nullopt) << "\n";
  }
  return model::exit_code(status);
}

void add_bench(Commands& commands) {
  CLI::App& bench = commands.add("bench", "measure programs and compare measurements", "");
  bench.require_subcommand(1);
  bench.footer("Example:\n  plimsoll bench run -- build/bin/histogram_benchmarks --benchmark_format=json");
  add_bench_run(commands, bench);
  add_bench_compare(commands, bench);
  add_bench_noise(commands, bench);
  add_bench_baseline(commands, bench);
  add_bench_changes(commands, bench);
  add_bench_gate(commands, bench);
}

}  // namespace plimsoll::cli
