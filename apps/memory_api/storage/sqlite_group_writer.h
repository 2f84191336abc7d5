// The engine's side of a group commit: one SQLite transaction.
#pragma once

#include <memory>

#include "apps/memory_api/search/tokenizer.h"
#include "apps/memory_api/storage/group_writer.h"
#include "apps/memory_api/storage/search_caches.h"
#include "apps/memory_api/storage/sqlite_connection.h"
#include "apps/memory_api/storage/sqlite_writer.h"

namespace memory_api::storage {

class SqliteGroupWriter final : public GroupWriter {
 public:
  static base::Result<std::unique_ptr<GroupWriter>> make(std::unique_ptr<Connection> connection,
                                                         search::Tokenizer tokenizer, SearchCaches& caches);

  base::Result<Outcomes> commit(std::span<const WriteOperation* const> group) override;
  bool erasure_due() const override { return writer_.erasure_due(); }
  base::Result<bool> erase_some() override { return writer_.erase_some(); }
  base::Status prune_events(base::UtcTime before) override { return writer_.prune_events(before); }

 private:
  SqliteGroupWriter(std::unique_ptr<Connection> connection, search::Tokenizer tokenizer,
                    SearchCaches& caches);
  void apply(const VectorChanges& changes);
  base::Error rolled_back(base::Error reason);

  std::unique_ptr<Connection> connection_;  // outlives the tokenizer
  search::Tokenizer tokenizer_;
  SqliteWriter writer_;
  SearchCaches& caches_;
};

}  // namespace memory_api::storage
