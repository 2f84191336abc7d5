#include "plimsoll/cli/kept_run.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/clock.h"
#include "base/json.h"
#include "plimsoll/cli/plan_file.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/pipeline/judge_run.h"
#include "plimsoll/pipeline/new_run.h"

namespace plimsoll::cli {
namespace {

constexpr std::size_t longest_id = 64;

base::Status check_id(const std::string& id) {
  const bool good = !id.empty() && id.size() <= longest_id && id != "latest" &&
                    std::ranges::all_of(id, [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
                    });
  if (good) return {};
  return base::fail(base::ErrorCode::invalid_argument, "--run: \"" + id + "\" cannot be a run's id",
                    "letters, digits, dots, dashes and underscores, at most 64, and not `latest`");
}

// Writes what one probe says into the run.
class StoreRecorder final : public probes::Recorder {
 public:
  StoreRecorder(evidence::RunWriter& writer, std::string probe, std::optional<std::int32_t> block)
      : writer_(writer), probe_(std::move(probe)), block_(block) {}

  base::Result<model::SeriesHandle> declare(const model::Series& series) override {
    return writer_.declare(series, probe_);
  }
  base::Status observe(const model::Observation& observation) override {
    observations_.push_back(observation);
    observations_.back().block = block_;
    return {};
  }
  base::Status finding(const model::Finding& finding) override {
    findings_.push_back(finding);
    findings_.back().probe = probe_;
    return {};
  }
  base::Status log(std::string_view) override { return {}; }
  base::Status fact(std::string_view name, std::string_view value) override {
    facts_.push_back({std::string(name), std::string(value)});
    return {};
  }

  base::Status flush(model::Snapshot& snapshot) {
    BASE_TRY(writer_.append(observations_));
    BASE_TRY(writer_.append_findings(findings_));
    std::ranges::move(findings_, std::back_inserter(snapshot.verdict.findings));
    std::ranges::move(facts_, std::back_inserter(snapshot.facts));
    return {};
  }

 private:
  evidence::RunWriter& writer_;
  std::string probe_;
  std::optional<std::int32_t> block_;
  std::vector<model::Observation> observations_;
  std::vector<model::Finding> findings_;
  std::vector<model::Fact> facts_;
};

void add_probe_record(model::Run& run, const KeptResults& results) {
  const model::ProbeRecord record{
      .kind = results.kind, .name = results.name, .config_digest = results.config_digest};
  auto known = std::ranges::find(run.probes, probe_id(record), model::probe_id);
  if (known == run.probes.end()) known = run.probes.insert(known, record);
  known->duration_seconds += results.stamp.seconds;
}

base::Status append(evidence::RunWriter& writer, const model::SeriesData& data) {
  BASE_ASSIGN(const model::SeriesHandle handle, writer.declare(data.series, data.probe));
  std::vector<model::Observation> observations = data.observations;
  for (model::Observation& observation : observations) observation.series = handle;
  return writer.append(observations);
}

}  // namespace

base::Result<FolderProject> project_here() {
  std::error_code ignored;
  if (!std::filesystem::exists("plimsoll.yaml", ignored))
    return FolderProject{std::filesystem::current_path().filename().string()};
  BASE_ASSIGN(plan::Plan plan, read_plan_file("plimsoll.yaml"));
  return FolderProject{std::move(plan.project), std::move(plan.base_branch)};
}

base::Result<model::Run> new_run(const std::string& id) {
  if (!id.empty()) BASE_TRY(check_id(id));
  BASE_ASSIGN(const FolderProject project, project_here());
  model::Run run = pipeline::new_run(std::filesystem::current_path(), project.name);
  if (!id.empty()) run.id = id;
  return run;
}

base::Status keep_run(const std::string& store_url, model::Run run, std::span<const KeptResults> results,
                      const std::string& headline) {
  BASE_ASSIGN(const auto store, evidence::open_store(store_url));
  BASE_ASSIGN(const auto writer, store->begin(run));
  model::Snapshot snapshot;
  for (const KeptResults& part : results) {
    add_probe_record(run, part);
    StoreRecorder recorder(*writer, part.kind + "/" + part.name, part.block);
    BASE_TRY(probes::record_results(part.results, part.source, part.stamp, recorder));
    BASE_TRY(recorder.flush(snapshot));
  }
  run.state = model::RunState::complete;
  run.finished = base::system_clock().utc();
  run.verdict = model::Status::pass;
  snapshot.verdict.status = model::Status::pass;
  snapshot.verdict.headline = headline;
  snapshot.verdict.run = run;
  return writer->finish(run, base::dump(model::to_json(snapshot)));
}

model::Snapshot snapshot_of_one(model::Run run, const model::ProbeRecord& record,
                                std::span<const model::SeriesData> series,
                                const std::vector<model::Judgement>& judgements, model::Status status) {
  run.probes = {record};
  run.state = model::RunState::complete;
  run.finished = base::system_clock().utc();
  run.verdict = status;
  model::Snapshot snapshot;
  snapshot.verdict.status = status;
  snapshot.verdict.judgements = judgements;
  snapshot.verdict.headline = "The probe " + model::probe_id(record) + " was run alone.";
  snapshot.verdict.run = std::move(run);
  snapshot.timelines = pipeline::timelines_of(series);
  snapshot.loads = model::load_pictures(series);
  return snapshot;
}

base::Status keep_snapshot(const std::string& store_url, const model::Snapshot& snapshot,
                           std::span<const model::SeriesData> series) {
  model::Run running = snapshot.verdict.run;
  running.state = model::RunState::running;
  running.probes.clear();
  running.finished.reset();
  running.verdict.reset();
  BASE_ASSIGN(const auto store, evidence::open_store(store_url));
  BASE_ASSIGN(const auto writer, store->begin(running));
  for (const model::SeriesData& data : series) BASE_TRY(append(*writer, data));
  return writer->finish(snapshot.verdict.run, base::dump(model::to_json(snapshot)));
}

}  // namespace plimsoll::cli
