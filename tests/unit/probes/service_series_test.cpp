#include "plimsoll/probes/load/service_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plimsoll/model/rule.h"
#include "tests/unit/probes/memory_recorder.h"

namespace plimsoll::probes::load {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

traffic::ServerSample sample(double at, std::optional<double> cores) {
  return {.at = at,
          .seconds = 1,
          .usage = traffic::TreeUsage{.rss_bytes = 1 << 20, .descriptors = 7, .threads = 3, .processes = 1},
          .cpu_cores = cores,
          .metrics = {{0, 0.5}, {9, 1}}};
}

TEST(ServiceSeries, WritesWhatWasSeenAfterTheWarmUp) {
  MemoryRecorder recorder;
  ServiceWriter writer(recorder, "mix");
  const std::vector<traffic::ServerSample> samples = {sample(999, {}), sample(1001, {}), sample(1002, 0.25)};
  const std::vector<traffic::ScrapedMetric> metrics = {{"cache_ratio", "kind=a", "ratio"}};
  ASSERT_TRUE(writer.write(samples, metrics, 1000));
  const auto memory = recorder.observations_of("service.memory{scenario=mix}");
  ASSERT_THAT(memory, SizeIs(2));
  EXPECT_EQ(memory[0].slice_start, 1000);
  EXPECT_EQ(memory[0].slice_seconds, 1);
  EXPECT_EQ(std::get<double>(memory[0].value), 1 << 20);
  EXPECT_THAT(recorder.observations_of("service.cpu{scenario=mix}"), SizeIs(1));
  EXPECT_THAT(recorder.observations_of("service.descriptors{scenario=mix}"), SizeIs(2));
  EXPECT_THAT(recorder.observations_of("service.threads{scenario=mix}"), SizeIs(2));
  EXPECT_THAT(recorder.observations_of("service.metric{labels=kind=a,name=cache_ratio,scenario=mix}"),
              SizeIs(2));
}

TEST(ServiceSeries, AProcessThatIsGoneWritesNothing) {
  MemoryRecorder recorder;
  ServiceWriter writer(recorder, "mix");
  const traffic::ServerSample gone{.at = 1001, .seconds = 1};
  ASSERT_TRUE(writer.write(std::span(&gone, 1), {}, 1000));
  EXPECT_THAT(recorder.observations_of("service.memory{scenario=mix}"), IsEmpty());
}

TEST(ServiceSeries, EverySeriesIsOneThatTheKindNames) {
  for (const plan::SeriesPattern& pattern : service_series_patterns())
    EXPECT_TRUE(model::name_matches("service.*", pattern.name)) << pattern.name;
}

}  // namespace
}  // namespace plimsoll::probes::load
