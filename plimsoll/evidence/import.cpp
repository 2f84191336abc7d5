#include "plimsoll/evidence/import.h"

#include <istream>
#include <limits>
#include <optional>
#include <unordered_map>

#include "base/json.h"
#include "plimsoll/evidence/acceptance_table.h"
#include "plimsoll/evidence/chunk_codec.h"
#include "plimsoll/evidence/export.h"
#include "plimsoll/evidence/run_rows.h"
#include "plimsoll/evidence/run_table.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;
using base::Json;
using model::Observation;
using model::SeriesHandle;

// A snapshot of 64 MiB with every byte escaped would be longer; none is.
constexpr std::size_t kMaxLineBytes = 256u << 20;

std::unexpected<base::Error> corrupt(std::string message) {
  return base::fail(ErrorCode::corrupt, std::move(message));
}

// The next line without its end; nullopt at the end of the stream.
base::Result<std::optional<std::string>> read_line(std::istream& in) {
  std::string line;
  auto* buffer = in.rdbuf();
  for (int c = buffer->sbumpc(); c != std::char_traits<char>::eof(); c = buffer->sbumpc()) {
    if (c == '\n') return line;
    line += static_cast<char>(c);
    if (line.size() > kMaxLineBytes)
      return base::fail(ErrorCode::too_large, "the line is longer than 256 MiB");
  }
  if (line.empty()) return std::nullopt;
  return line;
}

// A run on its way in: one transaction from its first line to its end.
class IncomingRun {
 public:
  static base::Result<std::unique_ptr<IncomingRun>> begin(Database& database, model::Run run, bool pruned) {
    BASE_ASSIGN(auto transaction, Transaction::begin(database, TransactionKind::write));
    // Nobody writes it here, whatever it was when it was exported.
    if (run.state == model::RunState::running) run.state = model::RunState::aborted;
    BASE_ASSIGN(const auto key, insert_run(database, run, 0));
    return std::unique_ptr<IncomingRun>(
        new IncomingRun(database, std::move(transaction), std::move(run), key, pruned));
  }

  base::Status add_series(const Json& json) {
    BASE_ASSIGN(const auto series, model::series_from_json(json));
    BASE_ASSIGN(const auto probe, base::get_string(json, "probe"));
    BASE_ASSIGN(const auto id,
                model::integer_or(json, "id", -1, 0, std::numeric_limits<SeriesHandle>::max()));
    BASE_ASSIGN(const auto handle, rows_.declare(series, probe));
    if (handles_.emplace(static_cast<SeriesHandle>(id), handle).second) return {};
    return corrupt("series " + std::to_string(id) + " stands twice");
  }

  base::Status add_observation(const Json& json) {
    BASE_ASSIGN(auto observation, model::observation_from_json(json));
    const auto handle = handles_.find(observation.series);
    if (handle == handles_.end())
      return corrupt("series " + std::to_string(observation.series) + " is not there");
    observation.series = handle->second;
    if (pruned_) return rows_.write_merged(observation);
    waiting_.push_back(std::move(observation));
    return waiting_.size() < kChunkObservations / 4 ? base::Status() : write_waiting();
  }

  base::Status add_finding(const Json& json) {
    BASE_ASSIGN(const auto finding, model::finding_from_json(json));
    return rows_.write_findings({&finding, 1});
  }

  void set_snapshot(std::string text) { snapshot_ = std::move(text); }

  base::Status end(const Json& id) {
    if (id != run_.id) return corrupt("the end of run " + run_.id + " names another");
    BASE_TRY(write_waiting());
    BASE_TRY(rows_.write_outcome(run_, snapshot_));
    if (pruned_) {
      BASE_ASSIGN(auto mark, database_.prepare("UPDATE run SET slices_pruned = 1 WHERE key = ?"));
      BASE_TRY(mark.bind(rows_.key()).run());
    }
    return transaction_.commit();
  }

 private:
  IncomingRun(Database& database, Transaction transaction, model::Run run, std::int64_t key, bool pruned)
      : database_(database),
        transaction_(std::move(transaction)),
        run_(std::move(run)),
        rows_(database, key, run_.project),
        pruned_(pruned) {}

  base::Status write_waiting() {
    if (waiting_.empty()) return {};
    BASE_TRY(rows_.write_observations(waiting_));
    rows_.committed(waiting_);
    waiting_.clear();
    return {};
  }

  Database& database_;
  Transaction transaction_;
  model::Run run_;
  RunRows rows_;
  bool pruned_;
  std::unordered_map<SeriesHandle, SeriesHandle> handles_;  // of the file to ours
  std::vector<Observation> waiting_;
  std::string snapshot_;
};

