#include "plimsoll/formats/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ImportedFile read_as(std::string_view text, std::string_view mapping) {
  auto file = read_results(text, "own.txt", mapping);
  if (!file) ADD_FAILURE() << base::to_string(file.error());
  return file ? *std::move(file) : ImportedFile{};
}

TEST(Mapping, TakesSamplesFromRowsOfJson) {
  const ImportedFile file =
      read_as(R"({"results":[{"name":"a","ms":[1,2,"3"]},{"name":"b","ms":4},{"name":"a","ms":null}]})",
              "{json: {rows: /results, name: bench.real_time, value: /ms, unit: ms, labels: {benchmark: "
              "/name, tool: =mine}}}");
  EXPECT_EQ(file.format, "mapping");
  const ImportedSeries a = series_of(file, "bench.real_time{benchmark=a,tool=mine}");
  EXPECT_THAT(a.samples, ElementsAre(0.001, 0.002, 0.003));
  EXPECT_EQ(a.series.unit, "seconds");
  EXPECT_EQ(a.series.better, model::Better::lower);
  EXPECT_TRUE(was_skipped(file, "/results/2", "holds no number at /ms"));
}

TEST(Mapping, TakesFiguresAndKeysOfAnObject) {
  const ImportedFile file =
      read_as(R"({"cases":{"get":{"n":5,"p50":2,"p95":3},"put":{"n":1,"p50":4,"p95":4}}})",
              "json:\n  rows: /cases\n  series:\n"
              "    - {name: load.latency, unit: us, figures: {count: /n, median: /p50, p95: /p95}, labels: "
              "{route: key}}\n"
              "    - {name: load.requests, value: /n, labels: {route: key}}\n");
  const Figures get = series_of(file, "load.latency{route=get}").figures;
  EXPECT_EQ(get.count, 5U);
  EXPECT_DOUBLE_EQ(get.median.value(), 2e-6);
  EXPECT_DOUBLE_EQ(get.p95.value(), 3e-6);
  EXPECT_FALSE(get.mean.has_value());
  EXPECT_THAT(series_of(file, "load.requests{route=put}").samples, ElementsAre(1));
}

TEST(Mapping, TakesTheDocumentItselfAndItsLines) {
  EXPECT_THAT(
      series_of(read_as(R"({"a":{"b/c":[{"x":7}]}})", "{json: {value: /a/b~1c/0/x}}"), "bench.value").samples,
      ElementsAre(7));
  EXPECT_THAT(series_of(read_as("3", "{json: {value: ''}}"), "bench.value").samples, ElementsAre(3));
  EXPECT_THAT(series_of(read_as("{\"t\":1}\n\n{\"t\":2}\n", "{json: {lines: true, value: /t, unit: s}}"),
                        "bench.value")
                  .samples,
              ElementsAre(1, 2));
}

TEST(Mapping, TakesColumnsOfCsv) {
  const ImportedFile file = read_as(
      "# made by "
      "us\nphase;latency;ok;rate\nwarm;9;true;1\nsteady;\"10\";true;2\nsteady;30;false;4\nsteady;NaN;true;"
      "8\n",
      "csv:\n  separator: ;\n  skip: 1\n  series:\n"
      "    - {name: load.latency, value: latency, unit: us, where: {phase: steady, ok: 'true'}}\n"
      "    - {name: load.rate, value: rate, unit: ops/ms, labels: {phase: phase}}\n");
  EXPECT_THAT(series_of(file, "load.latency").samples, ElementsAre(testing::DoubleEq(10e-6)));
  const ImportedSeries rate = series_of(file, "load.rate{phase=steady}");
  EXPECT_EQ(rate.series.unit, "per_second");
  EXPECT_EQ(rate.series.better, model::Better::higher);
  EXPECT_THAT(rate.samples, ElementsAre(2000, 4000, 8000));
}

TEST(Mapping, TakesColumnsByNumberWithoutAHeader) {
  const ImportedFile file =
      read_as("a\t1\nb\t2\n", "{csv: {separator: tab, header: false, value: 2, labels: {case: 1}}}");
  EXPECT_THAT(series_of(file, "bench.value{case=b}").samples, ElementsAre(2));
}

