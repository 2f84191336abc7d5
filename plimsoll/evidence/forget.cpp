#include "plimsoll/evidence/forget.h"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/json.h"
#include "plimsoll/evidence/chunk_codec.h"
#include "plimsoll/evidence/run_reader.h"
#include "plimsoll/evidence/run_table.h"
#include "plimsoll/evidence/schema.h"
#include "plimsoll/evidence/snapshot_table.h"
#include "plimsoll/evidence/summary.h"

namespace plimsoll::evidence {
namespace {

using base::Json;
using model::Observation;
using model::SeriesHandle;

// In any text or key of it: escapes in the file's own text would hide a match.
bool json_contains(const Json& json, std::string_view match) {
  if (json.is_string()) return json.get_ref<const std::string&>().contains(match);
  if (json.is_array())
    return std::ranges::any_of(json, [&](const Json& item) { return json_contains(item, match); });
  if (!json.is_object()) return false;
  for (const auto& [key, value] : json.items()) {
    if (key.contains(match) || json_contains(value, match)) return true;
  }
  return false;
}

bool text_contains(std::string_view document, std::string_view match) {
  if (document.contains(match)) return true;
  const auto json = base::parse_json(document, "document");
  return json && json_contains(*json, match);
}

bool id_contains(const model::Series& series, std::string_view match) {
  if (series.id.name.contains(match) || series.unit.contains(match)) return true;
  return std::ranges::any_of(series.id.labels, [&](const auto& label) {
    return label.first.contains(match) || label.second.contains(match);
  });
}

class Forgetter {
 public:
  Forgetter(Database& database, std::string_view match) : database_(database), match_(match) {}

  base::Result<std::uint64_t> run() {
    BASE_ASSIGN(const auto runs, list_runs(database_, {}));
    for (const auto& run : runs) BASE_TRY(in_transaction([&] { return forget_in(run); }));
    BASE_TRY(in_transaction([&] { return forget_series(); }));
    BASE_TRY(in_transaction([&] {
      return forget_documents("SELECT key, document FROM acceptance", "DELETE FROM acceptance WHERE key = ?");
    }));
    return count_;
  }

 private:
  template <class Work>
  base::Status in_transaction(const Work& work) {
    BASE_ASSIGN(auto transaction, Transaction::begin(database_, TransactionKind::write));
    BASE_TRY(work());
    return transaction.commit();
  }

  base::Status forget_in(const StoredRun& run) {
    if (json_contains(model::to_json(run.run), match_)) {
      ++count_;
      return erase_run(database_, run);
    }
    BASE_TRY(forget_series_of(run));
    BASE_TRY(forget_subjects(run));
    BASE_TRY(forget_documents("SELECT key, document FROM finding WHERE key BETWEEN ? AND ?",
                              "DELETE FROM finding WHERE key = ?", &run));
    return forget_snapshot(run);
  }

  // Rows (key, document) whose document contains the text.
  base::Status forget_documents(std::string_view select, std::string_view erase,
                                const StoredRun* run = nullptr) {
    std::vector<std::int64_t> keys;
    {
      BASE_ASSIGN(auto query, database_.prepare(select));
      if (run != nullptr) query.bind(first_row(run->key)).bind(last_row(run->key));
      while (true) {
        BASE_ASSIGN(const bool more, query.step());
        if (!more) break;
        if (text_contains(query.blob(1), match_)) keys.push_back(query.integer(0));
      }
    }
    BASE_ASSIGN(auto statement, database_.prepare(erase));
    for (const auto key : keys) BASE_TRY(statement.bind(key).run());
    count_ += keys.size();
    return {};
  }

  base::Status forget_snapshot(const StoredRun& run) {
    BASE_ASSIGN(const auto snapshot, read_snapshot(database_, run.key));
    if (!snapshot || !text_contains(*snapshot, match_)) return {};
    ++count_;
    BASE_ASSIGN(auto erase, database_.prepare("DELETE FROM snapshot WHERE run = ?"));
    return erase.bind(run.key).run();
  }

  base::Status forget_series_of(const StoredRun& run) {
    BASE_ASSIGN(auto series, read_run_series(database_, run.key));
    std::erase_if(series, [&](const RunSeries& one) {
      return !one.probe.contains(match_) && !id_contains(one.series, match_);
    });
    if (series.empty()) return {};
    std::unordered_set<SeriesHandle> handles;
    for (const auto& one : series) {
      handles.insert(one.handle);
      BASE_TRY(erase_key("DELETE FROM run_series WHERE key = ?", row_key(run.key, one.handle)));
      BASE_TRY(erase_key("DELETE FROM summary WHERE key = ?", row_key(run.key, one.series_key)));
      // A series of its own counts once, in the table of series.
      if (!id_contains(one.series, match_)) ++count_;
    }
    return rewrite_chunks(
        run, [&](const Observation& observation) { return handles.contains(observation.series); });
  }

  base::Status erase_key(std::string_view sql, std::int64_t key) {
    BASE_ASSIGN(auto erase, database_.prepare(sql));
    return erase.bind(key).run();
  }