class Importer {
 public:
  explicit Importer(Database& database) : database_(database) {}

  base::Status feed(std::string_view text) {
    BASE_ASSIGN(const auto line, base::parse_json(text, "line", {.bytes = kMaxLineBytes}));
    if (!line.is_object() || line.empty()) return corrupt("expected an object");
    if (!begun_) return read_header(line);
    if (const Json* run = base::find(line, "run")) return begin_run(*run, line);
    if (const Json* acceptance = base::find(line, "acceptance")) return add_acceptance(*acceptance);
    if (skipping_) return skip(line);
    if (incoming_ == nullptr)
      return corrupt("expected a run or an acceptance, found " + base::dump(line).substr(0, 60));
    return feed_run(line);
  }

  base::Result<std::uint64_t> finish() {
    if (!begun_) return corrupt("it is empty; expected an export of a store");
    if (incoming_ != nullptr || skipping_) return corrupt("it ends in the middle of a run");
    return added_;
  }

 private:
  base::Status read_header(const Json& line) {
    const Json* kind = base::find(line, "plimsoll");
    if (kind == nullptr || *kind != "store") return corrupt("is not the export of an evidence store");
    BASE_ASSIGN(const auto version, base::get_integer(line, "version"));
    if (version > kExportVersion) {
      return base::fail(ErrorCode::unsupported,
                        "was written by a newer plimsoll (version " + std::to_string(version) + ")",
                        "use the newer program");
    }
    begun_ = true;
    return {};
  }

  base::Status begin_run(const Json& json, const Json& line) {
    if (incoming_ != nullptr || skipping_) return corrupt("a run begins before the one before it has ended");
    BASE_ASSIGN(auto run, model::run_from_json(json));
    if (run.id.empty()) return corrupt("a run without an id");
    BASE_ASSIGN(const bool pruned, model::bool_or(line, "pruned", false));
    BASE_ASSIGN(const auto known, find_run_exactly(database_, run.id));
    if (known) {
      skipping_ = run.id;
      return {};
    }
    BASE_ASSIGN(incoming_, IncomingRun::begin(database_, std::move(run), pruned));
    return {};
  }

  base::Status skip(const Json& line) {
    if (const Json* end = base::find(line, "end"); end != nullptr && *end == *skipping_) skipping_.reset();
    return {};
  }

  base::Status feed_run(const Json& line) {
    if (const Json* observation = base::find(line, "observe"))
      return incoming_->add_observation(*observation);
    if (const Json* series = base::find(line, "series")) return incoming_->add_series(*series);
    if (const Json* finding = base::find(line, "finding")) return incoming_->add_finding(*finding);
    if (base::find(line, "snapshot") != nullptr) {
      BASE_ASSIGN(auto text, base::get_string(line, "snapshot"));
      incoming_->set_snapshot(std::move(text));
      return {};
    }
    const Json* end = base::find(line, "end");
    if (end == nullptr) return corrupt("expected a line of a run, found " + base::dump(line).substr(0, 60));
    BASE_TRY(incoming_->end(*end));
    incoming_.reset();
    ++added_;
    return {};
  }

  base::Status add_acceptance(const Json& json) {
    if (incoming_ != nullptr || skipping_) return corrupt("an acceptance in the middle of a run");
    BASE_ASSIGN(const auto acceptance, acceptance_from_json(json));
    BASE_ASSIGN(auto transaction, Transaction::begin(database_, TransactionKind::write));
    BASE_TRY(insert_acceptance(database_, acceptance));
    return transaction.commit();
  }

  Database& database_;
  bool begun_ = false;
  std::unique_ptr<IncomingRun> incoming_;
  std::optional<std::string> skipping_;  // a run that is here already
  std::uint64_t added_ = 0;
};

base::Error at(base::Error error, std::string_view source, int line) {
  error.place = base::Place{std::string(source), line, 0};
  // A series that is not valid, a unit that differs: wrong data, not wrong usage.
  if (error.code == ErrorCode::invalid_argument) error.code = ErrorCode::corrupt;
  return error;
}

}  // namespace

base::Result<std::uint64_t> import_store(Database& database, std::istream& in, std::string_view source) {
  Importer importer(database);
  for (int number = 1;; ++number) {
    auto line = read_line(in);
    if (!line) return std::unexpected(at(line.error(), source, number));
    if (!*line) {
      auto added = importer.finish();
      if (!added) return std::unexpected(at(added.error(), source, number));
      return added;
    }
    if (const auto fed = importer.feed(**line); !fed) return std::unexpected(at(fed.error(), source, number));
  }
}

}  // namespace plimsoll::evidence
