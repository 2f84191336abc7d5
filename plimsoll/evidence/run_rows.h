// Writes the rows of one run: what the live writer and the import have in common. Knows no transactions of
// its own: every write happens inside the caller's, who says how it ended.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"
#include "plimsoll/evidence/summary.h"
#include "plimsoll/model/finding.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/run.h"

namespace plimsoll::evidence {

inline constexpr std::size_t kMaxSeriesOfAProbe = 1'000;
inline constexpr std::size_t kMaxSnapshotBytes = 64u << 20;

class RunRows {
 public:
  RunRows(Database& database, std::int64_t run_key, std::string project)
      : database_(database), run_(run_key), project_(std::move(project)) {}

  // Errors of RunWriter::declare. Remembers; write_observations or write_outcome writes.
  base::Result<model::SeriesHandle> declare(const model::Series& series, std::string_view probe);

  base::Status write_observations(std::span<const model::Observation> observations);
  base::Status write_findings(std::span<const model::Finding> findings);

  // Run, summaries, snapshot and what its judgements cite.
  base::Status write_outcome(const model::Run& run, std::string_view snapshot_json);

  // A pruned run's merged value in place of its slices.
  base::Status write_merged(const model::Observation& merged);

  // After the transaction: what was written counts, or never happened.
  void committed(std::span<const model::Observation> observations);
  void rolled_back();

  std::int64_t key() const { return run_; }

 private:
  struct Declared {
    model::Series series;
    std::string probe;
    std::int64_t series_key = 0;  // once written
    Summary summary = {};
  };
  base::Status check(std::span<const model::Observation> observations) const;
  base::Status write_series();
  base::Status write_chunk(std::span<const model::Observation> observations);
  base::Status write_summaries();

  Database& database_;
  std::int64_t run_;
  std::string project_;
  std::vector<Declared> declared_;
  std::map<model::SeriesId, model::SeriesHandle> handles_;
  std::map<std::string, std::size_t, std::less<>> series_of_probe_;
  // Written so far, and as the last commit left it.
  struct Counters {
    std::size_t series = 0;
    std::int64_t chunks = 0;
    std::int64_t findings = 0;
  };
  Counters now_, durable_;
};

}  // namespace plimsoll::evidence
