#include "plimsoll/evidence/run_writer.h"

#include <unistd.h>

#include "plimsoll/evidence/process_identity.h"
#include "plimsoll/evidence/run_table.h"

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;
using model::RunState;

base::Result<std::int64_t> insert_running(Database& database, const model::Run& run) {
  BASE_ASSIGN(auto transaction, Transaction::begin(database, TransactionKind::write));
  BASE_TRY(abort_lost_runs(database));
  BASE_ASSIGN(const auto key, insert_run(database, run, process_start(run.process_id)));
  BASE_TRY(transaction.commit());
  return key;
}

}  // namespace

base::Result<std::unique_ptr<RunWriter>> SqliteRunWriter::begin(std::shared_ptr<Database> database,
                                                                model::Run run) {
  if (run.id.empty()) return base::fail(ErrorCode::invalid_argument, "a run needs an id");
  if (run.state != RunState::running)
    return base::fail(ErrorCode::invalid_argument, "a run begins as running");
  BASE_ASSIGN(auto lock, WriterLock::acquire(database->path()));
  if (run.process_id == 0) run.process_id = ::getpid();
  if (run.boot_id.empty()) run.boot_id = current_boot_id();
  BASE_ASSIGN(const auto key, insert_running(*database, run));
  return std::unique_ptr<RunWriter>(new SqliteRunWriter(std::move(database), std::move(lock), run, key));
}

SqliteRunWriter::SqliteRunWriter(std::shared_ptr<Database> database, WriterLock lock, const model::Run& run,
                                 std::int64_t key)
    : database_(std::move(database)),
      lock_(std::move(lock)),
      run_id_(run.id),
      process_id_(run.process_id),
      boot_id_(run.boot_id),
      rows_(*database_, key, run.project) {}

SqliteRunWriter::~SqliteRunWriter() {
  if (finished_) return;
  // Where even this fails, the next open for writing does it.
  [[maybe_unused]] const auto aborted = set_run_state(*database_, rows_.key(), RunState::aborted);
}

template <class Write>
base::Status SqliteRunWriter::in_transaction(const Write& write) {
  if (finished_) return base::fail(ErrorCode::conflict, "run " + run_id_ + " is finished");
  auto attempt = [&]() -> base::Status {
    BASE_ASSIGN(auto transaction, Transaction::begin(*database_, TransactionKind::write));
    BASE_TRY(write());
    return transaction.commit();
  };
  auto done = attempt();
  if (!done) rows_.rolled_back();
  return done;
}

base::Result<model::SeriesHandle> SqliteRunWriter::declare(const model::Series& series,
                                                           std::string_view probe) {
  return rows_.declare(series, probe);
}

base::Status SqliteRunWriter::append(std::span<const model::Observation> observations) {
  if (observations.empty()) return {};
  BASE_TRY(in_transaction([&] { return rows_.write_observations(observations); }));
  rows_.committed(observations);
  return {};
}

base::Status SqliteRunWriter::append_findings(std::span<const model::Finding> findings) {
  if (findings.empty()) return {};
  BASE_TRY(in_transaction([&] { return rows_.write_findings(findings); }));
  rows_.committed({});
  return {};
}

base::Status SqliteRunWriter::finish(const model::Run& run, std::string_view snapshot_json) {
  if (run.id != run_id_)
    return base::fail(ErrorCode::invalid_argument, "run " + run_id_ + " was finished as " + run.id);
  if (run.state == RunState::running)
    return base::fail(ErrorCode::invalid_argument, "a finished run cannot be running");
  auto ended = run;
  if (ended.process_id == 0) ended.process_id = process_id_;
  if (ended.boot_id.empty()) ended.boot_id = boot_id_;
  BASE_TRY(in_transaction([&] { return rows_.write_outcome(ended, snapshot_json); }));
  finished_ = true;
  lock_.reset();
  return {};
}

}  // namespace plimsoll::evidence
