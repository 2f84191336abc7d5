// A filter as the condition of a WHERE clause over PostgreSQL's table `memories`.
#pragma once

#include <optional>
#include <string>

#include "apps/memory_api/memory/filter.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/postgres_connection.h"

namespace memory_api::storage {

// Ids, times and parts of texts are said exactly. What SQL cannot say as memory::matches does (metadata,
// categories, letters' case) is left out in a way that lets through too much and never too little; then
// `is_exact` is false, and every row is to be asked with memory::matches.
struct PostgresFilter {
  std::string sql;  // never empty; used where NULL counts as false
  bool is_exact = true;
};

// Values go to `parameters`, behind those that are there.
PostgresFilter to_sql(const memory::Filter& filter, PgParameters& parameters);

// The condition of a tenant's rows that a filter lets through. $1 is the tenant; the filter's values follow,
// then what the caller adds.
struct MatchingRows {
  PgParameters parameters;
  std::string sql;
  bool is_exact = true;  // as PostgresFilter has it
};
MatchingRows matching_rows(TenantNumber tenant, const memory::Filter& filter,
                           std::optional<base::UtcTime> expired_before);

}  // namespace memory_api::storage