  base::Status forget_subjects(const StoredRun& run) {
    std::set<SeriesHandle> changed;
    BASE_TRY(rewrite_chunks(run, [&](const Observation& observation) {
      if (!observation.subject.contains(match_)) return false;
      changed.insert(observation.series);
      ++count_;
      return true;
    }));
    if (changed.empty()) return {};
    return merge_anew(run, changed);
  }

  // Chunk by chunk, leaving out what `goes`.
  base::Status rewrite_chunks(const StoredRun& run, const std::function<bool(const Observation&)>& goes) {
    BASE_ASSIGN(const auto keys, chunk_keys(run));
    for (const auto key : keys) BASE_TRY(rewrite_chunk(key, goes));
    return {};
  }

  base::Result<std::vector<std::int64_t>> chunk_keys(const StoredRun& run) {
    BASE_ASSIGN(auto query, database_.prepare("SELECT key FROM chunk WHERE key BETWEEN ? AND ?"));
    query.bind(first_row(run.key)).bind(last_row(run.key));
    std::vector<std::int64_t> keys;
    while (true) {
      BASE_ASSIGN(const bool more, query.step());
      if (!more) return keys;
      keys.push_back(query.integer(0));
    }
  }

  base::Status rewrite_chunk(std::int64_t key, const std::function<bool(const Observation&)>& goes) {
    std::vector<Observation> kept;
    bool changed = false;
    {
      BASE_ASSIGN(auto query, database_.prepare("SELECT bytes FROM chunk WHERE key = ?"));
      BASE_ASSIGN(const bool found, query.bind(key).step());
      if (!found) return {};
      const auto decoded = decode_chunk(
          query.blob(0), [](SeriesHandle) { return true; },
          [&](Observation&& observation) {
            if (goes(observation))
              changed = true;
            else
              kept.push_back(std::move(observation));
          });
      if (!decoded) return std::unexpected(database_.damaged(decoded.error()));
    }
    if (!changed) return {};
    const std::string bytes = encode_chunk(kept);
    BASE_ASSIGN(auto update, database_.prepare("UPDATE chunk SET observations = ?, bytes = ? WHERE key = ?"));
    return update.bind(static_cast<std::int64_t>(kept.size())).bind_blob(bytes).bind(key).run();
  }

  base::Status merge_anew(const StoredRun& run, const std::set<SeriesHandle>& handles) {
    if (run.run.state == model::RunState::running) return {};
    std::unordered_map<SeriesHandle, Summary> summaries;
    BASE_TRY(scan_chunks(
        database_, run, [&](SeriesHandle handle) { return handles.contains(handle); },
        [&](Observation&& observation) { summaries[observation.series].add(observation); }));
    BASE_ASSIGN(const auto series, read_run_series(database_, run.key));
    for (const auto& one : series) {
      if (!handles.contains(one.handle)) continue;
      const auto key = row_key(run.key, one.series_key);
      BASE_TRY(erase_key("DELETE FROM summary WHERE key = ?", key));
      if (summaries[one.handle].empty()) continue;
      const std::string bytes = encode_summary(summaries[one.handle]);
      BASE_ASSIGN(auto insert, database_.prepare("INSERT INTO summary(key, probe, bytes) VALUES(?, ?, ?)"));
      BASE_TRY(insert.bind(key).bind(one.probe).bind_blob(bytes).run());
    }
    return {};
  }

  base::Status forget_series() {
    std::vector<std::int64_t> keys;
    {
      BASE_ASSIGN(auto query, database_.prepare("SELECT key, identity, unit, better, project FROM series"));
      while (true) {
        BASE_ASSIGN(const bool more, query.step());
        if (!more) break;
        BASE_ASSIGN(const auto series, stored_series(database_, query.text(1), query.text(2), query.text(3)));
        if (id_contains(series, match_) || query.text(4).contains(match_)) keys.push_back(query.integer(0));
      }
    }
    for (const auto key : keys) BASE_TRY(erase_key("DELETE FROM series WHERE key = ?", key));
    count_ += keys.size();
    return {};
  }

  Database& database_;
  std::string_view match_;
  std::uint64_t count_ = 0;
};

// VACUUM copies what is left into fresh pages: neither free pages nor the slack inside pages survive.
base::Status leave_no_trace(Database& database) {
  BASE_TRY(database.execute("VACUUM"));
  BASE_ASSIGN(const auto busy, database.query_integer("PRAGMA wal_checkpoint(TRUNCATE)"));
  if (busy == 0) return {};
  return base::fail(base::ErrorCode::conflict,
                    database.path().string() + ": erased, but a reader keeps the log from being emptied",
                    "end it and call forget once more");
}

}  // namespace

base::Result<std::uint64_t> forget_text(Database& database, std::string_view match) {
  if (match.empty())
    return base::fail(base::ErrorCode::invalid_argument, "a text to forget must not be empty");
  BASE_ASSIGN(const auto count, Forgetter(database, match).run());
  BASE_TRY(leave_no_trace(database));
  return count;
}

}  // namespace plimsoll::evidence
