// A store in a temporary folder, and runs to fill it with.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "plimsoll/evidence/store.h"
#include "plimsoll/model/run.h"

namespace plimsoll::evidence::testing {

using model::Better;
using model::Observation;
using model::Run;
using model::RunState;
using model::Selector;
using model::Series;

inline const Selector kEverything{.name = "**"};

inline base::UtcTime day(int number) {
  return base::UtcTime(std::chrono::days(20'000 + number));
}

// Begins `number` hours after day(0): larger is newer.
inline Run make_run(int number, const std::string& project = "demo") {
  Run run;
  run.id = "2024" + std::to_string(100'000 + number) + "-abc";
  run.project = project;
  run.branch = "main";
  run.commit = std::string(40, static_cast<char>('a' + number % 26));
  run.started = day(0) + std::chrono::hours(number);
  run.comparability = "0123456789abcdef";
  return run;
}

inline Run completed(Run run) {
  run.state = RunState::complete;
  run.verdict = model::Status::pass;
  run.finished = run.started + std::chrono::seconds(10);
  return run;
}

inline Series make_series(const std::string& name, model::Labels labels = {}) {
  return {{name, std::move(labels)}, "seconds", Better::lower};
}

inline Observation at(double time, model::SeriesHandle series, model::Value value) {
  return {.series = series, .slice_start = time, .slice_seconds = 1, .value = std::move(value)};
}

template <class T>
T must(base::Result<T> result) {
  if (!result) throw std::runtime_error(base::to_string(result.error()));
  return *std::move(result);
}
inline void must(const base::Status& status) {
  if (!status) throw std::runtime_error(base::to_string(status.error()));
}

class StoreTest : public ::testing::Test {
 protected:
  // Without syncs: what survives a power cut is tests/integration/store_crash's to see.
  std::unique_ptr<EvidenceStore> open(StoreOptions options = {}) {
    options.synchronous = false;
    return must(open_store(path(), options));
  }
  std::string path(const std::string& name = "evidence.db") const { return (folder_.path() / name).string(); }

  // One complete run with the values of one series, a second apart.
  static void add_run(EvidenceStore& store, const model::Run& run, const Series& series,
                      const model::Samples& values, std::string_view snapshot = "{}") {
    auto writer = must(store.begin(run));
    const auto handle = must(writer->declare(series, "load/basic"));
    std::vector<Observation> observations;
    for (const double value : values)
      observations.push_back(at(1e9 + static_cast<double>(observations.size()), handle, value));
    must(writer->append(observations));
    must(writer->finish(completed(run), snapshot));
  }

  // The whole content of the store's files.
  std::string bytes() const {
    std::string all;
    for (const auto* suffix : {"", "-wal", "-shm"}) {
      if (const auto content = base::read_file(path() + suffix, 1 << 30)) all += *content;
    }
    return all;
  }

  base::TemporaryFolder folder_ = must(base::TemporaryFolder::create("evidence"));
};

}  // namespace plimsoll::evidence::testing
