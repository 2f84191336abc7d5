#include "plimsoll/formats/history_csv.h"

#include <cmath>

#include <gtest/gtest.h>

namespace plimsoll::formats {
namespace {

base::Place place_of(const std::string& text) {
  const auto read = read_history_csv(text, "h.csv");
  EXPECT_FALSE(read);
  return read ? base::Place{} : read.error().place.value_or(base::Place{});
}

TEST(HistoryCsv, ReadsTimesCommitsAndSeries) {
  const auto read = read_history_csv(
      "\xef\xbb\xbftime,commit,p95,\"a \"\"b\"\", c\"\r\n"
      "2026-01-02T00:00:00Z,abc,1.5,2\r\n\r\n1767312001,,,-3e-2\r\n",
      "h.csv");
  ASSERT_TRUE(read) << base::to_string(read.error());
  EXPECT_EQ(read->times, (std::vector<double>{1767312000, 1767312001}));
  EXPECT_EQ(read->commits, (std::vector<std::string>{"abc", ""}));
  ASSERT_EQ(read->columns.size(), 2);
  EXPECT_EQ(read->columns[0].name, "p95");
  EXPECT_EQ(read->columns[0].values[0], 1.5);
  EXPECT_TRUE(std::isnan(read->columns[0].values[1]));
  EXPECT_EQ(read->columns[1].name, "a \"b\", c");
  EXPECT_EQ(read->columns[1].values[1], -0.03);
}

TEST(HistoryCsv, AHeaderAloneIsAnEmptyHistory) {
  const auto read = read_history_csv("time,a", "h.csv");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rows(), 0);
  EXPECT_TRUE(read->commits.empty());
}

TEST(HistoryCsv, NamesThePlaceOfWhatIsWrong) {
  EXPECT_EQ(place_of("time,a\n1,2\n2,x\n"), (base::Place{"h.csv", 3, 3}));
  EXPECT_EQ(place_of("time,a\n1,nan\n"), (base::Place{"h.csv", 2, 3}));
  EXPECT_EQ(place_of("time,a\n1,1e999\n"), (base::Place{"h.csv", 2, 3}));
  EXPECT_EQ(place_of("time,a\nyesterday,2\n"), (base::Place{"h.csv", 2, 1}));
  EXPECT_EQ(place_of("time,a\n2,1\n1,1\n"), (base::Place{"h.csv", 3, 1}));
  EXPECT_EQ(place_of("time,a,b\n1,2\n").line, 2);
  EXPECT_EQ(place_of("time,a\n1,2,3\n"), (base::Place{"h.csv", 2, 5}));
  EXPECT_EQ(place_of("time,a,a\n"), (base::Place{"h.csv", 1, 8}));
  EXPECT_EQ(place_of("time,a,\n"), (base::Place{"h.csv", 1, 8}));
  EXPECT_EQ(place_of("a,b\n1,2\n"), (base::Place{"h.csv", 1, 1}));
  EXPECT_EQ(place_of("time,commit\n1,x\n"), (base::Place{"h.csv", 1, 1}));
  EXPECT_EQ(place_of("time,\"a\n1,2\n"), (base::Place{"h.csv", 1, 6}));
  EXPECT_EQ(place_of("").file, "h.csv");
}

}  // namespace
}  // namespace plimsoll::formats
