#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/cli/baseline_metrics.h"
#include "plimsoll/cli/bench_commands.h"
#include "plimsoll/cli/bench_subjects.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/plan_file.h"

namespace plimsoll::cli {
namespace {

struct BaselineArguments {
  CommonOptions common;
  std::string config = "plimsoll.yaml";
  std::string file = "benchmarking/results/baseline_metrics.json";
  bool update = false;
  bool measure = false;
};

base::Status measure_all(const plan::Plan& plan, const std::string& store, bool quiet) {
  BASE_ASSIGN(const auto folder, base::TemporaryFolder::create("plimsoll_baseline"));
  BASE_ASSIGN(const auto subjects, bench_subjects(plan, {}, folder.path()));
  BASE_ASSIGN(const model::Run run, new_run(""));
  const auto progress = make_progress(quiet);
  BASE_ASSIGN(const auto measured, measure_subjects(subjects, 1, plan.root, folder.path(), *progress));
  return keep_subjects(store, run, "bench", measured, false,
                       "The plan's benchmarks were measured; nothing was judged.");
}

// What the store knows; measured first where that is asked for.
base::Result<BaselineMetrics> metrics_of(const plan::Plan& plan, const BaselineArguments& arguments) {
  const std::string url = store_url(plan, arguments.common.store);
  if (arguments.measure) BASE_TRY(measure_all(plan, url, arguments.common.quiet));
  BASE_ASSIGN(const auto store, evidence::open_store(url));
  BASE_ASSIGN(BaselineMetrics metrics, baseline_metrics(plan, *store));
  if (!metrics.probes.empty()) return metrics;
  return base::fail(base::ErrorCode::not_found,
                    url + ": no benchmark of this plan was measured on this machine as the plan says now",
                    "--measure does it");
}

// The file as it stands; an empty document where there is none or it is not JSON.
base::OrderedJson read_earlier(const std::filesystem::path& file) {
  const auto text = base::read_file(file);
  if (!text) return base::OrderedJson::object();
  base::OrderedJson json = base::OrderedJson::parse(*text, nullptr, false);
  return json.is_object() ? json : base::OrderedJson::object();
}

std::string line_of(const Difference& difference) {
  const std::string figure = base::printable(difference.figure);
  if (!difference.before) return fmt::format("  new      {}  {:.6g}\n", figure, *difference.after);
  if (!difference.after) return fmt::format("  gone     {}  was {:.6g}\n", figure, *difference.before);
  const double change = *difference.before != 0 ? *difference.after / *difference.before - 1 : 0;
  return fmt::format("  {:>+6.1f} %  {}  {:.6g}, was {:.6g}\n", 100 * change, figure, *difference.after,
                     *difference.before);
}

void print_text(const BaselineMetrics& metrics, const std::vector<Difference>& changed,
                const std::string& file, bool updated) {
  for (const MeasuredProbe& probe : metrics.probes) {
    std::cout << base::printable(probe.name) << "  (run " << probe.run << ")\n";
    for (const auto& [benchmark, figures] : probe.benchmarks) {
      for (const auto& [figure, metric] : figures)
        std::cout << fmt::format("  {}  {}  {:.6g} ± {}\n", base::printable(benchmark),
                                 base::printable(figure), metric.median, base::format_share(metric.spread));
    }
  }
  for (const std::string& name : metrics.unmeasured)
    std::cout << base::printable(name) << "  not measured yet: --measure does it\n";
  std::cout << (updated ? "written to " : "against ") << file
            << (changed.empty() ? ": nothing differs\n" : ", which differed in:\n");
  for (const Difference& difference : changed) std::cout << line_of(difference);
}

void print_document(base::OrderedJson document, const std::vector<Difference>& changed,
                    const std::string& file, bool updated) {
  base::OrderedJson list = base::OrderedJson::array();
  for (const Difference& one : changed) {
    list.push_back({{"figure", one.figure},
                    {"before", base::OrderedJson(base::number_or_null(one.before))},
                    {"after", base::OrderedJson(base::number_or_null(one.after))}});
  }
  document["status"] = "pass";
  document["file"] = file;
  document["updated"] = updated;
  document["differences"] = list;
  print_json(document);
}

base::Result<int> baseline(const BaselineArguments& arguments) {
  BASE_ASSIGN(const plan::Plan plan, read_plan_file(arguments.config));
  BASE_ASSIGN(const BaselineMetrics metrics, metrics_of(plan, arguments));
  const std::filesystem::path file = plan.root / arguments.file;
  const base::OrderedJson document = to_json(metrics);
  const std::vector<Difference> changed = differences(read_earlier(file), document);
  if (arguments.update) {
    BASE_TRY(base::system_files().create_folders(file.parent_path()));
    BASE_TRY(base::system_files().write_atomically(file, base::dump(document, 2) + "\n"));
  }
  if (arguments.common.json) {
    print_document(document, changed, arguments.file, arguments.update);
  } else {
    print_text(metrics, changed, arguments.file, arguments.update);
  }
  return exit_pass;
}

}  // namespace

void add_bench_baseline(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<BaselineArguments>();
  CLI::App& command = commands.add_to(
      bench, "baseline",
      "show the newest figures of the plan's benchmarks, and what differs from the file of them",
      "plimsoll bench baseline --measure --update");
  add_common_options(command, arguments->common);
  command.add_flag("--update", arguments->update, "write them to the file");
  command.add_flag("--measure", arguments->measure, "run the plan's bench probes first, into the store");
  command.add_option("--file", arguments->file, "relative to the plan's folder")
      ->type_name("FILE")
      ->capture_default_str();
  command.add_option("--config", arguments->config, "the plan")->type_name("FILE")->capture_default_str();
  commands.on_run(command, [arguments] {
    const base::Result<int> result = baseline(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
