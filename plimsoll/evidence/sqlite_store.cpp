#include "plimsoll/evidence/sqlite_store.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "plimsoll/evidence/acceptance_table.h"
#include "plimsoll/evidence/export.h"
#include "plimsoll/evidence/forget.h"
#include "plimsoll/evidence/import.h"
#include "plimsoll/evidence/retention.h"
#include "plimsoll/evidence/run_reader.h"
#include "plimsoll/evidence/run_table.h"
#include "plimsoll/evidence/run_writer.h"
#include "plimsoll/evidence/schema.h"
#include "plimsoll/evidence/series_table.h"
#include "plimsoll/evidence/snapshot_table.h"
#include "plimsoll/evidence/writer_lock.h"

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;
using model::Run;

class SqliteStore final : public EvidenceStore {
 public:
  SqliteStore(std::shared_ptr<Database> database, bool read_only)
      : database_(std::move(database)), read_only_(read_only), catalogue_(*database_) {}

  base::Result<std::unique_ptr<RunWriter>> begin(const Run& run) override {
    BASE_TRY(expect_writable());
    return SqliteRunWriter::begin(database_, run);
  }

  base::Result<std::vector<Run>> runs(const RunFilter& filter) override {
    BASE_ASSIGN(auto stored, list_runs(*database_, filter));
    std::vector<Run> runs;
    runs.reserve(stored.size());
    for (auto& one : stored) runs.push_back(std::move(one.run));
    return runs;
  }

  base::Result<Run> run(std::string_view id) override {
    BASE_ASSIGN(auto stored, find_run(*database_, id));
    return std::move(stored.run);
  }

  base::Result<std::vector<model::SeriesData>> read(std::string_view run,
                                                    const model::Selector& selector) override {
    return reading([&] -> base::Result<std::vector<model::SeriesData>> {
      BASE_ASSIGN(const auto stored, find_run(*database_, run));
      return read_series(*database_, stored, selector);
    });
  }

  base::Result<std::vector<model::Finding>> findings(std::string_view run) override {
    return reading([&] -> base::Result<std::vector<model::Finding>> {
      BASE_ASSIGN(const auto stored, find_run(*database_, run));
      return read_findings(*database_, stored);
    });
  }

  base::Result<std::vector<HistoricValue>> history(const model::Selector& selector,
                                                   std::span<const std::string> runs) override {
    return reading([&] { return read_history(*database_, catalogue_, selector, runs); });
  }

  base::Result<std::string> snapshot(std::string_view run) override {
    BASE_ASSIGN(const auto stored, find_run(*database_, run));
    BASE_ASSIGN(auto text, read_snapshot(*database_, stored.key));
    if (text) return *std::move(text);
    return base::fail(ErrorCode::not_found, database_->path().string() + ": run " + stored.run.id +
                                                " has no snapshot (" +
                                                std::string(to_string(stored.run.state)) + ")");
  }

  base::Status accept(const Acceptance& acceptance) override {
    return writing([&] { return insert_acceptance(*database_, acceptance); });
  }

  base::Result<std::vector<Acceptance>> acceptances(std::string_view project) override {
    return list_acceptances(*database_, project);
  }

  base::Status waive(std::string_view run) override {
    return writing([&]() -> base::Status {
      BASE_ASSIGN(const auto stored, find_run(*database_, run));
      BASE_ASSIGN(auto update, database_->prepare("UPDATE run SET waived = 1 WHERE key = ?"));
      return update.bind(stored.key).run();
    });
  }

  base::Result<PruneReport> prune(const Retention& retention, base::UtcTime now) override {
    return alone([&] { return prune_store(*database_, retention, now); });
  }

  base::Result<std::uint64_t> forget(std::string_view match) override {
    return alone([&] { return forget_text(*database_, match); });
  }

  base::Status export_to(std::ostream& out, std::span<const std::string> runs) override {
    return export_store(*database_, out, runs);
  }

  base::Result<std::uint64_t> import_from(std::istream& in, std::string_view source) override {
    return alone([&] { return import_store(*database_, in, source); });
  }

 private:
  base::Status expect_writable() const {
    if (!read_only_) return {};
    return base::fail(ErrorCode::permission, database_->path().string() + ": was opened for reading only");
  }

  // One state of the store throughout, whatever is committed meanwhile.
  template <class Work>
  auto reading(const Work& work) -> decltype(work()) {
    BASE_ASSIGN(auto transaction, Transaction::begin(*database_, TransactionKind::read));
    return work();
  }

  template <class Work>
  base::Status writing(const Work& work) {
    BASE_TRY(expect_writable());
    BASE_ASSIGN(auto transaction, Transaction::begin(*database_, TransactionKind::write));
    BASE_TRY(work());
    return transaction.commit();
  }

  // Where no run is being written.
  template <class Work>
  auto alone(const Work& work) -> decltype(work()) {
    BASE_TRY(expect_writable());
    BASE_ASSIGN(const auto lock, WriterLock::acquire(database_->path()));
    return work();
  }

  std::shared_ptr<Database> database_;
  bool read_only_;
  SeriesCatalogue catalogue_;
};

// A new folder must survive a power cut as well as the file in it.
base::Status create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  BASE_TRY(base::system_files().create_folders(folder));
  const base::FileDescriptor parent(::open(folder.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid() || ::fsync(parent.get()) != 0) {
    return std::unexpected(base::from_errno(folder.parent_path().string(), errno));
  }
  return {};
}

base::Status check_place(const std::filesystem::path& path, const StoreOptions& options) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    if (!options.read_only && options.create) return create_folder(path.parent_path());
    return base::fail(ErrorCode::not_found, path.string() + ": there is no evidence store",
                      "`plimsoll check` makes one");
  }
  if (error) return std::unexpected(base::from_errno(path.string(), error.value()));
  // A pipe or device would block or worse.
  if (status.type() == std::filesystem::file_type::regular) return {};
  return base::fail(ErrorCode::invalid_argument, path.string() + ": is not a file");
}

// While somebody writes, the running run is theirs.
base::Status abort_lost_runs_if_alone(Database& database) {
  BASE_ASSIGN(const auto running, database.query_integer("SELECT count(*) FROM run WHERE state = 'running'"));
  if (running == 0) return {};
  const auto lock = WriterLock::acquire(database.path());
  if (!lock && lock.error().code == ErrorCode::conflict) return {};
  if (!lock) return std::unexpected(lock.error());
  BASE_ASSIGN(auto transaction, Transaction::begin(database, TransactionKind::write));
  BASE_TRY(abort_lost_runs(database));
  return transaction.commit();
}

}  // namespace

base::Result<std::unique_ptr<EvidenceStore>> open_sqlite_store(const std::filesystem::path& path,
                                                               const StoreOptions& options) {
  BASE_TRY(check_place(path, options));
  BASE_ASSIGN(std::shared_ptr<Database> database,
              Database::open(path, {options.read_only, options.create, options.vfs}));
  BASE_TRY(prepare_schema(*database, options.read_only, options.synchronous));
  if (!options.read_only) BASE_TRY(abort_lost_runs_if_alone(*database));
  return std::make_unique<SqliteStore>(std::move(database), options.read_only);
}

}  // namespace plimsoll::evidence
