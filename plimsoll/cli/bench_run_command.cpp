#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/cli/bench_commands.h"
#include "plimsoll/cli/bench_judging.h"
#include "plimsoll/cli/format_option.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/result_text.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/model/verdict.h"
#include "plimsoll/pipeline/fold.h"
#include "plimsoll/plan/rule_text.h"
#include "plimsoll/probes/bench/measure.h"

namespace plimsoll::cli {
namespace {

using probes::bench::BenchConfig;
using probes::bench::OnRepeat;
using probes::bench::Repeat;
using probes::bench::Repeater;
using probes::bench::Stopping;

struct RunArguments {
  CommonOptions common;
  std::vector<std::string> command;
  std::string interleave, format, output, run, precision, max_time;
  std::vector<std::string> judge;
  int repeats = 5;
  int warmup = 1;
  bool callgrind = false;
  BoundsOptions bounds;
};

// What was measured, in the order of the repeats; counts of instructions come last.
struct Measured {
  std::vector<Repeat> head, base;
  std::string why;                // it ended
  std::optional<double> reached;  // precision
  bool counted = true;            // false: no valgrind here
};

std::vector<formats::ImportedFile> results_of(const std::vector<Repeat>& repeats) {
  std::vector<formats::ImportedFile> files;
  files.reserve(repeats.size());
  for (const Repeat& repeat : repeats) files.push_back(repeat.results);
  return files;
}

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

base::Result<BenchConfig> config_of(const RunArguments& arguments) {
  if (arguments.repeats < 1 || arguments.warmup < 0)
    return base::fail(base::ErrorCode::invalid_argument,
                      "--repeats: expected at least 1, --warmup at least 0");
  BenchConfig config;
  config.run = arguments.command;
  BASE_ASSIGN(config.format, read_format_option(arguments.format));
  config.output = arguments.output;
  config.repeats = arguments.repeats;
  config.warmup = arguments.warmup;
  config.callgrind = arguments.callgrind;
  if (!arguments.precision.empty()) {
    auto precision = probes::bench::read_precision(arguments.precision);
    if (!precision) return std::unexpected(base::with_context(precision.error(), "--precision"));
    config.precision = *precision;
    config.max_time = probes::bench::usual_max_time;
  }
  if (!arguments.max_time.empty()) {
    auto time = base::parse_duration(arguments.max_time);
    if (!time) return std::unexpected(base::with_context(time.error(), "--max-time"));
    config.max_time = *time;
  }
  return config;
}

std::string name_of(const RunArguments& arguments) {
  return std::filesystem::path(arguments.command.front()).filename().string();
}

OnRepeat keep_in(std::vector<Repeat>& repeats, pipeline::Progress& progress) {
  return [&repeats, &progress](const Repeat& repeat, std::string_view what) -> base::Status {
    progress.detail(fmt::format("{} took {}", what, base::format_seconds(repeat.seconds)));
    repeats.push_back(repeat);
    return {};
  };
}

// Measures CMD, in turn with the base where there is one.
class Measurement {
 public:
  Measurement(const RunArguments& arguments, const BenchConfig& config, const std::filesystem::path& workdir,
              pipeline::Progress& progress)
      : arguments_(arguments), config_(config), workdir_(workdir), progress_(progress) {}

  base::Result<Measured> run() {
    Repeater head = repeater(config_.run, "head");
    if (arguments_.interleave.empty()) {
      BASE_ASSIGN(const Stopping ended, measure(head, config_, keep_in(measured_.head, progress_)));
      BASE_TRY(count(head, measured_.head));
      return take(ended);
    }
    BASE_ASSIGN(std::vector<std::string> base_command, base::split_shell_words(arguments_.interleave));
    if (base_command.empty())
      return base::fail(base::ErrorCode::invalid_argument, "--interleave: expected a command");
    Repeater base = repeater(std::move(base_command), "base");
    BASE_ASSIGN(const Stopping ended,
                measure_interleaved(base, head, config_, keep_in(measured_.base, progress_),
                                    keep_in(measured_.head, progress_)));
    BASE_TRY(count(base, measured_.base));
    BASE_TRY(count(head, measured_.head));
    return take(ended);
  }

 private:
  // Both sides carry the name of CMD, so that their series are the same.
  Repeater repeater(std::vector<std::string> command, const std::string& side) {
    BenchConfig config = config_;
    config.run = std::move(command);
    const std::filesystem::path workdir = workdir_ / side;
    std::filesystem::create_directory(workdir);
    return {config, name_of(arguments_), {std::filesystem::current_path(), workdir, {}}};
  }

  base::Status count(Repeater& repeater, std::vector<Repeat>& repeats) {
    BASE_ASSIGN(const bool counted, count_instructions(repeater, config_, keep_in(repeats, progress_)));
    measured_.counted &= counted;
    return {};
  }

  Measured take(const Stopping& ended) {
    measured_.why = ended.why();
    measured_.reached = ended.reached();
    return std::move(measured_);
  }

