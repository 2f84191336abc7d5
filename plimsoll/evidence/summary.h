// The merged value of a series in one run: what history reads, and what stays when the slices are pruned.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/model/observation.h"

namespace plimsoll::evidence {

// Merges as model::merge does, one observation at a time. Head and base side of an interleaved measurement
// stay apart.
class Summary {
 public:
  void add(const model::Observation& observation);
  bool empty() const { return !head_.value && !base_.value; }

  // The merged head, then the merged base side, each where there is one: an observation over all its slices.
  std::vector<model::Observation> observations(model::SeriesHandle handle) const;

 private:
  struct Side {
    std::optional<model::Value> value;
    double start = 0;
    double end = 0;
    void add(const model::Observation& observation);
  };
  Side head_, base_;
};

// As a `summary` row holds it.
std::string encode_summary(const Summary& summary);
base::Result<std::vector<model::Observation>> decode_summary(std::string_view bytes);

}  // namespace plimsoll::evidence
