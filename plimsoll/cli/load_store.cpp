#include "plimsoll/cli/load_store.h"

#include "base/clock.h"
#include "base/json.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/model/snapshot.h"

namespace plimsoll::cli {
namespace {

base::Status append(evidence::RunWriter& writer, const model::SeriesData& data) {
  BASE_ASSIGN(const model::SeriesHandle handle, writer.declare(data.series, data.probe));
  std::vector<model::Observation> observations = data.observations;
  for (model::Observation& observation : observations) observation.series = handle;
  return writer.append(observations);
}

}  // namespace

base::Status keep_load(const std::string& store_url, model::Run run, const model::ProbeRecord& record,
                       std::span<const model::SeriesData> series,
                       const std::vector<model::Judgement>& judgements, model::Status status) {
  BASE_ASSIGN(const auto store, evidence::open_store(store_url));
  BASE_ASSIGN(const auto writer, store->begin(run));
  for (const model::SeriesData& data : series) BASE_TRY(append(*writer, data));
  run.probes = {record};
  run.state = model::RunState::complete;
  run.finished = base::system_clock().utc();
  run.verdict = status;
  model::Snapshot snapshot;
  snapshot.verdict.status = status;
  snapshot.verdict.judgements = judgements;
  snapshot.verdict.headline = "Load " + record.name + " was run alone.";
  snapshot.verdict.run = run;
  return writer->finish(run, base::dump(model::to_json(snapshot)));
}

}  // namespace plimsoll::cli
