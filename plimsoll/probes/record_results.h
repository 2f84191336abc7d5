// What a result file says, told to a recorder.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "plimsoll/formats/imported_file.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes {

// What is kept of a series: its samples (one alone as a scalar) or its histogram; where the file holds
// figures only, their median, else their mean. Nothing where it has neither.
std::optional<model::Value> value_to_keep(const formats::ImportedSeries& series);

struct Stamp {
  double at = 0;       // unix seconds
  double seconds = 0;  // how long the measurement took; 0: a moment
};

// Every series, finding and the number of what was skipped. The 95th percentile of a series of figures only
// is the series NAME_p95. `source`, where not empty, becomes a label of every series, so that two files may
// have the same series in one run. Past 900 series, the label `test` becomes the observations' subject: a
// suite of thousands of tests is not thousands of series.
base::Status record_results(const formats::ImportedFile& file, const std::string& source, Stamp stamp,
                            Recorder& recorder);

}  // namespace plimsoll::probes
