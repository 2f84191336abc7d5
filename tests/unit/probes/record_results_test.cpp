#include "plimsoll/probes/record_results.h"

#include <numeric>

#include <gtest/gtest.h>

#include "memory_recorder.h"

namespace plimsoll::probes {
namespace {

TEST(RecordResults, ManySamplesTravelInPartsAndNoneIsLost) {
  formats::ImportedSeries series;
  series.series = {{"bench.real_time", {}}, "seconds", model::Better::lower};
  series.samples.resize(25'000);
  std::iota(series.samples.begin(), series.samples.end(), 1.0);
  formats::ImportedFile file;
  file.series.push_back(series);
  MemoryRecorder recorder;
  ASSERT_TRUE(record_results(file, "", {.at = 5, .seconds = 2}, recorder).has_value());
  const auto parts = recorder.observations_of("bench.real_time");
  ASSERT_EQ(parts.size(), 3u);
  for (const auto& part : parts) EXPECT_EQ(part.slice_start, 5);
  EXPECT_EQ(model::merge(parts), model::Value(series.samples));
}

}  // namespace
}  // namespace plimsoll::probes
