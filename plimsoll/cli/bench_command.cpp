#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/cli/bench_judging.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/result_text.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/format.h"
#include "plimsoll/model/verdict.h"
#include "plimsoll/pipeline/fold.h"
#include "plimsoll/probes/bench/repeat.h"

namespace plimsoll::cli {
namespace {

using probes::bench::Repeat;
using probes::bench::Repeater;

struct Bounds {
  std::string warn = "10%";
  std::string fail = "20%";
};

struct RunArguments {
  CommonOptions common;
  std::vector<std::string> command;
  std::string interleave, format, output, run;
  int repeats = 5;
  int warmup = 1;
  Bounds bounds;
};

struct CompareArguments {
  CommonOptions common;
  std::string base, head, format;
  Bounds bounds;
};

// What was measured, in the order of the repeats.
struct Measured {
  std::vector<Repeat> head, base;

  static std::vector<formats::ImportedFile> results(const std::vector<Repeat>& repeats) {
    std::vector<formats::ImportedFile> files;
    files.reserve(repeats.size());
    for (const Repeat& repeat : repeats) files.push_back(repeat.results);
    return files;
  }
};

// All repeats of a side as one file, so that their figures are over all of them.
formats::ImportedFile joined(const std::vector<Repeat>& repeats) {
  formats::Collector collector;
  for (const Repeat& repeat : repeats) {
    for (const formats::ImportedSeries& series : repeat.results.series) {
      if (const auto value = probes::value_to_keep(series); value && series.samples.empty()) {
        collector.add_sample(series.series, std::get<double>(*value));
      }
      for (const double sample : series.samples) collector.add_sample(series.series, sample);
    }
    for (const formats::Skipped& skipped : repeat.results.skipped) collector.skip(skipped.what, skipped.why);
  }
  return collector.take();
}

Repeater make_repeater(const RunArguments& arguments, std::vector<std::string> command,
                       const std::filesystem::path& workdir) {
  probes::bench::BenchConfig config;
  config.run = std::move(command);
  config.format = arguments.format;
  config.output = arguments.output;
  const std::string name = std::filesystem::path(arguments.command.front()).filename().string();
  return {config, name, {std::filesystem::current_path(), workdir, {}}};
}

base::Status repeat_once(Repeater& repeater, std::vector<Repeat>& repeats, std::string_view side,
                         pipeline::Progress& progress) {
  BASE_ASSIGN(Repeat repeat, repeater.run());
  progress.detail(fmt::format("{} took {}", side, base::format_seconds(repeat.seconds)));
  repeats.push_back(std::move(repeat));
  return {};
}

base::Result<Measured> measure_alone(const RunArguments& arguments, const std::filesystem::path& workdir,
                                     pipeline::Progress& progress) {
  Measured measured;
  Repeater head = make_repeater(arguments, arguments.command, workdir);
  for (int i = 0; i < arguments.warmup; ++i) BASE_TRY(head.run());
  for (int i = 0; i < arguments.repeats; ++i)
    BASE_TRY(
        repeat_once(head, measured.head, fmt::format("run {} of {}", i + 1, arguments.repeats), progress));
  return measured;
}

// ABBA: what drifts slowly on the machine hits both sides alike.
base::Result<Measured> measure_interleaved(const RunArguments& arguments,
                                           const std::filesystem::path& workdir,
                                           pipeline::Progress& progress) {
  BASE_ASSIGN(std::vector<std::string> base_command, base::split_shell_words(arguments.interleave));
  if (base_command.empty())
    return base::fail(base::ErrorCode::invalid_argument, "--interleave: expected a command");
  Measured measured;
  Repeater head = make_repeater(arguments, arguments.command, workdir);
  Repeater base = make_repeater(arguments, std::move(base_command), workdir);
  for (int i = 0; i < arguments.warmup; ++i) {
    BASE_TRY(base.run());
    BASE_TRY(head.run());
  }
  for (int block = 0; block < arguments.repeats; ++block) {
    const bool base_first = block % 2 == 0;
    if (base_first) BASE_TRY(repeat_once(base, measured.base, "base", progress));
    BASE_TRY(repeat_once(head, measured.head, "head", progress));
    if (!base_first) BASE_TRY(repeat_once(base, measured.base, "base", progress));
  }
  return measured;
}

base::Status keep(const RunArguments& arguments, const model::Run& run, const Measured& measured) {
  std::vector<KeptResults> results;
  results.reserve(measured.head.size());
  const std::string name = std::filesystem::path(arguments.command.front()).filename().string();
  for (const Repeat& repeat : measured.head)
    results.push_back({"bench", name, "", {repeat.began_at, repeat.seconds}, repeat.results});
  return keep_run(arguments.common.store, run, results,
                  fmt::format("{} was measured {} times; nothing was judged.", name, measured.head.size()));
}

base::OrderedJson judgement_documents(const std::vector<model::Judgement>& judgements) {
  base::OrderedJson json = base::OrderedJson::array();
  for (const model::Judgement& judgement : judgements)
    json.push_back(base::OrderedJson(model::to_json(judgement)));
  return json;
}

base::Result<int> run(const RunArguments& arguments) {
  if (arguments.repeats < 1 || arguments.warmup < 0)
    return base::fail(base::ErrorCode::invalid_argument,
                      "--repeats: expected at least 1, --warmup at least 0");
  BASE_ASSIGN(const model::Regression bounds, read_bounds(arguments.bounds.warn, arguments.bounds.fail));
  BASE_ASSIGN(const model::Run kept, new_run(arguments.run));
  BASE_ASSIGN(const auto folder, base::TemporaryFolder::create("plimsoll_bench"));
  const auto progress = make_progress(arguments.common.quiet);
  const bool interleaved = !arguments.interleave.empty();
  BASE_ASSIGN(const Measured measured, interleaved ? measure_interleaved(arguments, folder.path(), *progress)
                                                   : measure_alone(arguments, folder.path(), *progress));
  std::vector<model::Judgement> judgements;
  if (interleaved)
    judgements = compare_blocks(Measured::results(measured.base), Measured::results(measured.head), bounds);
  const model::Status status = interleaved ? pipeline::fold(judgements) : model::Status::pass;
  if (!arguments.common.store.empty()) BASE_TRY(keep(arguments, kept, measured));

  const formats::ImportedFile head = joined(measured.head);
  if (arguments.common.json) {
    print_json({{"plimsoll", "bench.run"},
                {"version", 1},
                {"status", model::to_string(status)},
                {"run", {{"id", kept.id}}},
                {"command", arguments.command},
                {"repeats", arguments.repeats},
                {"series", series_documents(head.series)},
                {"base_series", series_documents(joined(measured.base).series)},
                {"skipped", skipped_documents(head.skipped)},
                {"judgements", judgement_documents(judgements)}});
  } else {
    std::cout << series_lines(head.series) << skipped_lines(head.skipped) << judgement_lines(judgements);
  }
  return model::exit_code(status);
}

base::Result<int> compare(const CompareArguments& arguments) {
  BASE_ASSIGN(const model::Regression bounds, read_bounds(arguments.bounds.warn, arguments.bounds.fail));
  BASE_ASSIGN(const formats::ImportedFile base, formats::read_results_file(arguments.base, arguments.format));
  BASE_ASSIGN(const formats::ImportedFile head, formats::read_results_file(arguments.head, arguments.format));
  const std::vector<model::Judgement> judgements = compare_results(base, head, bounds);
  const model::Status status = pipeline::fold(judgements);
  if (arguments.common.json) {
    print_json({{"plimsoll", "bench.compare"},
                {"version", 1},
                {"status", model::to_string(status)},
                {"judgements", judgement_documents(judgements)}});
  } else {
    std::cout << judgement_lines(judgements) << pipeline::headline(status, judgements, std::nullopt) << "\n";
  }
  return model::exit_code(status);
}

void add_bounds(CLI::App& command, Bounds& bounds) {
  command.add_option("--warn", bounds.warn, "worse by more than this warns")->capture_default_str();
  command.add_option("--fail", bounds.fail, "worse by more than this fails")->capture_default_str();
}

void add_format(CLI::App& command, std::string& format) {
  command
      .add_option("--format", format,
                  "what is read: " + base::join(formats::format_names(), ", ") + " (default: by content)")
      ->type_name("F");
}

void add_run(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App& command = commands.add_to(
      bench, "run", "run a benchmark program, or time any command, a few times over",
      "plimsoll bench run --repeats 10 --interleave 'gzip -9 -k -c README.md' -- gzip -6 -k -c README.md");
  add_common_options(command, arguments->common);
  command.add_option("command", arguments->command, "what is measured, after --")
      ->required()
      ->type_name("CMD…");
  command
      .add_option("--interleave", arguments->interleave,
                  "measure this in turn with CMD (ABBA), and judge CMD against it")
      ->type_name("BASE_CMD");
  command.add_option("--repeats", arguments->repeats, "how often, each side")->capture_default_str();
  command.add_option("--warmup", arguments->warmup, "how often before, not counted")->capture_default_str();
  command.add_option("--output", arguments->output, "the file that CMD writes its results to")
      ->type_name("FILE");
  command.add_option("--run", arguments->run, "the id of the run that --store gets")->type_name("ID");
  add_format(command, arguments->format);
  add_bounds(command, arguments->bounds);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = run(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

void add_compare(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<CompareArguments>();
  CLI::App& command = commands.add_to(bench, "compare", "judge one result file against another",
                                      "plimsoll bench compare base.json head.json --warn 10% --fail 20%");
  add_common_options(command, arguments->common, Takes::json);
  command.add_option("base", arguments->base, "result file, any known format")->required()->type_name("BASE");
  command.add_option("head", arguments->head, "the same of the new version")->required()->type_name("HEAD");
  add_format(command, arguments->format);
  add_bounds(command, arguments->bounds);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = compare(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace

void add_bench(Commands& commands) {
  CLI::App& bench = commands.add("bench", "measure programs and compare measurements", "");
  bench.require_subcommand(1);
  bench.footer("Example:\n  plimsoll bench run -- build/bin/histogram_benchmarks --benchmark_format=json");
  add_run(commands, bench);
  add_compare(commands, bench);
}

}  // namespace plimsoll::cli
