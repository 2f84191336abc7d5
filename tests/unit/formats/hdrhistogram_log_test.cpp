// hdrhistogram.hlog was written by the Python package hdrhistogram 0.10 while it asked memory_api, which
// printed the figures below; hdrhistogram_plimsoll.hlog by `plimsoll load --hdr`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"
#include "plimsoll/formats/hdr_histogram.h"

namespace plimsoll::formats {
namespace {

using testing::HasSubstr;

TEST(HdrHistogramLog, GivesTheFiguresOfTheLibraryThatWroteIt) {
  const ImportedFile file = read_data("hdrhistogram.hlog");
  EXPECT_EQ(file.format, "hdrhistogram-log");
  const ImportedSeries latency = series_of(file, "load.latency");
  EXPECT_EQ(latency.series.unit, "seconds");
  EXPECT_EQ(latency.figures.count, 60U);
  EXPECT_DOUBLE_EQ(latency.figures.min.value(), 87744 * 1e-9);
  EXPECT_DOUBLE_EQ(latency.figures.median.value(), 115327 * 1e-9);
  EXPECT_NEAR(latency.figures.mean.value(), 21915926.933333334 * 1e-9, 1e-12);
  EXPECT_DOUBLE_EQ(latency.figures.p95.value(), 183107583 * 1e-9);
  EXPECT_DOUBLE_EQ(latency.figures.max.value(), 292028415 * 1e-9);
  EXPECT_EQ(latency.histogram->count(), 60U);
}

TEST(HdrHistogramLog, TheLoadGeneratorsOwnLogIsReadToo) {
  const ImportedSeries latency = series_of(read_data("hdrhistogram_plimsoll.hlog"), "load.latency");
  ASSERT_TRUE(latency.histogram.has_value());
  EXPECT_GT(latency.figures.count.value(), 10U);
  EXPECT_GT(latency.figures.median.value(), 1e-6);
  EXPECT_LT(latency.figures.median.value(), 10.0);
}

TEST(HdrHistogramLog, TagsAreLabels) {
  const std::string text = data_text("hdrhistogram.hlog");
  const std::size_t data = text.rfind('\n', text.size() - 2) + 1;
  const auto file = read_results(text + "Tag=warm," + text.substr(data), "tagged.hlog");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(series_of(*file, "load.latency{tag=warm}").figures.count, 20U);
  EXPECT_EQ(series_of(*file, "load.latency").figures.count, 60U);
}

TEST(HdrHistogramLog, BrokenLinesNameTheirPlace) {
  const std::string head = "#[Histogram log format version 1.3]\n";
  EXPECT_THAT(error_of(head + "0.1,1.0,x,HIST\n"),
              HasSubstr("results.file:2:9: expected the interval's maximum"));
  EXPECT_THAT(error_of(head + "0.1,1.0,2.0,HIST????\n"),
              HasSubstr("results.file:2:13: expected a histogram in base64"));
  EXPECT_THAT(error_of(head + "0.1,1.0,2.0,HISTFAAAAAA=\n"), HasSubstr("results.file:2:13: "));
  EXPECT_THAT(error_of(head), HasSubstr("holds no interval"));
  const std::string text = data_text("hdrhistogram.hlog");
  EXPECT_THAT(error_of(text.substr(0, text.size() - 10)), HasSubstr("the last line is cut"));
}

TEST(HdrHistogramLog, OlderVersionsAreRefusedByName) {
  const auto v1 = decode_hdr_histogram("HISTAgAAAAA=");  // cookie 0x1c849302
  ASSERT_FALSE(v1.has_value());
  EXPECT_EQ(v1.error().code, base::ErrorCode::unsupported);
  EXPECT_THAT(v1.error().message, HasSubstr("0x1c849302"));
}

}  // namespace
}  // namespace plimsoll::formats
