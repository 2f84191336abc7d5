#include "plimsoll/traffic/watch/server_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "plimsoll/traffic/bounded_keeper.h"

namespace plimsoll::traffic {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PrometheusScrape scrape_of(std::vector<std::string> names, std::size_t most = 32) {
  return PrometheusScrape(
      {.url = {"http", "127.0.0.1", 1, "/metrics", ""}, .names = std::move(names), .most = most});
}

std::vector<std::pair<std::string, double>> values_of(PrometheusScrape& scrape, std::string_view text,
                                                      double at) {
  std::vector<std::pair<std::string, double>> result;
  for (const ScrapedValue& value : scrape.read_text(text, at).value())
    result.emplace_back(scrape.metrics()[value.metric].name, value.value);
  return result;
}

TEST(PrometheusScrape, GaugesStandAndCountersBecomeRates) {
  PrometheusScrape scrape = scrape_of({});
  const auto text = [](int hits) {
    return "# TYPE heap_bytes gauge\nheap_bytes 100\n# TYPE hits_total counter\nhits_total{code=\"200\"} " +
           std::to_string(hits) + "\n# TYPE wait histogram\nwait_count 3\n";
  };
  EXPECT_THAT(values_of(scrape, text(10), 5), ElementsAre(std::pair("heap_bytes", 100.0)));
  EXPECT_THAT(values_of(scrape, text(30), 7),
              ElementsAre(std::pair("heap_bytes", 100.0), std::pair("hits_total", 10.0)));
  // A restart: no rate over it.
  EXPECT_THAT(values_of(scrape, text(4), 8), ElementsAre(std::pair("heap_bytes", 100.0)));
  EXPECT_THAT(scrape.metrics(), ElementsAre(ScrapedMetric{"heap_bytes", "", "bytes"},
                                            ScrapedMetric{"hits_total", "code=200", "per_second"}));
}

TEST(PrometheusScrape, UnitsAreReadFromNames) {
  PrometheusScrape scrape = scrape_of({});
  values_of(scrape, "a_seconds 1\nb_ratio 1\nc 1\nd_bytes_total 1\ne_seconds_total 1\n", 1);
  std::vector<std::string> units;
  for (const ScrapedMetric& metric : scrape.metrics()) units.push_back(metric.unit);
  EXPECT_THAT(units, ElementsAre("seconds", "ratio", "count", "bytes_per_second", "seconds_per_second"));
}

TEST(PrometheusScrape, KeepsTheOnesThatWereNamed) {
  PrometheusScrape scrape = scrape_of({"heap_*", "exact"});
  EXPECT_THAT(values_of(scrape, "heap_a 1\nheap_b 2\nexact 3\nexactly 4\nother 5\n", 1),
              ElementsAre(std::pair("heap_a", 1.0), std::pair("heap_b", 2.0), std::pair("exact", 3.0)));
}

TEST(PrometheusScrape, FurtherMetricsAreCountedNotKept) {
  PrometheusScrape scrape = scrape_of({}, 2);
  EXPECT_THAT(values_of(scrape, "a 1\nb 2\nc 3\nd 4\n", 1), SizeIs(2));
  EXPECT_THAT(values_of(scrape, "a 1\nb 2\nc 3\nd 4\n", 2), SizeIs(2));
  EXPECT_EQ(scrape.left_out(), 2u);
}

TEST(PrometheusScrape, NobodyThereIsAnError) {
  const auto values = scrape_of({}).read(1);
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().code, base::ErrorCode::unavailable);
}

TEST(ProcessTree, ReadsThisProcess) {
  ProcessTree tree(::getpid());
  const auto usage = tree.read();
  ASSERT_TRUE(usage) << base::to_string(usage.error());
  EXPECT_GT(usage->rss_bytes, 100'000u);
  EXPECT_GE(usage->threads, 1u);
  EXPECT_GE(usage->descriptors, 3u);
  EXPECT_EQ(usage->cpu_seconds, 0);  // before the watch began
  EXPECT_EQ(process_tree(::getpid()).front(), ::getpid());
}

TEST(ProcessTree, AProcessThatIsGoneIsAnError) {
  EXPECT_FALSE(ProcessTree(2'000'000'000).read());
}

TEST(ServerWatch, SaysWhatItCouldNotSee) {
  WatchOptions options{.pid = 2'000'000'000, .interval = std::chrono::milliseconds(1)};
  options.scrape = ScrapeOptions{.url = {"http", "127.0.0.1", 1, "/metrics", ""}};
  ServerWatch watch(options);
  watch.stop();
  EXPECT_FALSE(watch.take().empty());
  const WatchReport report = watch.report();
  EXPECT_TRUE(report.process_gone);
  EXPECT_EQ(report.failed_scrapes, report.scrapes);
  EXPECT_THAT(remarks(report), ElementsAre(HasSubstr("ended"), HasSubstr("readings of its metrics failed")));
  EXPECT_THAT(remarks(WatchReport{}), IsEmpty());
}

TEST(ServerWatch, NeighboursMergeIntoLongerSamples) {
  BoundedKeeper<ServerSample> keeper(4);
  for (int i = 1; i <= 64; ++i) {
    keeper.add({.at = static_cast<double>(i),
                .seconds = 1,
                .usage = TreeUsage{.rss_bytes = static_cast<std::uint64_t>(i)},
                .cpu_cores = i % 2 == 0 ? 1.0 : 0.0,
                .metrics = {{0, static_cast<double>(i)}}});
  }
  double covered = 0;
  for (const ServerSample& sample : keeper.items()) {
    covered += sample.seconds;
    EXPECT_DOUBLE_EQ(*sample.cpu_cores, 0.5);
    EXPECT_EQ(static_cast<double>(sample.usage->rss_bytes), sample.at);
    EXPECT_EQ(sample.metrics.front().value, sample.at);
  }
  EXPECT_EQ(covered, 64);
  EXPECT_LE(keeper.items().size(), 4u);
  EXPECT_GE(keeper.items().size(), 2u);
}

}  // namespace
}  // namespace plimsoll::traffic
