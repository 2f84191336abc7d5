#include "plimsoll/evidence/series_table.h"

#include <algorithm>

namespace plimsoll::evidence {

base::Result<model::Series> stored_series(const Database& database, const std::string& identity,
                                          std::string unit, const std::string& better) {
  auto id = model::parse_series_id(identity);
  if (!id) return std::unexpected(database.damaged(id.error()));
  const auto direction = model::parse_better(better);
  if (!direction) return std::unexpected(database.damaged(direction.error()));
  return model::Series{*std::move(id), std::move(unit), *direction};
}

base::Result<std::optional<StoredSeries>> find_series(Database& database, std::string_view project,
                                                      const model::SeriesId& id) {
  BASE_ASSIGN(auto query,
              database.prepare("SELECT key, unit, better FROM series WHERE project = ? AND identity = ?"));
  BASE_ASSIGN(const bool found, query.bind(project).bind(to_string(id)).step());
  if (!found) return std::nullopt;
  BASE_ASSIGN(auto series, stored_series(database, to_string(id), query.text(1), query.text(2)));
  return StoredSeries{query.integer(0), std::move(series)};
}

base::Status check_same_kind(const model::Series& stored, const model::Series& declared) {
  if (stored.unit == declared.unit && stored.better == declared.better) return {};
  return base::fail(base::ErrorCode::invalid_argument,
                    to_string(declared.id) + " is measured in " + stored.unit + ", " +
                        std::string(to_string(stored.better)) + " is better; now it was declared in " +
                        declared.unit + ", " + std::string(to_string(declared.better)) + " is better",
                    "a series keeps its unit and direction: give the new one another name");
}

base::Result<std::int64_t> ensure_series(Database& database, std::string_view project,
                                         const model::Series& series) {
  BASE_ASSIGN(const auto stored, find_series(database, project, series.id));
  if (stored) {
    BASE_TRY(check_same_kind(stored->series, series));
    return stored->key;
  }
  BASE_ASSIGN(auto insert,
              database.prepare("INSERT INTO series(project, identity, unit, better) VALUES(?, ?, ?, ?)"));
  BASE_TRY(
      insert.bind(project).bind(to_string(series.id)).bind(series.unit).bind(to_string(series.better)).run());
  return database.last_row();
}

base::Result<const std::vector<StoredSeries>*> SeriesCatalogue::of_project(const std::string& project) {
  // data_version tells of other connections' commits only, total_changes of our own.
  BASE_ASSIGN(const auto others, database_.query_integer("PRAGMA data_version"));
  const std::pair version{others, database_.total_changes()};
  if (version != version_) projects_.clear();
  version_ = version;
  if (const auto known = projects_.find(project); known != projects_.end()) return &known->second;
  BASE_ASSIGN(auto series, load(project));
  return &projects_.emplace(project, std::move(series)).first->second;
}

base::Result<std::vector<StoredSeries>> SeriesCatalogue::load(const std::string& project) {
  std::vector<StoredSeries> all;
  BASE_ASSIGN(auto query,
              database_.prepare("SELECT key, identity, unit, better FROM series WHERE project = ?"));
  query.bind(project);
  while (true) {
    BASE_ASSIGN(const bool more, query.step());
    if (!more) break;
    BASE_ASSIGN(auto series, stored_series(database_, query.text(1), query.text(2), query.text(3)));
    all.push_back({query.integer(0), std::move(series)});
  }
  std::ranges::sort(all, {}, [](const StoredSeries& stored) -> const auto& { return stored.series.id; });
  return all;
}

}  // namespace plimsoll::evidence
