#include "plimsoll/evidence/export.h"

#include <ostream>
#include <set>

#include "base/json.h"
#include "plimsoll/evidence/acceptance_table.h"
#include "plimsoll/evidence/run_reader.h"
#include "plimsoll/evidence/run_table.h"
#include "plimsoll/evidence/snapshot_table.h"

namespace plimsoll::evidence {
namespace {

using base::Json;
using model::Observation;
using model::RunState;
using model::SeriesHandle;

void put(std::ostream& out, const Json& line) {
  out << base::dump(line) << '\n';
}

base::Status export_merged(Database& database, std::ostream& out, const StoredRun& run,
                           std::span<const RunSeries> series) {
  for (const auto& one : series) {
    BASE_ASSIGN(auto merged, read_summary(database, run, one.series_key));
    for (auto& observation : merged) {
      observation.series = one.handle;
      put(out, {{"observe", to_json(observation)}});
    }
  }
  return {};
}

base::Status export_values(Database& database, std::ostream& out, const StoredRun& run) {
  BASE_ASSIGN(const auto series, read_run_series(database, run.key));
  for (const auto& one : series) {
    Json line = to_json(one.series);
    line["id"] = one.handle;
    line["probe"] = one.probe;
    put(out, {{"series", std::move(line)}});
  }
  if (run.slices_pruned) return export_merged(database, out, run, series);
  return scan_chunks(
      database, run, [](SeriesHandle) { return true; },
      [&](Observation&& observation) { put(out, {{"observe", to_json(observation)}}); });
}

base::Status export_run(Database& database, std::ostream& out, const StoredRun& run) {
  put(out, {{"run", to_json(run.run)}, {"pruned", run.slices_pruned}});
  BASE_TRY(export_values(database, out, run));
  BASE_ASSIGN(const auto findings, read_findings(database, run));
  for (const auto& finding : findings) put(out, {{"finding", to_json(finding)}});
  BASE_ASSIGN(const auto snapshot, read_snapshot(database, run.key));
  if (snapshot) put(out, {{"snapshot", *snapshot}});
  put(out, {{"end", run.run.id}});
  return {};
}

base::Result<std::vector<StoredRun>> chosen_runs(Database& database, std::span<const std::string> ids) {
  if (ids.empty()) {
    BASE_ASSIGN(auto all, list_runs(database, {}));
    std::erase_if(all, [](const StoredRun& run) { return run.run.state == RunState::running; });
    return std::vector(all.rbegin(), all.rend());
  }
  std::vector<StoredRun> chosen;
  std::set<std::string> seen;
  for (const auto& id : ids) {
    BASE_ASSIGN(auto run, find_run(database, id));
    if (run.run.state == RunState::running) {
      return base::fail(base::ErrorCode::conflict, "run " + run.run.id + " is being written now");
    }
    if (seen.insert(run.run.id).second) chosen.push_back(std::move(run));
  }
  return chosen;
}

base::Status export_acceptances(Database& database, std::ostream& out,
                                const std::set<std::string>* projects) {
  BASE_ASSIGN(const auto acceptances, list_acceptances(database, ""));
  for (const auto& acceptance : acceptances) {
    if (projects != nullptr && !projects->contains(acceptance.project)) continue;
    put(out, {{"acceptance", to_json(acceptance)}});
  }
  return {};
}

}  // namespace

base::Status export_store(Database& database, std::ostream& out, std::span<const std::string> ids) {
  BASE_ASSIGN(auto transaction, Transaction::begin(database, TransactionKind::read));
  BASE_ASSIGN(const auto runs, chosen_runs(database, ids));
  put(out, {{"plimsoll", "store"}, {"version", kExportVersion}});
  std::set<std::string> projects;
  for (const auto& run : runs) {
    BASE_TRY(export_run(database, out, run));
    projects.insert(run.run.project);
    if (!out) break;
  }
  BASE_TRY(export_acceptances(database, out, ids.empty() ? nullptr : &projects));
  out.flush();
  if (!out) return base::fail(base::ErrorCode::io, "the export could not be written: the output failed");
  return {};
}

}  // namespace plimsoll::evidence