TEST(Mapping, RowsThatFailedAreNoSamples) {
  const ImportedFile file = read_as(R"([{"t":1,"error":null},{"t":2,"error":"refused"},{"t":3}])",
                                    "{json: {value: /t, failed: /error}}");
  EXPECT_THAT(series_of(file, "bench.value").samples, ElementsAre(1, 3));
  EXPECT_TRUE(was_skipped(file, "/1", "failed: refused"));
}

TEST(Mapping, MistakesInTheFileNameTheirPlace) {
  EXPECT_THAT(error_of("a,b\n1,2\n3,x\n", "{csv: {value: b}}"),
              HasSubstr("results.file:3:3: expected a number, found \"x\""));
  EXPECT_THAT(error_of("a,b\n1,2\n3\n", "{csv: {value: b}}"),
              HasSubstr("results.file:3:1: expected 2 cells"));
  EXPECT_THAT(error_of("a,bee\n1,2\n", "{csv: {value: be}}"),
              HasSubstr("results.file:1:1: there is no column \"be\" (did you mean bee?)"));
  EXPECT_TRUE(
      base::is_valid_utf8(error_of("\xb1"
                                   "a,b\n1,2\n",
                                   "{csv: {value: a}}")));
  EXPECT_THAT(error_of("a\n\"1\n", "{csv: {value: a}}"),
              HasSubstr("results.file:2:1: this quote is never closed"));
  EXPECT_THAT(error_of(R"([{"t":1},{"t":{}}])", "{json: {value: /t}}"),
              HasSubstr("/1/t: expected a number, found {}"));
  EXPECT_THAT(error_of(R"([{"t":1}])", "{json: {value: /time}}"), HasSubstr("no row has /time"));
  EXPECT_THAT(error_of(R"({"a":1})", "{json: {rows: /b, value: /t}}"), HasSubstr("there is nothing at /b"));
  EXPECT_THAT(error_of(R"([{"t":1},)", "{json: {value: /t}}"), HasSubstr("results.file:1:10"));
}

std::string mistake(std::string_view mapping) {
  const auto parsed = parse_mapping(mapping, "plimsoll.yaml");
  return parsed ? "no mistake" : base::to_string(parsed.error());
}

TEST(Mapping, MistakesInItselfNameLineAndColumn) {
  EXPECT_THAT(mistake("json:\n  rowss: /a\n  value: /t"),
              HasSubstr("plimsoll.yaml:2:3: format: unknown key \"rowss\" (did you mean rows?)"));
  EXPECT_THAT(mistake("json:\n  value: time"),
              HasSubstr("plimsoll.yaml:2:10: format: value: expected a JSON pointer"));
  EXPECT_THAT(mistake("json:\n  value: /a\n  better: faster"),
              HasSubstr("plimsoll.yaml:3:11: format: better"));
  EXPECT_THAT(mistake("json:\n  value: /a\n  name: latency"),
              HasSubstr("plimsoll.yaml:3:9: format: name: expected bench."));
  EXPECT_THAT(mistake("{json: {name: bench.x}}"),
              HasSubstr("plimsoll.yaml:1:8: format: expected `value` (samples) or `figures`"));
  EXPECT_THAT(mistake("{csv: {header: false, value: latency}}"), HasSubstr("expected a column's number"));
  EXPECT_THAT(mistake("{csv: {series: [{value: a, figures: {p95: b}}]}}"), HasSubstr("one of the two"));
  EXPECT_THAT(mistake("{csv: {series: [{figures: {p99: b}}]}}"),
              HasSubstr("plimsoll.yaml:1:28: format: unknown key \"p99\""));
  EXPECT_THAT(mistake("{xml: {}}"), HasSubstr("plimsoll.yaml:1:2: format: unknown key \"xml\""));
  EXPECT_THAT(mistake("{json: {value: /a, labels: {Bad Key: /b}}}"),
              HasSubstr("plimsoll.yaml:1:8: format: "));
}

}  // namespace
}  // namespace plimsoll::formats
