// Carries write operations out, inside a transaction that somebody else begins and commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/search/tokenizer.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/search_caches.h"
#include "apps/memory_api/storage/sqlite_connection.h"

namespace memory_api::storage {

struct VectorChanges {
  std::vector<search::VectorChange> changes = {};
  bool all_are_stale = false;  // those that were known before

  void append(VectorChanges&& other);
};

// What an operation came to. A refusal (an unknown id) changed nothing and leaves the transaction as it was;
// a failure of the storage leaves it to be rolled back.
struct Applied {
  base::Result<WriteOutcome> outcome;
  bool storage_failed = false;
  search::IndexChanges index_changes = {};
  VectorChanges vector_changes = {};
};

class SqliteWriter {
 public:
  SqliteWriter(Connection& connection, search::Tokenizer& tokenizer)
      : connection_(connection), tokenizer_(tokenizer) {}

  Applied apply(const WriteOperation& operation);

  // Whether text was removed since the last erase, in this process or before: its traces still lie in the
  // word index and the write-ahead log.
  bool erasure_due() const { return erasure_due_; }
  base::Status load();

  // One bounded step of erasing them (a few milliseconds); whether that was the last one. Outside a
  // transaction.
  base::Result<bool> erase_some();

  // Drops events older than `before`, at most a few hundred at a time.
  base::Status prune_events(base::UtcTime before);

 private:
  using Outcome = base::Result<WriteOutcome>;

  Outcome carry_out(const AddTenant& operation);
  Outcome carry_out(const AddMemories& operation);
  Outcome carry_out(const UpdateMemories& operation);
  Outcome carry_out(const RemoveMemories& operation);
  Outcome carry_out(const RemoveMatching& operation);
  Outcome carry_out(const PutDocument& operation);
  Outcome carry_out(const ReviseMemories& operation);
  Outcome carry_out(const UseEmbedder& operation);
  Outcome carry_out(const PutVectors& operation);

  base::Status record_event(TenantNumber tenant, std::string_view event_id, base::UtcTime at,
                            const std::vector<memory::Memory>& memories);
  base::Status insert(TenantNumber tenant, const memory::Memory& memory, base::UtcTime at);
  base::Result<memory::Memory> update(TenantNumber tenant, std::int64_t row,
                                      const memory::MemoryChange& change, base::UtcTime at);
  base::Result<WriteOutcome> remove_rows(TenantNumber tenant, const std::vector<std::int64_t>& rows,
                                         base::UtcTime at);
  base::Status remove(TenantNumber tenant, std::int64_t row, base::UtcTime at);

  base::Result<memory::Memory> memory_at(std::int64_t row);

  enum class Index { add, remove, replace };  // replace: add to a document that was there before
  base::Status index(Index what, TenantNumber tenant, std::int64_t row, std::string_view text);
  void note_change(Index what, std::int64_t row, std::vector<std::string> terms);
  base::Status count(TenantNumber tenant);  // adds what the operation changed to the tenant's figures

  // The row of a memory that still has the text that was embedded.
  base::Result<std::optional<std::int64_t>> row_of_text(const MemoryVector& vector);
  // The rows of these ids; not_found where one is missing, saying how many.
  base::Result<std::vector<std::int64_t>> rows_of(TenantNumber tenant, const std::vector<std::string>& ids);
  base::Result<std::vector<std::int64_t>> rows_matching(TenantNumber tenant, const memory::Filter& filter);
  base::Status forget_vector(TenantNumber tenant, std::int64_t row);
  base::Status note_erasure();

  Connection& connection_;
  search::Tokenizer& tokenizer_;
  bool erasure_due_ = false;
  bool merging_ = false;
  std::int64_t memories_added_ = 0;  // by the operation under way; negative: removed
  std::int64_t terms_added_ = 0;
  search::IndexChanges index_changes_;
  VectorChanges vector_changes_;
};

}  // namespace memory_api::storage
