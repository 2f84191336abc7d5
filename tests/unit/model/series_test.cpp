#include "plimsoll/model/series.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "generators.h"

namespace plimsoll::model {
namespace {

RC_GTEST_PROP(Series, TextReadsBack, ()) {
  const auto series = *testing::any_series();
  const auto read = parse_series_id(to_string(series.id));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == series.id);
}

RC_GTEST_PROP(Series, JsonReadsBack, ()) {
  const auto series = *testing::any_series();
  const auto json = base::parse_json(base::dump(to_json(series)), "test");
  RC_ASSERT(json.has_value());
  const auto read = series_from_json(*json);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == series);
}

RC_GTEST_PROP(Series, ParserSurvivesAnyText, (const std::string& text)) {
  if (const auto id = parse_series_id(text)) RC_ASSERT(parse_series_id(to_string(*id)).value() == *id);
}

TEST(Series, PrintsSortedLabelsAndQuotesOnlyWhereItMust) {
  EXPECT_EQ(to_string(SeriesId{"load.latency", {{"scenario", "list"}, {"route", "/v1/"}}}),
            "load.latency{route=/v1/,scenario=list}");
  EXPECT_EQ(to_string(SeriesId{"a", {{"k", "x,y"}}}), R"(a{k="x,y"})");
  EXPECT_EQ(to_string(SeriesId{"a", {{"k", R"(q"\)"}}}), R"(a{k="q\"\\"})");
  EXPECT_EQ(to_string(SeriesId{"a", {{"k", ""}}}), "a{k=}");
}

TEST(Series, RefusesBrokenText) {
  for (const auto* text :
       {"", "A", "a..b", ".a", "a.", "1a", "a{", "a{k}", "a{k=v", "a{k=v}}", "a{k=v}x", "a{K=v}", "a{k=v,}",
        "a{k=v,k=w}", R"(a{k="v})", R"(a{k="v"w})", R"(a{k="\q"})", "a b"}) {
    const auto id = parse_series_id(text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(id.error().code, base::ErrorCode::invalid_argument) << text;
  }
}

TEST(Series, ValidatesItsLimits) {
  Series series{{"load.latency", {}}, "seconds", Better::lower};
  EXPECT_TRUE(validate(series));
  for (int i = 0; i < 8; ++i) series.id.labels["k" + std::to_string(i)] = std::string(200, 'x');
  EXPECT_TRUE(validate(series));
  auto many = series;
  many.id.labels["k8"] = "";
  EXPECT_FALSE(validate(many));
  auto wide = series;
  wide.id.labels["k0"] += "x";
  EXPECT_FALSE(validate(wide));
  auto broken = series;
  broken.id.labels["k0"] = "\xff";
  EXPECT_FALSE(validate(broken));
  auto unitless = series;
  unitless.unit.clear();
  EXPECT_FALSE(validate(unitless));
}

TEST(Series, KnowsThreeDirections) {
  for (const auto better : {Better::lower, Better::higher, Better::neither}) {
    EXPECT_EQ(parse_better(to_string(better)), better);
  }
  EXPECT_FALSE(parse_better("up"));
}

}  // namespace
}  // namespace plimsoll::model
