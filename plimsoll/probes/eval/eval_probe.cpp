#include "plimsoll/probes/eval/eval_probe.h"

#include <cmath>

#include <fmt/format.h>

#include "base/json.h"
#include "base/units.h"
#include "plimsoll/probes/eval/eval_series.h"
#include "plimsoll/probes/eval/suite.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::probes::eval {
namespace {

using plan::FieldType;

// For the estimate of how long it takes; on the slow side.
constexpr double bytes_a_document = 250;
constexpr double bytes_a_query = 120;
constexpr double packed_share = 0.35;
constexpr double calls_per_second = 150;

std::filesystem::path suite_file(const nlohmann::json& config, const std::filesystem::path& root) {
  return root / config.at("suite").get<std::string>();
}

// Only the run knows a placeholder's value, so such a path cannot be looked at before.
bool is_known(const nlohmann::json& config) {
  return !config.at("suite").get_ref<const std::string&>().contains('{');
}

base::Result<Suite> read_planned(const nlohmann::json& config, const std::filesystem::path& root) {
  auto suite = read_suite(suite_file(config, root));
  if (suite || suite.error().place) return suite;
  return std::unexpected(base::with_context(suite.error(), "suite"));
}

base::Status check(const nlohmann::json& config, const std::filesystem::path& root) {
  if (is_known(config)) BASE_TRY(read_planned(config, root));
  return {};
}

std::vector<std::filesystem::path> counted_files(const nlohmann::json& config,
                                                 const std::filesystem::path& root) {
  if (!is_known(config)) return {};
  const auto suite = read_planned(config, root);
  return suite ? suite->files.all() : std::vector<std::filesystem::path>{};
}

// Not the name in the suite: that would need the plan's folder, and a name must not depend on where one
// stands.
std::string default_name(const nlohmann::json& config) {
  return std::filesystem::path(config.at("suite").get<std::string>()).stem().string();
}

double entries(const std::filesystem::path& file, double bytes_each) {
  std::error_code error;
  const auto bytes = static_cast<double>(std::filesystem::file_size(file, error));
  if (error) return 0;
  return bytes / (file.extension() == ".zst" ? packed_share : 1) / bytes_each;
}

std::chrono::nanoseconds expected(const nlohmann::json& config, const std::filesystem::path& root) {
  const auto suite = read_planned(config, root);
  if (!suite) return {};
  const double calls =
      entries(suite->files.corpus, bytes_a_document) + entries(suite->files.queries, bytes_a_query);
  return std::chrono::seconds(1 + std::llround(calls / calls_per_second));
}

base::Result<Target> target_of(const Task& task, const Suite& suite) {
  const std::string& address = task.service_url.empty() ? suite.url : task.service_url;
  if (address.empty()) {
    return base::fail(base::ErrorCode::invalid_argument, "there is no service to evaluate",
                      "add `service:` to the plan or `url:` to the suite");
  }
  BASE_ASSIGN(net::Url url, net::parse_url(address));
  return Target{std::move(url), task.headers};
}

// The mean of a measure over a group, as a fact of the report.
base::Status tell_mean(Recorder& recorder, const Scores& scores, std::size_t measure,
                       const std::string& group) {
  const std::vector<double> values = scores.of(measure, group);
  if (values.empty()) return {};
  const std::string name = to_string(scores.measures[measure]) + (group == all_queries ? "" : ", " + group);
  return recorder.fact(name, fmt::format("{:.3f}", stats::mean(values)));
}

base::Status tell_facts(Recorder& recorder, const JudgedSet& set, const Evaluation& evaluation,
                        const Scores& scores) {
  const std::string held = evaluation.was_loaded ? " (held already)" : "";
  BASE_TRY(recorder.fact("documents", base::format_count(static_cast<double>(set.documents.size())) + held));
  BASE_TRY(recorder.fact("queries", fmt::format("{} ({} unanswerable, {} failed)", evaluation.asked.size(),
                                                scores.unanswerable.size(), scores.failed)));
  for (const std::string& group : scores.groups) {
    if (!scores.measures.empty()) BASE_TRY(tell_mean(recorder, scores, 0, group));
  }
  for (const Asked& asked : evaluation.asked) {
    if (!asked.failed()) continue;
    return recorder.log("first query that failed: " + asked.query->id + ": " + asked.failure);
  }
  return {};
}

}  // namespace

plan::ProbeKind kind() {
  plan::ProbeKind eval;
  eval.name = "eval";
  eval.summary = "adds a judged set of documents to the service, asks its questions and measures the ranking";
  eval.fields = {{.key = "suite",
                  .type = FieldType::path,
                  .required = true,
                  .description = "A suite file (docs/eval.md): what is asked, and how.",
                  .content_counts = true}};
  eval.shorthand = "suite";
  eval.series = eval_series_patterns();
  eval.identity_label = "suite";
  eval.needs_service = true;
  eval.default_name = default_name;
  eval.check = check;
  eval.expected = expected;
  eval.counted_files = counted_files;
  return eval;
}

std::unique_ptr<Probe> make() {
  return std::make_unique<EvalProbe>();
}

base::Result<Done> EvalProbe::run(const Task& task, Recorder& recorder) {
  BASE_ASSIGN(const base::Json config, base::parse_json(task.config_json, "the probe's configuration"));
  BASE_ASSIGN(const Suite suite, read_suite(suite_file(config, task.root)));
  BASE_ASSIGN(const Target target, target_of(task, suite));
  BASE_ASSIGN(const JudgedSet set, read_set(suite.files));
  const auto log = [&](std::string_view line) { return recorder.log(line).has_value(); };
  BASE_ASSIGN(const Evaluation evaluation, evaluate(suite, set, target, log));
  BASE_ASSIGN(const Scores scores, score(suite, evaluation));
  BASE_TRY(record(recorder, task, suite, evaluation, scores));
  BASE_TRY(tell_facts(recorder, set, evaluation, scores));
  return Done{};
}

}  // namespace plimsoll::probes::eval
