// What is asked of PostgreSQL, over one connection. Answers of more than one statement come from one
// snapshot.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/search/tenant_postings.h"
#include "apps/memory_api/search/tokenizer.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/postgres_connection.h"

namespace memory_api::storage {

// A row of `memories` with its number.
struct NumberedMemory {
  std::int64_t row = 0;
  memory::Memory memory;
};

// The memories of these ids, in their order; not_found where one is unknown, saying how many.
base::Result<std::vector<NumberedMemory>> find_memories(PgConnection& connection, TenantNumber tenant,
                                                        const std::vector<std::string>& ids);

// Calls `take` for every memory that matches, newest first, until it says false.
base::Status for_each_match(PgConnection& connection, TenantNumber tenant, const memory::Filter& filter,
                            std::optional<base::UtcTime> expired_before,
                            const std::function<bool(NumberedMemory)>& take);

base::Result<std::optional<TenantRow>> read_tenant(PgConnection& connection, std::string_view key_hash);
base::Result<bool> read_has_stored_tenants(PgConnection& connection);
base::Result<std::vector<memory::HistoryEntry>> read_history(PgConnection& connection, TenantNumber tenant,
                                                             std::string_view id);
base::Result<memory::Listed<memory::Memory>> read_list(PgConnection& connection, const ListRequest& request);
base::Result<memory::Listed<memory::Entity>> read_entities(PgConnection& connection, TenantNumber tenant,
                                                           const memory::Page& page);
base::Result<memory::AddEvent> read_event(PgConnection& connection, TenantNumber tenant, std::string_view id);
base::Result<std::string> read_document(PgConnection& connection, TenantNumber tenant, std::string_view kind,
                                        std::string_view key);

// `terms`: those of the query, each once.
base::Result<std::vector<memory::Scored>> search_memories(PgConnection& connection,
                                                          search::TenantPostings& cache,
                                                          const SearchRequest& request,
                                                          const std::vector<std::string>& terms);

template <class Work>
auto in_transaction(PgConnection& connection, std::string_view begin, const Work& work) -> decltype(work()) {
  connection.queue(begin);
  auto result = work();
  connection.queue("COMMIT");
  const base::Status finished = connection.finish();
  if (result && !finished) return std::unexpected(finished.error());
  return result;
}

// Runs `read` in one snapshot of the store.
template <class Read>
auto in_snapshot(PgConnection& connection, const Read& read) -> decltype(read()) {
  return in_transaction(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", read);
}

}  // namespace memory_api::storage
