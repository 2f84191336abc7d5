// What a probe would stream, kept in memory: for commands that do a probe's work themselves.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plimsoll/model/observation.h"
#include "plimsoll/model/snapshot.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::cli {

class MemoryRecorder final : public probes::Recorder {
 public:
  // `probe`: "kind/name".
  explicit MemoryRecorder(std::string probe) : probe_(std::move(probe)) {}

  base::Result<model::SeriesHandle> declare(const model::Series& series) override {
    BASE_TRY(model::validate(series));
    data_.push_back({series, probe_, {}});
    return static_cast<model::SeriesHandle>(data_.size() - 1);
  }
  base::Status observe(const model::Observation& observation) override {
    data_[observation.series].observations.push_back(observation);
    return {};
  }
  base::Status finding(const model::Finding&) override { return {}; }
  base::Status log(std::string_view) override { return {}; }
  base::Status fact(std::string_view name, std::string_view value) override {
    facts_.push_back({std::string(name), std::string(value)});
    return {};
  }

  std::vector<model::SeriesData> take_series() { return std::move(data_); }
  std::vector<model::Fact> take_facts() { return std::move(facts_); }

 private:
  std::string probe_;
  std::vector<model::SeriesData> data_;
  std::vector<model::Fact> facts_;
};

}  // namespace plimsoll::cli
