#include "apps/memory_api/storage/sqlite_group_writer.h"

#include <utility>

namespace memory_api::storage {

SqliteGroupWriter::SqliteGroupWriter(std::unique_ptr<Connection> connection, search::Tokenizer tokenizer,
                                     SearchCaches& caches)
    : connection_(std::move(connection)),
      tokenizer_(std::move(tokenizer)),
      writer_(*connection_, tokenizer_),
      caches_(caches) {}

base::Result<std::unique_ptr<GroupWriter>> SqliteGroupWriter::make(std::unique_ptr<Connection> connection,
                                                                   search::Tokenizer tokenizer,
                                                                   SearchCaches& caches) {
  std::unique_ptr<SqliteGroupWriter> made(
      new SqliteGroupWriter(std::move(connection), std::move(tokenizer), caches));
  BASE_TRY(made->writer_.load());
  return made;
}

base::Result<Outcomes> SqliteGroupWriter::commit(std::span<const WriteOperation* const> group) {
  if (auto in_place = connection_->check_in_place(); !in_place) return std::unexpected(in_place.error());
  if (auto begun = connection_->run_cached("BEGIN IMMEDIATE"); !begun) {
    return std::unexpected(rolled_back(begun.error()));
  }
  Outcomes outcomes;
  search::IndexChanges changes;
  VectorChanges vector_changes;
  for (const WriteOperation* operation : group) {
    Applied applied = writer_.apply(*operation);
    if (applied.storage_failed) return std::unexpected(rolled_back(applied.outcome.error()));
    outcomes.push_back(std::move(applied.outcome));
    changes.append(std::move(applied.index_changes));
    vector_changes.append(std::move(applied.vector_changes));
  }
  if (auto committed = connection_->run_cached("COMMIT"); !committed) {
    return std::unexpected(rolled_back(committed.error()));
  }
  caches_.postings.apply(changes);
  apply(vector_changes);
  return outcomes;
}

void SqliteGroupWriter::apply(const VectorChanges& changes) {
  if (changes.all_are_stale) {
    caches_.vectors.clear();
    if (caches_.graphs) caches_.graphs->clear();
  }
  caches_.vectors.apply(changes.changes);
  if (caches_.graphs) caches_.graphs->apply(changes.changes);
}

base::Error SqliteGroupWriter::rolled_back(base::Error reason) {
  if (connection_->in_transaction() && !connection_->run_cached("ROLLBACK")) {
    reason.code = base::ErrorCode::internal;
  }
  return reason;
}

}  // namespace memory_api::storage
