#include "plimsoll/evidence/run_reader.h"

#include <algorithm>
#include <unordered_map>

#include "base/json.h"
#include "plimsoll/evidence/chunk_codec.h"
#include "plimsoll/evidence/schema.h"
#include "plimsoll/evidence/summary.h"

namespace plimsoll::evidence {
namespace {

using model::Observation;
using model::SeriesData;
using model::SeriesHandle;

base::Error in_run(base::Error error, const Database& database, std::string_view run) {
  return database.damaged(base::with_context(std::move(error), "run " + std::string(run)));
}

// Where a wanted series of the run goes.
using Places = std::unordered_map<SeriesHandle, SeriesData*>;

base::Status fill_from_chunks(Database& database, const StoredRun& run, const Places& places) {
  return scan_chunks(
      database, run, [&](SeriesHandle handle) { return places.contains(handle); },
      [&](Observation&& observation) {
        places.at(observation.series)->observations.push_back(std::move(observation));
      });
}

base::Status fill_from_summaries(Database& database, const StoredRun& run, std::span<const RunSeries> wanted,
                                 const Places& places) {
  for (const auto& one : wanted) {
    BASE_ASSIGN(auto merged, read_summary(database, run, one.series_key));
    for (auto& observation : merged) observation.series = one.handle;
    places.at(one.handle)->observations = std::move(merged);
  }
  return {};
}

// What history needs of a run: reading its whole record costs more than its values.
struct RunPlace {
  std::int64_t key = 0;
  std::string id;
  std::string project;
};

base::Result<RunPlace> find_place(Database& database, const std::string& id) {
  BASE_ASSIGN(auto query, database.prepare("SELECT key, project FROM run WHERE id = ?"));
  BASE_ASSIGN(const bool found, query.bind(id).step());
  if (found) return RunPlace{query.integer(0), id, query.text(1)};
  BASE_ASSIGN(auto run, find_run(database, id));
  return RunPlace{run.key, std::move(run.run.id), std::move(run.run.project)};
}

base::Result<bool> has_summaries(Database& database, const RunPlace& run) {
  BASE_ASSIGN(auto query, database.prepare("SELECT 1 FROM summary WHERE key BETWEEN ? AND ? LIMIT 1"));
  return query.bind(first_row(run.key)).bind(last_row(run.key)).step();
}

std::optional<model::Value> head_of(std::vector<Observation>&& merged) {
  for (auto& observation : merged) {
    if (!observation.base_side) return std::move(observation.value);
  }
  return std::nullopt;
}

base::Status append_summaries(Database& database, const RunPlace& run,
                              std::span<const StoredSeries* const> wanted,
                              std::vector<HistoricValue>& values) {
  BASE_ASSIGN(auto query, database.prepare("SELECT probe, bytes FROM summary WHERE key = ?"));
  for (const auto* stored : wanted) {
    query.reset();
    BASE_ASSIGN(const bool found, query.bind(row_key(run.key, stored->key)).step());
    if (!found) continue;
    auto merged = decode_summary(query.blob(1));
    if (!merged) return std::unexpected(in_run(merged.error(), database, run.id));
    auto value = head_of(*std::move(merged));
    if (value) values.push_back({run.id, stored->series, query.text(0), *std::move(value)});
  }
  return {};
}

// A run that never came to its end has slices only.
base::Status append_merged_slices(Database& database, const std::string& id, const model::Selector& selector,
                                  std::vector<HistoricValue>& values) {
  BASE_ASSIGN(const auto run, find_run(database, id));
  BASE_ASSIGN(auto all, read_series(database, run, selector));
  for (auto& data : all) {
    Summary summary;
    for (const auto& observation : data.observations) summary.add(observation);
    auto value = head_of(summary.observations(0));
    if (value)
      values.push_back({run.run.id, std::move(data.series), std::move(data.probe), *std::move(value)});
  }
  return {};
}

}  // namespace

base::Result<std::vector<RunSeries>> read_run_series(Database& database, std::int64_t run) {
  BASE_ASSIGN(
      auto query,
      database.prepare("SELECT r.key, r.series, r.probe, s.identity, s.unit, s.better FROM run_series r "
                       "JOIN series s ON s.key = r.series WHERE r.key BETWEEN ? AND ? ORDER BY r.key"));
  query.bind(first_row(run)).bind(last_row(run));
  std::vector<RunSeries> all;
  while (true) {
    BASE_ASSIGN(const bool more, query.step());
    if (!more) return all;
    BASE_ASSIGN(auto series, stored_series(database, query.text(3), query.text(4), query.text(5)));
    const auto handle = static_cast<SeriesHandle>(row_number(query.integer(0)));
    all.push_back({handle, query.integer(1), query.text(2), std::move(series)});
  }
}

base::Status scan_chunks(Database& database, const StoredRun& run,
                         const std::function<bool(SeriesHandle)>& wanted,
                         const std::function<void(Observation&&)>& take) {
  BASE_ASSIGN(auto query, database.prepare("SELECT bytes FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key"));
  query.bind(first_row(run.key)).bind(last_row(run.key));
  while (true) {
    BASE_ASSIGN(const bool more, query.step());
    if (!more) return {};
    const auto decoded = decode_chunk(query.blob(0), wanted, take);
    if (!decoded) return std::unexpected(in_run(decoded.error(), database, run.run.id));
  }
}

base::Result<std::vector<Observation>> read_summary(Database& database, const StoredRun& run,
                                                    std::int64_t series_key) {
  BASE_ASSIGN(auto query, database.prepare("SELECT bytes FROM summary WHERE key = ?"));
  BASE_ASSIGN(const bool found, query.bind(row_key(run.key, series_key)).step());
  if (!found) return std::vector<Observation>{};
  auto merged = decode_summary(query.blob(0));
  if (!merged) return std::unexpected(in_run(merged.error(), database, run.run.id));
  return merged;
}

base::Result<std::vector<SeriesData>> read_series(Database& database, const StoredRun& run,
                                                  const model::Selector& selector) {
  BASE_ASSIGN(auto wanted, read_run_series(database, run.key));
  std::erase_if(wanted, [&](const RunSeries& one) { return !model::selects(selector, one.series.id); });
  std::ranges::sort(wanted, {}, [](const RunSeries& one) -> const auto& { return one.series.id; });
  std::vector<SeriesData> all;
  all.reserve(wanted.size());
  Places places;
  for (const auto& one : wanted) places[one.handle] = &all.emplace_back(one.series, one.probe);
  if (run.slices_pruned) {
    BASE_TRY(fill_from_summaries(database, run, wanted, places));
  } else if (!wanted.empty()) {
    BASE_TRY(fill_from_chunks(database, run, places));
  }
  return all;
}

base::Result<std::vector<model::Finding>> read_findings(Database& database, const StoredRun& run) {
  BASE_ASSIGN(auto query,
              database.prepare("SELECT document FROM finding WHERE key BETWEEN ? AND ? ORDER BY key"));
  query.bind(first_row(run.key)).bind(last_row(run.key));
  std::vector<model::Finding> findings;
  while (true) {
    BASE_ASSIGN(const bool more, query.step());
    if (!more) return findings;
    const auto json = base::parse_json(query.blob(0), "finding");
    if (!json) return std::unexpected(in_run(json.error(), database, run.run.id));
    auto finding = model::finding_from_json(*json);
    if (!finding) return std::unexpected(in_run(finding.error(), database, run.run.id));
    findings.push_back(*std::move(finding));
  }
}

base::Result<std::vector<HistoricValue>> read_history(Database& database, SeriesCatalogue& catalogue,
                                                      const model::Selector& selector,
                                                      std::span<const std::string> runs) {
  std::vector<HistoricValue> values;
  std::map<std::string, std::vector<const StoredSeries*>> selected;  // by project
  for (const auto& id : runs) {
    BASE_ASSIGN(const auto run, find_place(database, id));
    BASE_ASSIGN(const bool summarised, has_summaries(database, run));
    if (!summarised) {
      BASE_TRY(append_merged_slices(database, run.id, selector, values));
      continue;
    }
    const auto [place, fresh] = selected.try_emplace(run.project);
    if (fresh) {
      BASE_ASSIGN(const auto* all, catalogue.of_project(run.project));
      for (const auto& stored : *all) {
        if (model::selects(selector, stored.series.id)) place->second.push_back(&stored);
      }
    }
    BASE_TRY(append_summaries(database, run, place->second, values));
  }
  return values;
}

}  // namespace plimsoll::evidence
