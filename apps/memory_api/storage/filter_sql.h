// A filter as the condition of a WHERE clause over the table `memories`.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "apps/memory_api/memory/filter.h"
#include "apps/memory_api/storage/sqlite_connection.h"

namespace memory_api::storage {

// What SQL cannot say exactly (metadata, categories, parts of texts) is a call back to memory::matches_…, so
// that filters mean the same everywhere; ids and times are plain SQL, so that indexes serve them. `sql` is
// never empty; it is used where NULL counts as false. Points into the filter that it was made from.
struct FilterSql {
  struct Blob {
    std::string bytes;
  };
  using Parameter = std::variant<std::int64_t, std::string, Blob, const memory::Condition*>;

  std::string sql;
  std::vector<Parameter> parameters;

  void bind(Query& query) const;
};

FilterSql to_sql(const memory::Filter& filter);

// Makes the functions that such conditions call known to a connection.
base::Status install_filter_functions(Connection& connection);

}  // namespace memory_api::storage
