// A recorder that keeps what a probe says, for tests.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plimsoll/probes/probe.h"

namespace plimsoll::probes {

class MemoryRecorder final : public Recorder {
 public:
  base::Result<model::SeriesHandle> declare(const model::Series& series) override {
    BASE_TRY(model::validate(series));
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data[i].series == series) return static_cast<model::SeriesHandle>(i);
    }
    data.push_back({series, "probe", {}});
    return static_cast<model::SeriesHandle>(data.size() - 1);
  }
  base::Status observe(const model::Observation& observation) override {
    BASE_TRY(model::validate(observation));
    data.at(observation.series).observations.push_back(observation);
    return {};
  }
  base::Status finding(const model::Finding& finding) override {
    findings.push_back(finding);
    return {};
  }
  base::Status log(std::string_view line) override {
    logs.emplace_back(line);
    return {};
  }
  base::Status fact(std::string_view name, std::string_view value) override {
    facts.emplace_back(std::string(name) + ": " + std::string(value));
    return {};
  }

  // Nothing where the series was not declared.
  std::vector<model::Observation> observations_of(std::string_view id) const {
    for (const model::SeriesData& series : data) {
      if (to_string(series.series.id) == id) return series.observations;
    }
    return {};
  }

  std::vector<model::SeriesData> data;
  std::vector<model::Finding> findings;
  std::vector<std::string> logs, facts;
};

}  // namespace plimsoll::probes
