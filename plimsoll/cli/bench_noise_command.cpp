#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/cli/bench_commands.h"
#include "plimsoll/cli/bench_subjects.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/plan_file.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/pipeline/calibration.h"
#include "plimsoll/pipeline/expand_rules.h"

namespace plimsoll::cli {
namespace {

using pipeline::SeriesNoise;

constexpr std::size_t shown_counts[] = {5, 10, 20};  // of baseline runs, and of pairs

struct NoiseArguments {
  CommonOptions common;
  std::vector<std::string> command, only;
  std::string config = "plimsoll.yaml";
  int runs = 10;
  int repeats = 5;
};

// What is calibrated, by which rules it is judged, and where the numbers go.
struct Job {
  std::vector<BenchSubject> subjects;
  std::vector<model::Rule> rules;
  std::filesystem::path root;
  std::string store;  // empty: nowhere
};

base::Result<Job> job_of(const NoiseArguments& arguments, const std::filesystem::path& workdir) {
  if (!arguments.command.empty()) {
    probes::bench::BenchConfig config;
    config.run = arguments.command;
    config.repeats = arguments.repeats;
    const std::string name = std::filesystem::path(arguments.command.front()).filename().string();
    return Job{{{name, "", config}}, {}, std::filesystem::current_path(), arguments.common.store};
  }
  BASE_ASSIGN(const plan::Plan plan, read_plan_file(arguments.config));
  BASE_ASSIGN(std::vector<BenchSubject> subjects, bench_subjects(plan, arguments.only, workdir));
  for (BenchSubject& subject : subjects) subject.config.callgrind = false;  // counts have no noise to measure
  return Job{std::move(subjects), plan.rules, plan.root, store_url(plan, arguments.common.store)};
}

// The numbers as the store would give them back.
std::vector<model::SeriesData> as_series(const std::vector<SubjectRepeat>& measured) {
  std::vector<model::SeriesData> data;
  std::map<model::SeriesId, std::size_t> index;
  for (const SubjectRepeat& one : measured) {
    for (const formats::ImportedSeries& series : one.repeat.results.series) {
      const auto value = probes::value_to_keep(series);
      if (!value || series.series.better == model::Better::neither) continue;
      const auto [place, is_new] = index.try_emplace(series.series.id, data.size());
      if (is_new) data.push_back({series.series, "bench/" + one.subject->name, {}});
      data[place->second].observations.push_back({.block = one.run, .value = *value});
    }
  }
  return data;
}

// Of every series without a statistic, and again with each that a rule of the plan asks for.
std::vector<SeriesNoise> noises(const Job& job, const std::vector<model::SeriesData>& data) {
  std::vector<SeriesNoise> result = pipeline::noise_of(data, {"**", {}, {}}, std::nullopt);
  for (const model::Rule& rule : job.rules) {
    if (!std::holds_alternative<model::Regression>(rule.check) || !rule.stat) continue;
    std::vector<model::SeriesData> covered;
    for (const model::SeriesData& series : data)
      if (model::selects(rule.selector, series.series.id)) covered.push_back(series);
    std::ranges::move(pipeline::noise_of(covered, pipeline::effective_selector(rule), rule.stat),
                      std::back_inserter(result));
  }
  return result;
}

std::string to_text(const SeriesNoise& noise) {
  std::string text =
      fmt::format("{}{}  {}, noise {} (standard deviation {}) over {} A/A runs\n",
                  noise.stat.empty() ? "" : noise.stat + " of ", base::printable(to_string(noise.series.id)),
                  base::format_value(noise.level, noise.series.unit), base::format_share(noise.robust_cv),
                  base::format_share(noise.spread), noise.values.size());
  const auto both = [](double at_80, double at_95) {
    return base::format_share(at_80) + " / " + base::format_share(at_95);
  };
  for (const std::size_t n : shown_counts) {
    text += fmt::format("    sees, at 80 / 95 % power: {} against {} runs, {} in {} pairs\n",
                        both(visible_against_runs(noise, n, 0.80), visible_against_runs(noise, n, 0.95)), n,
                        both(visible_in_pairs(noise, n, 0.80), visible_in_pairs(noise, n, 0.95)), n);
  }
  return text;
}

base::OrderedJson to_json(const SeriesNoise& noise) {
  base::OrderedJson visible = base::OrderedJson::array();
  for (const std::size_t n : shown_counts) {
    visible.push_back(
        {{"n", n},
         {"against_runs",
          {{"power_80", visible_against_runs(noise, n, 0.80)},
           {"power_95", visible_against_runs(noise, n, 0.95)}}},
         {"in_pairs",
          {{"power_80", visible_in_pairs(noise, n, 0.80)}, {"power_95", visible_in_pairs(noise, n, 0.95)}}}});
  }
  base::OrderedJson labels = base::OrderedJson::object();
  for (const auto& [key, value] : noise.series.id.labels) labels[key] = value;
  return {{"name", noise.series.id.name},
          {"labels", labels},
          {"stat", noise.stat.empty() ? base::OrderedJson() : base::OrderedJson(noise.stat)},
          {"unit", noise.series.unit},
          {"runs", noise.values.size()},
          {"level", noise.level},
          {"noise", noise.robust_cv},
          {"standard_deviation", noise.spread},
          {"visible", visible},
          {"values", noise.values}};
}

void print(const NoiseArguments& arguments, const model::Run& run, const std::vector<SeriesNoise>& noises) {
  if (!arguments.common.json) {
    for (const SeriesNoise& noise : noises) std::cout << to_text(noise);
    return;
  }
  base::OrderedJson series = base::OrderedJson::array();
  for (const SeriesNoise& noise : noises) series.push_back(to_json(noise));
  print_json({{"plimsoll", "bench.noise"},
              {"version", 1},
              {"status", "pass"},
              {"run", {{"id", run.id}}},
              {"comparability", run.comparability},
              {"environment", base::OrderedJson(model::to_json(run.environment))},
              {"runs", arguments.runs},
              {"series", series}});
}

base::Result<int> measure_noise(const NoiseArguments& arguments) {
  const int least = static_cast<int>(pipeline::least_calibration_runs);
  if (arguments.runs < least || arguments.repeats < 1)
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("--runs: expected at least {}, --repeats at least 1", least));
  BASE_ASSIGN(const auto folder, base::TemporaryFolder::create("plimsoll_noise"));
  BASE_ASSIGN(const model::Run run, new_run(""));
  BASE_ASSIGN(const Job job, job_of(arguments, folder.path()));
  const auto progress = make_progress(arguments.common.quiet);
  BASE_ASSIGN(const auto measured,
              measure_subjects(job.subjects, arguments.runs, job.root, folder.path(), *progress));
  if (!job.store.empty()) {
    BASE_TRY(keep_subjects(job.store, run, std::string(pipeline::calibration_kind), measured, true,
                           "A calibration: this machine's noise was measured; nothing was judged."));
  }
  print(arguments, run, noises(job, as_series(measured)));
  return exit_pass;
}

}  // namespace

void add_bench_noise(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<NoiseArguments>();
  CLI::App& command = commands.add_to(
      bench, "noise", "measure this machine's noise: how unchanged code differs from run to run",
      "plimsoll bench noise --runs 10 -- gzip -9 -k -c README.md");
  add_common_options(command, arguments->common);
  command
      .add_option("command", arguments->command, "what is measured, after --; else the plan's bench probes")
      ->type_name("CMD…");
  command.add_option("--config", arguments->config, "the plan")->type_name("FILE")->capture_default_str();
  command.add_option("--only", arguments->only, "only these bench probes of the plan")->delimiter(',');
  command.add_option("--runs", arguments->runs, "how many A/A runs")->capture_default_str();
  command
      .add_option("--repeats", arguments->repeats,
                  "repeats in a run of CMD (the plan's probes say their own)")
      ->capture_default_str();
  commands.on_run(command, [arguments] {
    const base::Result<int> result = measure_noise(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
