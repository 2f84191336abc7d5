#include "plimsoll/cli/load_store.h"

#include "base/clock.h"
#include "base/json.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/pipeline/judge_run.h"

namespace plimsoll::cli {
namespace {

base::Status append(evidence::RunWriter& writer, const model::SeriesData& data) {
  BASE_ASSIGN(const model::SeriesHandle handle, writer.declare(data.series, data.probe));
  std::vector<model::Observation> observations = data.observations;
  for (model::Observation& observation : observations) observation.series = handle;
  return writer.append(observations);
}

}  // namespace

model::Snapshot load_snapshot(model::Run run, const model::ProbeRecord& record,
                              std::span<const model::SeriesData> series,
                              const std::vector<model::Judgement>& judgements, model::Status status) {
  run.probes = {record};
  run.state = model::RunState::complete;
  run.finished = base::system_clock().utc();
  run.verdict = status;
  model::Snapshot snapshot;
  snapshot.verdict.status = status;
  snapshot.verdict.judgements = judgements;
  snapshot.verdict.headline = "Load " + record.name + " was run alone.";
  snapshot.verdict.run = std::move(run);
  snapshot.timelines = pipeline::timelines_of(series);
  snapshot.loads = model::load_pictures(series);
  return snapshot;
}

base::Status keep_load(const std::string& store_url, const model::Snapshot& snapshot,
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
