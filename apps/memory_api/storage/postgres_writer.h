// Carries groups of writes out in PostgreSQL: one transaction each, its statements sent in pipeline mode, so
// that a group waits for the server where it must read, and for the disk once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/memory_api/search/standalone_tokenizer.h"
#include "apps/memory_api/search/tenant_postings.h"
#include "apps/memory_api/storage/group_writer.h"
#include "apps/memory_api/storage/postgres_connection.h"
#include "apps/memory_api/storage/postgres_reader.h"

namespace memory_api::storage {

struct PostgresWriterOptions {
  std::string url;
  std::string sender;  // who we are among the processes on this database; no blanks
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(2);
  std::chrono::nanoseconds group_timeout = std::chrono::seconds(10);
  std::chrono::nanoseconds new_embedder_timeout = std::chrono::minutes(1);
  bool synchronous = true;  // false acknowledges before the disk has it: only to show that the tests notice
};

// The channel on which every process hears which tenants' words others changed: "SENDER TENANT:VERSION …".
constexpr const char* changes_channel = "memory_api_changes";

class PostgresWriter final : public GroupWriter {
 public:
  PostgresWriter(PostgresWriterOptions options, search::StandaloneTokenizer& tokenizer,
                 search::TenantPostings& cache)
      : options_(std::move(options)), tokenizer_(tokenizer), cache_(cache) {}

  // Where the connection is lost while the server commits, it is asked afterwards what became of the
  // transaction. Only where it does not come back in time the error says that this is not known.
  base::Result<Outcomes> commit(std::span<const WriteOperation* const> group) override;
  base::Status prune_events(base::UtcTime before) override;

 private:
  using Outcome = base::Result<WriteOutcome>;

  // What the transaction did to one tenant's words.
  struct TenantChange {
    std::int64_t memories = 0;
    std::int64_t terms = 0;
    bool has_words = false;
    search::IndexChanges index = {};
    search::TenantPostings::Version version = 0;
  };

  base::Status connect();
  base::Status try_commit(std::span<const WriteOperation* const> group, Outcomes& outcomes,
                          bool& is_committing);
  base::Status begin(std::span<const WriteOperation* const> group);
  base::Status count();
  void await_vectors();
  base::Result<bool> was_committed();
  void tell_cache();

  Outcome carry_out(const AddTenant& operation);
  Outcome carry_out(const AddMemories& operation);
  Outcome carry_out(const UpdateMemories& operation);
  Outcome carry_out(const RemoveMemories& operation);
  Outcome carry_out(const RemoveMatching& operation);
  Outcome carry_out(const PutDocument& operation);
  Outcome carry_out(const ReviseMemories& operation);
  Outcome carry_out(const UseEmbedder& operation);
  Outcome carry_out(const PutVectors& operation);

  void insert(TenantNumber tenant, const memory::Memory& memory, base::UtcTime at);
  void drop_vectors(const std::vector<std::int64_t>& rows);
  memory::Memory update(TenantNumber tenant, const NumberedMemory& old, const memory::MemoryChange& change,
                        base::UtcTime at);
  void remove(TenantNumber tenant, const std::vector<NumberedMemory>& doomed, base::UtcTime at);
  void record_event(TenantNumber tenant, std::string_view id, base::UtcTime at,
                    const std::vector<memory::Memory>& memories);

  enum class Words { add, replace };  // replace: of a document that was there before
  void add_words(Words what, TenantNumber tenant, std::int64_t row, std::string_view text);
  void remove_words(TenantNumber tenant, const std::vector<std::pair<std::int64_t, std::string_view>>& texts);

  const PostgresWriterOptions options_;
  search::StandaloneTokenizer& tokenizer_;
  search::TenantPostings& cache_;
  std::unique_ptr<PgConnection> connection_;
  std::int64_t next_row_ = 0;
  std::string transaction_;
  std::map<TenantNumber, TenantChange> changes_;
  bool has_vectors_ = false;                        // the table may hold some
  std::map<std::int64_t, base::UtcTime> awaiting_;  // rows that wait for a vector since this group
};

}  // namespace memory_api::storage
