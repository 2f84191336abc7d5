#include "plimsoll/formats/format.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "format_files.h"
#include "plimsoll/formats/collector.h"

namespace plimsoll::formats {
namespace {

using testing::HasSubstr;

// Every format.
const std::vector<std::pair<std::string, std::string>> files = {
    {"google_benchmark.json", "google-benchmark"},
    {"google_benchmark_repetitions.json", "google-benchmark"},
    {"pytest_benchmark.json", "pytest-benchmark"},
    {"hyperfine.json", "hyperfine"},
    {"junit_pytest.xml", "junit"},
    {"junit_gtest.xml", "junit"},
    {"go_testing.txt", "go-testing"},
    {"go_testing.json", "go-testing"},
    {"go_testing_failed.txt", "go-testing"},
    {"jmh.json", "jmh"},
    {"jmh_sample.json", "jmh"},
    {"jmh_profiled.json", "jmh"},
    {"vegeta_report.json", "vegeta"},
    {"vegeta_results.json", "vegeta"},
    {"vegeta_results.csv", "vegeta"},
    {"locust_stats.csv", "locust-stats"},
    {"locust_stats_history.csv", "locust-stats"},
    {"autocannon.json", "autocannon"},
    {"k6_summary_export.json", "k6-summary"},
    {"k6_handle_summary.json", "k6-summary"},
    {"k6_machine_readable.json", "k6-summary"},
    {"k6.csv", "k6-csv"},
    {"hdrhistogram.hlog", "hdrhistogram-log"},
    {"hdrhistogram_plimsoll.hlog", "hdrhistogram-log"},
};

// A file of lines that is cut between two of them may be a smaller file.
bool may_end_there(const std::string& name, const std::string& text, std::size_t length) {
  if (name.starts_with("go_testing") && name.ends_with(".txt")) return length > text.find("\nBenchmark");
  const bool is_lines = name.starts_with("vegeta_results") || name == "k6.csv" || name.ends_with(".hlog") ||
                        name.ends_with("_history.csv");
  return is_lines && (length == 0 || text[length - 1] == '\n' || text[length] == '\n');
}

TEST(Formats, AreToldApartByContent) {
  for (const auto& [name, format] : files) {
    const std::string text = data_text(name);
    for (const Format& candidate : formats()) {
      const Content content(text, name);
      EXPECT_EQ(candidate.recognises(content), candidate.name == format) << name << " as " << candidate.name;
    }
  }
}

TEST(Formats, ReadAByteOrderMarkToo) {
  const auto file = read_results("\xEF\xBB\xBF" + data_text("hyperfine.json"), "bom.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->format, "hyperfine");
}

TEST(Formats, EverySeriesIsValid) {
  for (const auto& [name, format] : files) {
    for (const ImportedSeries& series : read_data(name).series)
      EXPECT_TRUE(model::validate(series.series).has_value()) << to_string(series.series.id);
  }
}

TEST(Formats, AFileCutAnywhereIsNeverReadAsWhole) {
  for (const auto& [name, format] : files) {
    const std::string text(base::trim(data_text(name)));
    for (std::size_t length = 0; length < text.size(); length += 1 + text.size() / 97) {
      if (may_end_there(name, text, length)) continue;
      EXPECT_FALSE(read_results(text.substr(0, length), name).has_value()) << name << " cut at " << length;
      EXPECT_FALSE(read_results(text.substr(0, length), name, format).has_value())
          << name << " cut at " << length;
    }
  }
}

TEST(Formats, NoFormatReadsAnothersFile) {
  for (const auto& [name, format] : files) {
    for (const Format& other : formats()) {
      if (other.name == format) continue;
      const auto read = read_results(data_text(name), name, other.name);
      const bool nothing_in_it = !read || read->series.empty();
      const bool both_lists = format.ends_with("benchmark") && other.name.ends_with("benchmark");
      EXPECT_TRUE(nothing_in_it || both_lists) << name << " as " << other.name;
    }
  }
}

TEST(Formats, UnknownContentAndNamesAreRefused) {
  EXPECT_THAT(error_of("hello"), HasSubstr("results.file:1:1: no known format"));
  EXPECT_THAT(error_of(""), HasSubstr("is empty"));
  EXPECT_THAT(error_of("{}"), HasSubstr("no known format"));
  EXPECT_THAT(error_of("{}", "hyperfin"), HasSubstr("did you mean hyperfine"));
  EXPECT_THAT(error_of("{}", "mapping"), HasSubstr("{json: {value: /time}}"));
}

TEST(Formats, TooLargeFilesAreRefused) {
  EXPECT_THAT(error_of(std::string(most_bytes + 1, ' ')), HasSubstr("is larger than 256 MiB"));
}

TEST(Figures, OfTwentyAreNearestRank) {
  model::Samples samples;
  for (int i = 20; i >= 1; --i) samples.push_back(i);
  const Figures figures = figures_of(samples);
  EXPECT_EQ(figures.count, 20U);
  EXPECT_EQ(figures.min, 1);
  EXPECT_EQ(figures.median, 10);
  EXPECT_EQ(figures.p95, 19);
  EXPECT_EQ(figures.max, 20);
  EXPECT_DOUBLE_EQ(figures.mean.value(), 10.5);
}

TEST(Figures, OfNothingAreNothing) {
  EXPECT_EQ(figures_of({}), Figures{});
}

RC_GTEST_PROP(Figures, AreValuesThatWereSeenWithEnoughAtOrBelow, ()) {
  const auto whole = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-50, 50)));
  const model::Samples samples(whole.begin(), whole.end());
  const Figures figures = figures_of(samples);
  const auto at_or_below = [&](double value) {
    return std::ranges::count_if(samples, [&](double x) { return x <= value; });
  };
  const auto below = [&](double value) {
    return std::ranges::count_if(samples, [&](double x) { return x < value; });
  };
  const auto n = static_cast<std::ptrdiff_t>(samples.size());
  RC_ASSERT(std::ranges::find(samples, *figures.p95) != samples.end());
  RC_ASSERT(100 * at_or_below(*figures.p95) >= 95 * n);
  RC_ASSERT(100 * below(*figures.p95) < 95 * n);
  RC_ASSERT(100 * at_or_below(*figures.median) >= 50 * n);
  RC_ASSERT(100 * below(*figures.median) < 50 * n);
}

TEST(LabelValues, StandUnchangedUpToTheLimitAndStayApartBeyond) {
  EXPECT_EQ(label_value(std::string(200, 'x')), std::string(200, 'x'));
  const std::string a = label_value(std::string(300, 'x') + "a");
  const std::string b = label_value(std::string(300, 'x') + "b");
  EXPECT_LE(a.size(), 200U);
  EXPECT_NE(a, b);
}

TEST(Parameters, ThatCannotBeALabelsKeyAreKeptTogether) {
  model::Labels labels = {{"benchmark", "x"}};
  add_parameters(labels, {{"size", "10"}, {"SIZE", "20"}, {"benchmark", "y"}});
  EXPECT_EQ(labels,
            (model::Labels{{"benchmark", "x"}, {"size", "10"}, {"parameters", "SIZE=20 benchmark=y"}}));
}

}  // namespace
}  // namespace plimsoll::formats
