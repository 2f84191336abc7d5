#include "plimsoll/cli/bench_subjects.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/plan/read_plan.h"

namespace plimsoll::cli {
namespace {

using probes::bench::BenchConfig;
using probes::bench::Repeat;
using probes::bench::Repeater;

base::Result<BenchSubject> subject_of(const plan::ProbePlan& probe, const std::filesystem::path& workdir) {
  BASE_ASSIGN(BenchConfig config, probes::bench::read_config(*probe.config));
  for (std::string& word : config.run) {
    BASE_ASSIGN(word, plan::expand(word, {.workdir = workdir}));
  }
  return BenchSubject{probe.name, probe.digest(), std::move(config)};
}

}  // namespace

base::Result<std::vector<BenchSubject>> bench_subjects(const plan::Plan& plan,
                                                       const std::vector<std::string>& only,
                                                       const std::filesystem::path& workdir) {
  std::vector<BenchSubject> subjects;
  for (const plan::ProbePlan& probe : plan.probes) {
    if (probe.kind != "bench") continue;
    if (!only.empty() && std::ranges::find(only, probe.name) == only.end()) continue;
    BASE_ASSIGN(BenchSubject subject, subject_of(probe, workdir));
    subjects.push_back(std::move(subject));
  }
  if (!subjects.empty()) return subjects;
  return base::fail(base::ErrorCode::invalid_argument,
                    plan.file.string() + ": no such bench probe to measure");
}

base::Result<std::vector<SubjectRepeat>> measure_subjects(const std::vector<BenchSubject>& subjects, int runs,
                                                          const std::filesystem::path& root,
                                                          const std::filesystem::path& workdir,
                                                          pipeline::Progress& progress) {
  std::vector<SubjectRepeat> measured;
  for (int run = 0; run < runs; ++run) {
    for (const BenchSubject& subject : subjects) {
      progress.step(fmt::format("{}: run {} of {}", subject.name, run + 1, runs));
      Repeater repeater(subject.config, subject.name, {root, workdir, {}});
      const auto keep = [&](const Repeat& repeat, std::string_view) -> base::Status {
        measured.push_back({&subject, run, repeat});
        return {};
      };
      BASE_TRY(probes::bench::measure(repeater, subject.config, keep));
      BASE_TRY(probes::bench::count_instructions(repeater, subject.config, keep));
    }
  }
  return measured;
}

base::Status keep_subjects(const std::string& store, const model::Run& run, const std::string& kind,
                           const std::vector<SubjectRepeat>& repeats, bool as_blocks,
                           const std::string& headline) {
  std::vector<KeptResults> results;
  results.reserve(repeats.size());
  for (const SubjectRepeat& one : repeats) {
    KeptResults kept{
        kind, one.subject->name, "", {one.repeat.began_at, one.repeat.seconds}, one.repeat.results};
    if (as_blocks) kept.block = one.run;
    kept.config_digest = one.subject->digest;
    results.push_back(std::move(kept));
  }
  return keep_run(store, run, results, headline);
}

}  // namespace plimsoll::cli