  const RunArguments& arguments_;
  const BenchConfig& config_;
  std::filesystem::path workdir_;
  pipeline::Progress& progress_;
  Measured measured_;
};

base::Status keep(const RunArguments& arguments, const model::Run& run, const Measured& measured) {
  std::vector<KeptResults> results;
  results.reserve(measured.head.size());
  const std::string name = name_of(arguments);
  for (const Repeat& repeat : measured.head)
    results.push_back({"bench", name, "", {repeat.began_at, repeat.seconds}, repeat.results});
  return keep_run(arguments.common.store, run, results,
                  fmt::format("{} was measured: {}; nothing was judged.", name, measured.why));
}

void print(const RunArguments& arguments, const BenchConfig& config, const std::string& run,
           model::Status status, const Measured& measured, const std::vector<model::Judgement>& judgements) {
  formats::ImportedFile head = joined(measured.head);
  if (!measured.counted) head.skipped.push_back({"bench.instructions", "valgrind is not installed"});
  if (!arguments.common.json) {
    std::cout << series_lines(head.series) << skipped_lines(head.skipped) << judgement_lines(judgements)
              << measured.why << "\n";
    return;
  }
  const auto reached = [&] { return base::number_or_null(measured.reached); };
  print_json({{"plimsoll", "bench.run"},
              {"version", 1},
              {"status", model::to_string(status)},
              {"run", {{"id", run}}},
              {"command", arguments.command},
              {"repeats", arguments.repeats},
              {"ended", measured.why},
              {"precision",
               {{"asked", config.precision > 0 ? base::Json(config.precision) : base::Json()},
                {"reached", reached()}}},
              {"series", series_documents(head.series)},
              {"base_series", series_documents(joined(measured.base).series)},
              {"skipped", skipped_documents(head.skipped)},
              {"judgements", judgement_documents(judgements)}});
}

base::Result<std::vector<model::Selector>> selectors_of(const RunArguments& arguments) {
  std::vector<model::Selector> selectors;
  for (const std::string& text : arguments.judge) {
    auto selector = plan::parse_selector(text);
    if (!selector) return std::unexpected(base::with_context(selector.error(), "--judge"));
    selectors.push_back(*std::move(selector));
  }
  return selectors;
}

base::Result<int> run(const RunArguments& arguments) {
  BASE_ASSIGN(const BenchConfig config, config_of(arguments));
  BASE_ASSIGN(const model::Regression bounds, read_bounds(arguments.bounds.warn, arguments.bounds.fail));
  BASE_ASSIGN(const auto judged, selectors_of(arguments));
  BASE_ASSIGN(const model::Run kept, new_run(arguments.run));
  BASE_ASSIGN(const auto folder, base::TemporaryFolder::create("plimsoll_bench"));
  const auto progress = make_progress(arguments.common.quiet);
  BASE_ASSIGN(const Measured measured, Measurement(arguments, config, folder.path(), *progress).run());
  std::vector<model::Judgement> judgements;
  const bool interleaved = !arguments.interleave.empty();
  if (interleaved)
    judgements = compare_blocks(results_of(measured.base), results_of(measured.head), bounds, judged);
  const model::Status status = interleaved ? pipeline::fold(judgements) : model::Status::pass;
  if (!arguments.common.store.empty()) BASE_TRY(keep(arguments, kept, measured));
  print(arguments, config, kept.id, status, measured, judgements);
  return model::exit_code(status);
}

void add_sampling_options(CLI::App& command, RunArguments& arguments) {
  command.add_option("--repeats", arguments.repeats, "how often, each side; with --precision at least")
      ->capture_default_str();
  command
      .add_option("--precision", arguments.precision,
                  "repeat until every time (or ratio) is known within this share, as in 2%")
      ->type_name("P");
  command.add_option("--max-time", arguments.max_time, "begin no further repeat after this long")
      ->type_name("DURATION");
  command.add_option("--warmup", arguments.warmup, "how often before, not counted")->capture_default_str();
  command.add_flag("--callgrind", arguments.callgrind, "count its instructions too, with valgrind");
}

}  // namespace

void add_bench_run(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App& command = commands.add_to(
      bench, "run", "run a benchmark program, or time any command, a few times over",
      "plimsoll bench run --precision 3% --interleave 'gzip -9 -k -c README.md' -- gzip -6 -k -c README.md");
  add_common_options(command, arguments->common);
  command.add_option("command", arguments->command, "what is measured, after --")
      ->required()
      ->type_name("CMD…");
  command
      .add_option("--interleave", arguments->interleave,
                  "measure this in turn with CMD (ABBA), and judge CMD against it")
      ->type_name("BASE_CMD");
  add_sampling_options(command, *arguments);
  command.add_option("--output", arguments->output, "the file that CMD writes its results to")
      ->type_name("FILE");
  command.add_option("--run", arguments->run, "the id of the run that --store gets")->type_name("ID");
  command
      .add_option("--judge", arguments->judge,
                  "only series of this selector, as in bench.cpu_time; repeatable")
      ->type_name("SELECTOR");
  add_format(command, arguments->format);
  add_bounds(command, arguments->bounds);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = run(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
