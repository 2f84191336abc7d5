#include "plimsoll/evidence/run_rows.h"

#include <algorithm>

#include "base/json.h"
#include "plimsoll/evidence/chunk_codec.h"
#include "plimsoll/evidence/run_table.h"
#include "plimsoll/evidence/schema.h"
#include "plimsoll/evidence/series_table.h"
#include "plimsoll/evidence/snapshot_table.h"

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;
using model::Observation;
using model::SeriesHandle;

std::unexpected<base::Error> invalid(std::string message) {
  return base::fail(ErrorCode::invalid_argument, std::move(message));
}

base::Result<std::int64_t> numbered_row(std::int64_t run, std::int64_t n, std::string_view what) {
  if (n < kMaxRowsOfARun) return row_key(run, n);
  return base::fail(ErrorCode::too_large, "a run holds at most 16 million " + std::string(what));
}

}  // namespace

base::Result<SeriesHandle> RunRows::declare(const model::Series& series, std::string_view probe) {
  BASE_TRY(validate(series));
  if (const auto known = handles_.find(series.id); known != handles_.end()) {
    const auto& first = declared_[known->second];
    if (first.probe != probe) {
      return invalid(to_string(series.id) + " was declared by " + first.probe + " and by " +
                     std::string(probe));
    }
    BASE_TRY(check_same_kind(first.series, series));
    return known->second;
  }
  const auto count = series_of_probe_.find(probe);
  if (count != series_of_probe_.end() && count->second >= kMaxSeriesOfAProbe) {
    return base::fail(ErrorCode::too_large, std::string(probe) + " declares more than 1,000 series",
                      "keep ids, URLs and the like out of the labels; a subject is the place for them");
  }
  BASE_ASSIGN(const auto stored, find_series(database_, project_, series.id));
  if (stored) BASE_TRY(check_same_kind(stored->series, series));
  const auto handle = static_cast<SeriesHandle>(declared_.size());
  declared_.push_back({.series = series, .probe = std::string(probe)});
  handles_.emplace(series.id, handle);
  ++series_of_probe_[std::string(probe)];
  return handle;
}

base::Status RunRows::check(std::span<const Observation> observations) const {
  for (const auto& observation : observations) {
    if (observation.series >= declared_.size()) {
      return invalid("an observation of series " + std::to_string(observation.series) +
                     ", which was not declared");
    }
    if (const auto valid = validate(observation); !valid) {
      return std::unexpected(
          base::with_context(valid.error(), to_string(declared_[observation.series].series.id)));
    }
  }
  return {};
}

base::Status RunRows::write_observations(std::span<const Observation> observations) {
  BASE_TRY(check(observations));
  BASE_TRY(write_series());
  for (std::size_t begin = 0; begin < observations.size(); begin += kChunkObservations) {
    BASE_TRY(
        write_chunk(observations.subspan(begin, std::min(kChunkObservations, observations.size() - begin))));
  }
  return {};
}

base::Status RunRows::write_series() {
  for (; now_.series < declared_.size(); ++now_.series) {
    auto& declared = declared_[now_.series];
    BASE_ASSIGN(declared.series_key, ensure_series(database_, project_, declared.series));
    BASE_ASSIGN(const auto key, numbered_row(run_, static_cast<std::int64_t>(now_.series), "series"));
    BASE_TRY(numbered_row(run_, declared.series_key, "series"));
    BASE_ASSIGN(auto insert, database_.prepare("INSERT INTO run_series(key, series, probe) VALUES(?, ?, ?)"));
    BASE_TRY(insert.bind(key).bind(declared.series_key).bind(declared.probe).run());
  }
  return {};
}

base::Status RunRows::write_chunk(std::span<const Observation> observations) {
  const std::string bytes = encode_chunk(observations);
  BASE_ASSIGN(const auto key, numbered_row(run_, now_.chunks, "batches of observations"));
  BASE_ASSIGN(auto insert, database_.prepare("INSERT INTO chunk(key, observations, bytes) VALUES(?, ?, ?)"));
  BASE_TRY(insert.bind(key).bind(static_cast<std::int64_t>(observations.size())).bind_blob(bytes).run());
  ++now_.chunks;
  return {};
}

base::Status RunRows::write_findings(std::span<const model::Finding> findings) {
  BASE_ASSIGN(auto insert, database_.prepare("INSERT INTO finding(key, document) VALUES(?, ?)"));
  for (const auto& finding : findings) {
    if (finding.fingerprint.empty()) return invalid("a finding of " + finding.rule + " has no fingerprint");
    BASE_ASSIGN(const auto key, numbered_row(run_, now_.findings, "findings"));
    BASE_TRY(insert.bind(key).bind(base::dump(to_json(finding))).run());
    ++now_.findings;
  }
  return {};
}

base::Status RunRows::write_summaries() {
  BASE_ASSIGN(auto insert,
              database_.prepare("INSERT OR REPLACE INTO summary(key, probe, bytes) VALUES(?, ?, ?)"));
  for (const auto& declared : declared_) {
    if (declared.summary.empty()) continue;
    const std::string bytes = encode_summary(declared.summary);
    BASE_TRY(insert.bind(row_key(run_, declared.series_key)).bind(declared.probe).bind_blob(bytes).run());
  }
  return {};
}

base::Status RunRows::write_outcome(const model::Run& run, std::string_view snapshot_json) {
  BASE_TRY(write_series());
  BASE_TRY(update_run(database_, run_, run));
  BASE_TRY(write_summaries());
  return write_snapshot(database_, run_, snapshot_json);
}

base::Status RunRows::write_merged(const Observation& merged) {
  BASE_TRY(check({&merged, 1}));
  declared_[merged.series].summary.add(merged);
  return {};
}

void RunRows::committed(std::span<const Observation> observations) {
  durable_ = now_;
  for (const auto& observation : observations) declared_[observation.series].summary.add(observation);
}

void RunRows::rolled_back() {
  now_ = durable_;
}

}  // namespace plimsoll::evidence
