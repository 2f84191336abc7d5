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

TEST(RecordResults, OfFiguresTheMedianIsKeptAndThe95thPercentileUnderANameOfItsOwn) {
  formats::ImportedSeries series;
  series.series = {{"load.latency", {{"request", "list"}}}, "seconds", model::Better::lower};
  series.figures = {.median = 0.1, .mean = 0.2, .p95 = 0.3};
  formats::ImportedFile file;
  file.series.push_back(series);
  MemoryRecorder recorder;
  ASSERT_TRUE(record_results(file, "k6", {}, recorder).has_value());
  const auto median = recorder.observations_of("load.latency{request=list,source=k6}");
  ASSERT_EQ(median.size(), 1u);
  EXPECT_EQ(median[0].value, model::Value(0.1));
  const auto p95 = recorder.observations_of("load.latency_p95{request=list,source=k6}");
  ASSERT_EQ(p95.size(), 1u);
  EXPECT_EQ(p95[0].value, model::Value(0.3));
}

TEST(RecordResults, AHistogramIsKeptAsOne) {
  formats::ImportedSeries series;
  series.series = {{"load.latency", {}}, "seconds", model::Better::lower};
  series.histogram.emplace().record(0.5, 3);
  series.figures = {.count = 3, .p95 = 0.5};
  formats::ImportedFile file;
  file.series.push_back(series);
  MemoryRecorder recorder;
  ASSERT_TRUE(record_results(file, "", {}, recorder).has_value());
  EXPECT_EQ(recorder.observations_of("load.latency").at(0).value, model::Value(*series.histogram));
  EXPECT_TRUE(recorder.observations_of("load.latency_p95").empty());
}

}  // namespace
}  // namespace plimsoll::probes
