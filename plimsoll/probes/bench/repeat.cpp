#include "plimsoll/probes/bench/repeat.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/format.h"
#include "plimsoll/probes/bench/callgrind.h"

namespace plimsoll::probes::bench {
namespace {

bool is_given(const std::vector<std::string>& arguments, std::string_view option) {
  return std::ranges::any_of(arguments,
                             [&](const std::string& argument) { return argument.starts_with(option); });
}

// Google Benchmark writes its JSON into a file of ours, so that nothing else the program prints gets mixed
// in.
void ask_for_json(Command& command, const std::filesystem::path& workdir) {
  if (is_given(command.arguments, "--benchmark_out=") ||
      is_given(command.arguments, "--benchmark_format=json"))
    return;
  command.result_file = workdir / "google_benchmark.json";
  command.arguments.push_back("--benchmark_out=" + command.result_file.string());
  command.arguments.emplace_back("--benchmark_out_format=json");
}

}  // namespace

Repeater::Repeater(BenchConfig config, std::string name, Surroundings surroundings)
    : config_(std::move(config)), name_(std::move(name)), format_(config_.format) {
  command_.arguments = config_.run;
  command_.folder = surroundings.root / config_.folder;
  command_.environment = std::move(surroundings.environment);
  workdir_ = surroundings.workdir;
  if (!config_.output.empty()) {
    command_.result_file = surroundings.root / config_.output;
  } else if (config_.format == "google-benchmark") {
    ask_for_json(command_, surroundings.workdir);
  }
}

base::Result<Repeat> Repeater::run() {
  Repeat repeat{.began_at = base::to_unix_seconds(base::system_clock().utc())};
  BASE_ASSIGN(const CommandResult result, run_command(command_));
  BASE_TRY(expect_success(command_, result.exit));
  repeat.seconds = result.exit.wall_seconds;
  BASE_ASSIGN(repeat.results, read(result));
  if (repeat.results.series.empty()) {
    const auto& skipped = repeat.results.skipped;
    return base::fail(base::ErrorCode::unavailable,
                      "`" + base::printable(config_.run.front()) + "` reports no successful run" +
                          (skipped.empty() ? "" : ": " + skipped.front().what + " " + skipped.front().why));
  }
  return repeat;
}

base::Result<std::optional<Repeat>> Repeater::count_instructions() {
  Command command = command_;
  if (format_ == "google-benchmark") command.arguments.emplace_back("--benchmark_min_time=0");
  Repeat repeat{.began_at = base::to_unix_seconds(base::system_clock().utc())};
  const auto before = std::chrono::steady_clock::now();
  BASE_ASSIGN(const auto count, bench::count_instructions(std::move(command), workdir_));
  if (!count) return std::nullopt;
  repeat.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  formats::Collector collector;
  const model::Labels labels = {{"benchmark", formats::label_value(name_)}};
  collector.add_sample({{"bench.instructions", labels}, "instructions", model::Better::lower},
                       static_cast<double>(*count));
  repeat.results = collector.take();
  return repeat;
}

base::Result<formats::ImportedFile> Repeater::read(const CommandResult& result) {
  if (!config_.output.empty() && !result.results) {
    return base::fail(base::ErrorCode::unavailable,
                      "`" + base::printable(config_.run.front()) + "` did not write " + config_.output);
  }
  const std::string& text = result.results.value_or(result.output);
  const std::string source = config_.output.empty() ? "output of " + name_ : config_.output;
  recognise_once(text);
  if (format_.empty()) return time_itself(result.exit);
  if (!result.results && result.output_was_cut)
    return base::fail(base::ErrorCode::too_large, source + ": more than 64 MiB");
  return formats::read_results(text, source, format_);
}

// What the first run prints says what the later ones are.
void Repeater::recognise_once(std::string_view text) {
  if (recognised_) return;
  recognised_ = true;
  if (!format_.empty()) return;
  const formats::Content content(text, name_);
  if (const formats::Format* format = formats::recognise(content)) format_ = format->name;
}

formats::ImportedFile Repeater::time_itself(const base::Exit& exit) const {
  const model::Labels labels = {{"benchmark", formats::label_value(name_)}};
  formats::Collector collector;
  collector.add_sample(formats::series_in_seconds("bench.wall_time", labels), exit.wall_seconds);
  collector.add_sample(formats::series_in_seconds("bench.cpu_time", labels),
                       exit.user_seconds + exit.system_seconds);
  collector.add_sample({{"bench.peak_memory", labels}, "bytes", model::Better::lower},
                       static_cast<double>(exit.peak_rss_bytes));
  return collector.take();
}

}  // namespace plimsoll::probes::bench
