// The evidence store's seam: everything that was measured, kept until retention lets it go. No SQL and no
// rules cross it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "plimsoll/model/finding.h"
#include "plimsoll/model/observation.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/model/run.h"

namespace plimsoll::evidence {

// Writes one run. Destroyed without finish(), the run is marked aborted.
// Not thread-safe; one writer a store at a time (conflict elsewhere), any number of readers beside it.
class RunWriter {
 public:
  virtual ~RunWriter() = default;

  // The handle of a series in this run; the same series gives the same handle. invalid_argument where the
  // series is not valid, its unit or direction differs from what the project's store has, or another probe
  // declared it in this run; too_large past 1,000 series a probe.
  virtual base::Result<model::SeriesHandle> declare(const model::Series& series, std::string_view probe) = 0;

  // Durable when it returns. All or nothing: after an error none of the batch is kept.
  virtual base::Status append(std::span<const model::Observation> observations) = 0;
  virtual base::Status append_findings(std::span<const model::Finding> findings) = 0;

  // The run as it ended (state complete or aborted, verdict, probes, finished) and its snapshot's JSON.
  virtual base::Status finish(const model::Run& run, std::string_view snapshot_json) = 0;
};

struct RunFilter {
  std::string project = {};  // empty: any
  std::optional<std::string> branch = {};
  std::optional<std::string> comparability = {};
  std::optional<std::vector<std::string>> commits = {};  // only runs of one of these
  bool complete_only = false;
  std::size_t limit = 0;  // newest first; 0: all
};

// One earlier run's value of one series, its slices merged.
struct HistoricValue {
  std::string run;
  model::Series series;
  std::string probe;
  model::Value value;
};

// A known change that somebody accepted: from that commit on it is the level to compare with.
struct Acceptance {
  std::string project;
  std::string series;  // a selector's text
  std::string commit;  // may be empty outside a repository
  std::string run;     // newest run when it was accepted
  std::string because;
  std::string who;
  base::UtcTime at{};
  std::optional<base::UtcTime> until;

  bool operator==(const Acceptance&) const = default;
};

struct Retention {
  int raw_days = 30;       // slices of a run; what a kept judgement cites is pinned
  int summary_days = 400;  // merged values
};
struct PruneReport {
  std::uint64_t runs = 0, observations = 0, bytes = 0;
};

struct StoreOptions {
  bool read_only = false;
  bool create = true;    // make the file and its folder where missing
  std::string vfs = {};  // an SQLite VFS by name; a test's seam
  bool synchronous =
      true;  // false: acknowledges before it is durable; the defect that the crash test must catch
};

// Thread-compatible: one object a thread, any number of objects a file.
class EvidenceStore {
 public:
  virtual ~EvidenceStore() = default;

  // Begins a run whose state is running. conflict where another process writes a run now.
  virtual base::Result<std::unique_ptr<RunWriter>> begin(const model::Run& run) = 0;

  virtual base::Result<std::vector<model::Run>> runs(const RunFilter& filter) = 0;  // newest first
  // not_found; a unique prefix is enough; "latest" is the newest that is not running, else the newest.
  virtual base::Result<model::Run> run(std::string_view id) = 0;

  // All series of a run that the selector covers, with their slices. Pruned slices: one merged observation
  // instead.
  virtual base::Result<std::vector<model::SeriesData>> read(std::string_view run,
                                                            const model::Selector& selector) = 0;
  virtual base::Result<std::vector<model::Finding>> findings(std::string_view run) = 0;

  // The merged value of every matching series in each of these runs; order: by run as given, then series.
  virtual base::Result<std::vector<HistoricValue>> history(const model::Selector& selector,
                                                           std::span<const std::string> runs) = 0;

  // not_found where the run has none.
  virtual base::Result<std::string> snapshot(std::string_view run) = 0;

  virtual base::Status accept(const Acceptance& acceptance) = 0;
  virtual base::Result<std::vector<Acceptance>> acceptances(std::string_view project) = 0;
  virtual base::Status waive(std::string_view run) = 0;  // never a baseline from now on

  virtual base::Result<PruneReport> prune(const Retention& retention, base::UtcTime now) = 0;

  // Erases runs, series, subjects or findings that contain the text, free pages included; how many rows went.
  virtual base::Result<std::uint64_t> forget(std::string_view match) = 0;

  // JSON lines, the whole store or some runs; import keeps what is there already and adds what is not (by run
  // id).
  virtual base::Status export_to(std::ostream& out, std::span<const std::string> runs) = 0;
  virtual base::Result<std::uint64_t> import_from(std::istream& in,
                                                  std::string_view source) = 0;  // runs added
};

// `.plimsoll/evidence.db`, `sqlite:PATH`, or `postgresql://…` (unsupported in this version, saying so).
// corrupt, permission, unsupported (written by a newer version), no_space, conflict, io: each names the file.
base::Result<std::unique_ptr<EvidenceStore>> open_store(std::string_view url,
                                                        const StoreOptions& options = {});

// Whether the text is a store's URL that this program knows; for the plan's reader.
bool is_store_url(std::string_view url);

}  // namespace plimsoll::evidence
