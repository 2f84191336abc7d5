// Every series a project ever had. A unit and a direction are fixed when the series is first seen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"
#include "plimsoll/model/series.h"

namespace plimsoll::evidence {

struct StoredSeries {
  std::int64_t key = 0;
  model::Series series;
};

base::Result<std::optional<StoredSeries>> find_series(Database& database, std::string_view project,
                                                      const model::SeriesId& id);

// invalid_argument, naming both, where the store's series has another unit or direction.
base::Status check_same_kind(const model::Series& stored, const model::Series& declared);

// The key of the series, in the table from now on. Inside a write transaction.
base::Result<std::int64_t> ensure_series(Database& database, std::string_view project,
                                         const model::Series& series);

// A series out of its columns.
base::Result<model::Series> stored_series(const Database& database, const std::string& identity,
                                          std::string unit, const std::string& better);

// A project's series sorted by id, kept until anything in the store changes.
class SeriesCatalogue {
 public:
  explicit SeriesCatalogue(Database& database) : database_(database) {}
  base::Result<const std::vector<StoredSeries>*> of_project(const std::string& project);

 private:
  base::Result<std::vector<StoredSeries>> load(const std::string& project);

  Database& database_;
  std::pair<std::int64_t, std::int64_t> version_{-1, -1};
  std::map<std::string, std::vector<StoredSeries>> projects_;
};

}  // namespace plimsoll::evidence
