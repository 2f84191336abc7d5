#include "plimsoll/evidence/run_table.h"

#include <array>
#include <string>
#include <unordered_set>

#include "base/json.h"
#include "plimsoll/evidence/process_identity.h"
#include "plimsoll/evidence/schema.h"

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;
using model::Run;
using model::RunState;

constexpr std::string_view kColumns =
    "SELECT key, slices_pruned, process_start, state, waived, document FROM run ";

Statement& bind_optional(Statement& statement, const std::optional<std::string>& text) {
  return text ? statement.bind(*text) : statement.bind_null();
}

void bind_run(Statement& statement, const Run& run) {
  statement.bind(run.project);
  bind_optional(statement, run.branch);
  bind_optional(statement, run.commit);
  statement.bind(run.comparability).bind(to_string(run.state));
  statement.bind(run.waived ? 1 : 0)
      .bind(run.started.time_since_epoch().count())
      .bind(base::dump(to_json(run)));
}

base::Result<Run> parse_run(std::string_view document, const std::string& state) {
  BASE_ASSIGN(const auto json, base::parse_json(document, "run"));
  BASE_ASSIGN(auto run, model::run_from_json(json));
  BASE_ASSIGN(run.state, model::parse_run_state(state));
  return run;
}

base::Result<StoredRun> read_row(Database& database, const Statement& row) {
  auto run = parse_run(row.blob(5), row.text(3));
  if (!run) return std::unexpected(database.damaged(run.error()));
  run->waived = row.integer(4) != 0;
  return StoredRun{row.integer(0), row.integer(1) != 0, row.integer(2), *std::move(run)};
}

base::Result<std::vector<StoredRun>> read_rows(Database& database, Statement& query, std::size_t limit) {
  std::vector<StoredRun> runs;
  while (limit == 0 || runs.size() < limit) {
    BASE_ASSIGN(const bool more, query.step());
    if (!more) break;
    BASE_ASSIGN(auto run, read_row(database, query));
    runs.push_back(std::move(run));
  }
  return runs;
}

base::Result<std::vector<StoredRun>> read_where(Database& database, std::string_view where,
                                                std::string_view text = {}) {
  BASE_ASSIGN(auto query, database.prepare(std::string(kColumns) + std::string(where)));
  if (where.contains('?')) query.bind(text);
  return read_rows(database, query, 2);
}

base::Result<StoredRun> find_latest(Database& database) {
  constexpr std::string_view order = "ORDER BY state = 'running', started DESC, id DESC LIMIT 1";
  BASE_ASSIGN(auto runs, read_where(database, order));
  if (!runs.empty()) return std::move(runs.front());
  return base::fail(ErrorCode::not_found, database.path().string() + ": holds no run yet",
                    "`plimsoll check` makes one");
}

}  // namespace

base::Result<std::int64_t> insert_run(Database& database, const Run& run, std::int64_t process_start) {
  BASE_ASSIGN(const auto taken, find_run_exactly(database, run.id));
  if (taken)
    return base::fail(ErrorCode::conflict, database.path().string() + ": has a run " + run.id + " already");
  BASE_ASSIGN(auto insert,
              database.prepare(
                  "INSERT INTO run(process_start, id, project, branch, commit_hash, comparability, state, "
                  "waived, started, document) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(process_start).bind(run.id);
  bind_run(insert, run);
  BASE_TRY(insert.run());
  return database.last_row();
}

base::Status update_run(Database& database, std::int64_t key, const Run& run) {
  BASE_ASSIGN(auto update,
              database.prepare("UPDATE run SET project = ?, branch = ?, commit_hash = ?, comparability = ?, "
                               "state = ?, waived = waived OR ?, started = ?, document = ? WHERE key = ?"));
  bind_run(update, run);
  return update.bind(key).run();
}

base::Status set_run_state(Database& database, std::int64_t key, RunState state) {
  BASE_ASSIGN(auto update, database.prepare("UPDATE run SET state = ? WHERE key = ?"));
  return update.bind(to_string(state)).bind(key).run();
}

base::Status erase_run(Database& database, const StoredRun& run) {
  for (const auto* table : {"run_series", "chunk", "summary", "finding"}) {
    BASE_ASSIGN(auto erase,
                database.prepare("DELETE FROM " + std::string(table) + " WHERE key BETWEEN ? AND ?"));
    BASE_TRY(erase.bind(first_row(run.key)).bind(last_row(run.key)).run());
  }
  for (const auto* sql : {"DELETE FROM snapshot WHERE run = ?", "DELETE FROM citation WHERE run = ?",
                          "DELETE FROM run WHERE key = ?"}) {
    BASE_ASSIGN(auto erase, database.prepare(sql));
    BASE_TRY(erase.bind(run.key).run());
  }
  BASE_ASSIGN(auto erase, database.prepare("DELETE FROM citation WHERE cited = ?"));
  return erase.bind(run.run.id).run();
}

base::Result<std::optional<StoredRun>> find_run_exactly(Database& database, std::string_view id) {
  BASE_ASSIGN(auto runs, read_where(database, "WHERE id = ?", id));
  if (runs.empty()) return std::nullopt;
  return std::move(runs.front());
}

base::Result<StoredRun> find_run(Database& database, std::string_view id) {
  if (id == "latest") return find_latest(database);
  BASE_ASSIGN(auto exact, find_run_exactly(database, id));
  if (exact) return *std::move(exact);
  const std::string name = "run \"" + std::string(id.substr(0, 60)) + "\"";
  // An empty prefix would be a run by accident.
  const auto missing = base::fail(ErrorCode::not_found, database.path().string() + ": has no " + name,
                                  "`plimsoll store runs` lists them; `latest` is the newest");
  if (id.empty()) return missing;
  BASE_ASSIGN(auto runs, read_where(database, "WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2", id));
  if (runs.empty()) return missing;
  if (runs.size() == 1) return std::move(runs.front());
  return base::fail(ErrorCode::invalid_argument,
                    database.path().string() + ": several runs begin with " + name, "give more of its id");
}

base::Result<std::vector<StoredRun>> list_runs(Database& database, const RunFilter& filter) {
  std::string sql(kColumns);
  sql +=
      "WHERE (?1 = '' OR project = ?1) AND (?2 IS NULL OR branch = ?2) AND (?3 IS NULL OR comparability = "
      "?3)";
  if (filter.complete_only) sql += " AND state = 'complete'";
  if (filter.commits) sql += " AND commit_hash IN (SELECT value FROM json_each(?4))";
  sql += " ORDER BY started DESC, id DESC";
  BASE_ASSIGN(auto query, database.prepare(sql));
  query.bind(filter.project);
  bind_optional(query, filter.branch);
  bind_optional(query, filter.comparability);
  if (filter.commits) query.bind(base::dump(base::Json(*filter.commits)));
  return read_rows(database, query, filter.limit);
}

base::Status abort_lost_runs(Database& database) {
  BASE_ASSIGN(auto query, database.prepare(std::string(kColumns) + "WHERE state = 'running'"));
  BASE_ASSIGN(const auto running, read_rows(database, query, 0));
  query.reset();
  for (const auto& [key, pruned, start, run] : running) {
    if (is_alive(run.process_id, start, run.boot_id)) continue;
    BASE_TRY(set_run_state(database, key, RunState::aborted));
  }
  return {};
}

}  // namespace plimsoll::evidence
