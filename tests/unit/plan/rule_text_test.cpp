#include "plimsoll/plan/rule_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace plimsoll::plan {
namespace {

using base::Dimension;
using model::Comparison;
using model::MatchOperator;
using model::Rule;
using model::StatKind;

Rule read(std::string_view text) {
  auto rule = parse_rule(text);
  EXPECT_TRUE(rule.has_value()) << text << ": " << (rule ? "" : base::to_string(rule.error()));
  return rule.value_or(Rule{});
}

TEST(RuleText, ReadsThresholds) {
  const auto rule = read("load.latency{scenario=list} p99 < 50ms");
  EXPECT_EQ(rule.selector.name, "load.latency");
  ASSERT_EQ(rule.selector.matches.size(), 1u);
  EXPECT_EQ(rule.selector.matches[0], (model::Match{"scenario", MatchOperator::equal, "list"}));
  EXPECT_EQ(rule.selector.by, std::nullopt);
  EXPECT_EQ(rule.stat, (model::Stat{StatKind::percentile, 99}));
  EXPECT_EQ(rule.check, model::Check(model::Threshold{Comparison::less, {0.05, Dimension::seconds}}));
  EXPECT_EQ(rule.text, "load.latency{scenario=list} p99 < 50ms");
}

TEST(RuleText, ReadsEveryComparison) {
  using enum Comparison;
  const std::pair<std::string, Comparison> signs[] = {
      {"<", less}, {"<=", less_equal}, {">", greater}, {">=", greater_equal}, {"=", equal}, {"==", equal}};
  for (const auto& [sign, comparison] : signs) {
    const auto check = read("eval.mrr " + sign + "0.75").check;
    EXPECT_EQ(check, model::Check(model::Threshold{comparison, {0.75, Dimension::none}})) << sign;
  }
}

TEST(RuleText, ReadsEveryStatistic) {
  EXPECT_EQ(read("a p99.9 < 1s").stat, (model::Stat{StatKind::percentile, 99.9}));
  EXPECT_EQ(read("a p0 < 1s").stat, (model::Stat{StatKind::percentile, 0}));
  EXPECT_EQ(read("a p(95) < 1s").stat, (model::Stat{StatKind::percentile, 95}));
  EXPECT_EQ(read("a mean < 1s").stat, (model::Stat{StatKind::mean}));
  EXPECT_EQ(read("a avg < 1s").stat, (model::Stat{StatKind::mean}));
  EXPECT_EQ(read("a med < 1s").stat, (model::Stat{StatKind::median}));
  EXPECT_EQ(read("a min < 1s").stat, (model::Stat{StatKind::min}));
  EXPECT_EQ(read("a max < 1s").stat, (model::Stat{StatKind::max}));
  EXPECT_EQ(read("a rate < 1%").stat, (model::Stat{StatKind::rate}));
  EXPECT_EQ(read("a count > 10").stat, (model::Stat{StatKind::count}));
  EXPECT_EQ(read("a < 10").stat, std::nullopt);
}

TEST(RuleText, ASlopeHasABoundPerTime) {
  const model::Rule rule = read("service.memory slope < 1MiB/h");
  EXPECT_EQ(rule.stat, (model::Stat{StatKind::slope}));
  EXPECT_EQ(std::get<model::Threshold>(rule.check),
            (model::Threshold{model::Comparison::less, {1048576, base::Dimension::bytes}, 3600}));
  EXPECT_EQ(print_rule(rule), "service.memory slope < 1MiB/h");
  for (const char* text : {"a slope < 5/s", "a slope >= 0.5/m", "a slope <= 2KiB/d"})
    EXPECT_EQ(print_rule(read(text)), text);
}

TEST(RuleText, OnlyASlopeHasABoundPerTime) {
  for (const char* text :
       {"a slope < 1MiB", "a p95 < 1s/h", "a < 1MiB/h", "a slope regression", "a slope ratchet",
        "a slope = 1/h", "a slope < 1MiB/week", "a slope < 1MiB/", "a slope < /h"})
    EXPECT_FALSE(parse_rule(text)) << text;
}

TEST(RuleText, ReadsTheOtherChecks) {
  EXPECT_EQ(read("bench.** regression").check, model::Check(model::Regression{0.10, 0.20}));
  EXPECT_EQ(read("bench.** regression warn 5% fail 30%").check, model::Check(model::Regression{0.05, 0.30}));
  EXPECT_EQ(read("bench.** regression fail 30% warn 5%").check, model::Check(model::Regression{0.05, 0.30}));
  EXPECT_EQ(read("bench.** change").check, model::Check(model::Change{}));
  EXPECT_EQ(read("bench.** change warn 30% fail 60%").check, model::Check(model::Change{0.30, 0.60}));
  EXPECT_EQ(read("bench.a.* p50 ratchet").check, model::Check(model::Ratchet{}));
  EXPECT_EQ(read("scan.findings{severity=~high|critical} none").check, model::Check(model::None{}));
  EXPECT_EQ(read("eval.mrr fresh within 24h").check, model::Check(model::Fresh{86'400}));
}

TEST(RuleText, OneRegressionBoundGivesTheOther) {
  EXPECT_EQ(read("a regression warn 30%").check, model::Check(model::Regression{0.30, 0.60}));
  EXPECT_EQ(read("a regression fail 5%").check, model::Check(model::Regression{0.025, 0.05}));
}

TEST(RuleText, ReadsSelectors) {
  const auto selector =
      parse_selector(R"(load.* { a = x y , b != "1,2}\n" , c=~"x{1,2}", d !~ .* } by ( a , b ))");
  ASSERT_TRUE(selector.has_value()) << base::to_string(selector.error());
  EXPECT_EQ(selector->name, "load.*");
  const std::vector<model::Match> matches = {{"a", MatchOperator::equal, "x y"},
                                             {"b", MatchOperator::not_equal, "1,2}\n"},
                                             {"c", MatchOperator::regex, "x{1,2}"},
                                             {"d", MatchOperator::not_regex, ".*"}};
  EXPECT_EQ(selector->matches, matches);
  EXPECT_EQ(selector->by, (std::vector<std::string>{"a", "b"}));
}

TEST(RuleText, EmptyByMergesEveryLabel) {
  EXPECT_EQ(read("load.latency by () p95 < 1s").selector.by, std::vector<std::string>{});
  EXPECT_EQ(read("load.latency{} p95 < 1s").selector, read("load.latency p95 < 1s").selector);
}

TEST(RuleText, ReadsK6ThresholdsAsOurs) {
  EXPECT_EQ(read("p(95)<200"), read("load.latency p95 < 200ms"));
  EXPECT_EQ(read("p(99.9) < 1.5s"), read("load.latency p99.9 < 1.5s"));
  EXPECT_EQ(read("avg<100"), read("load.latency mean < 100ms"));
  EXPECT_EQ(read("med < 80"), read("load.latency median < 80ms"));
  EXPECT_EQ(read("max<1000"), read("load.latency max < 1s"));
  EXPECT_EQ(read("rate<0.001"), read("load.errors < 0.001"));
  EXPECT_EQ(read("rate<0.1%"), read("load.errors < 0.1%"));
}

struct Broken {
  std::string_view text;
  int column;
  std::string_view words;
};

void expect_error(const Broken& broken) {
  const auto rule = parse_rule(broken.text, {"plan.yaml", 7, 5});
  ASSERT_FALSE(rule.has_value()) << broken.text;
  const auto message = base::to_string(rule.error());
  EXPECT_EQ(rule.error().code, base::ErrorCode::invalid_argument);
  ASSERT_TRUE(rule.error().place.has_value()) << broken.text;
  EXPECT_EQ(rule.error().place->file, "plan.yaml");
  EXPECT_EQ(rule.error().place->line, 7);
  EXPECT_EQ(rule.error().place->column, broken.column + 4) << broken.text << "\n" << message;
  EXPECT_NE(message.find(broken.words), std::string::npos) << broken.text << "\n" << message;
}

TEST(RuleText, EveryErrorPointsAtItsColumn) {
  const Broken all[] = {
      {"", 1, "the name of a series"},
      {"   ", 4, "the name of a series"},
      {"< 5", 1, "the name of a series"},
      {"Load.latency p95 < 1s", 1, "found \"Load\""},
      {"load.Latency p95 < 1s", 6, "found \"Latency\""},
      {"load..latency p95 < 1s", 6, "found \"\""},
      {"load.la-tency p95 < 1s", 6, "\"la-tency\""},
      {"**.latency p95 < 1s", 1, "may only end a name"},
      {"load.latency", 13, "found the end"},
      {"load.latency p95", 17, "found the end"},
      {"load.latency p95 <", 19, "expected a bound"},
      {"load.latency p101 < 1s", 15, "from 0 to 100"},
      {"load.latency p95x < 1s", 15, "from 0 to 100"},
      {"load.latency p(-1) < 1s", 16, "from 0 to 100"},
      {"load.latency p(95 < 1s", 19, "\")\" after the percentile"},
      {"load.latency p95 != 1s", 18, "expected <, <=, >, >= or ="},
      {"load.latency p95 < fast", 20, "found \"fast\""},
      {"load.latency p95 < -5", 20, "found \"-5\""},
      {"load.latency p95 < 200 ms", 24, "without a space"},
      {"load.latency p95 < 200ms extra", 26, "the end of the rule, found \"extra\""},
      {"load.latency p95 200ms", 18, "expected a comparison"},
      {"bench.** regresion", 10, "did you mean regression?"},
      {"bench.** meen < 1s", 10, "did you mean mean?"},
      {"bench.** regression 10%", 21, "expected warn or fail, found \"10%\""},
      {"bench.** regression warn", 25, "a percentage above 0, found the end"},
      {"bench.** regression warn 10", 26, "write it as 10%"},
      {"bench.** regression warn 0%", 26, "above 0"},
      {"bench.** regression warn 20% fail 10%", 35, "fail lies below warn"},
      {"bench.** regression fail 10% warn 20%", 26, "fail lies below warn"},
      {"bench.** regression warn 1% warn 2%", 29, "there twice"},
      {"a.findings count none", 18, "does not go with a statistic"},
      {"eval.mrr fresh 24h", 16, "\"within\""},
      {"eval.mrr fresh within 24", 23, "a duration above 0"},
      {"eval.mrr fresh within 0s", 23, "a duration above 0"},
      {"load.latency{scenario} p95 < 1s", 22, "after a label"},
      {"load.latency{scenario==a} p95 < 1s", 22, "found \"==\""},
      {"load.latency{scenario=a p95 < 1s", 33, "found the end"},
      {"load.latency{scenario=a\"b} p95 < 1s", 24, "written in quotes"},
      {"load.latency{scenario=\"a} p95 < 1s", 23, "never closed"},
      {"load.latency{scenario=\"\\x\"} p95 < 1s", 23, "a JSON string"},
      {"load.latency{Scenario=a} p95 < 1s", 14, "the name of a label"},
      {"load.latency{a=b,} p95 < 1s", 18, "the name of a label"},
      {"load.latency{a=~(} p95 < 1s", 17, "not a regular expression"},
      {"load.latency by (A) p95 < 1s", 18, "the name of a label"},
      {"load.latency by (a p95 < 1s", 20, "after a label"},
      {"load.latency by a p95 < 1s", 14, "expected a comparison"},
      {"p(95)>", 7, "a bound"},
  };
  for (const auto& broken : all) expect_error(broken);
}

TEST(RuleText, RefusesWhatIsTooLongOrNotUtf8) {
  EXPECT_FALSE(parse_rule("a{b=" + std::string(5000, 'x') + "} < 1").has_value());
  EXPECT_FALSE(parse_rule("a{b=\xff} < 1").has_value());
  EXPECT_FALSE(parse_selector("a < 1").has_value());
}

// ---- parse(print(x)) == x

std::string segment() {
  const auto head = *rc::gen::inRange('a', static_cast<char>('z' + 1));
  const auto tail = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("abz059_")));
  return head + tail;
}

std::string any_name() {
  std::vector<std::string> segments;
  const auto count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i) {
    const auto special = *rc::gen::elementOf(std::vector<std::string>{"*", "rate", "p95", "by", "max", "p"});
    segments.push_back(*rc::gen::inRange(0, 4) == 0 ? special : segment());
  }
  if (*rc::gen::inRange(0, 5) == 0) segments.back() = "**";
  return base::join(segments, ".");
}

std::string any_text() {
  static const std::vector<std::string> pieces = {"a",  "B",  "0",    " ", ",",  "}", "{", "\"",
                                                  "\\", "=",  "~",    "!", "/",  ".", "é", "日",
                                                  "\n", "\t", "\x01", "|", "😀", "(", ")", "-"};
  return base::join(*rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)), "");
}

model::Match any_match() {
  const auto op = *rc::gen::element(MatchOperator::equal, MatchOperator::not_equal, MatchOperator::regex,
                                    MatchOperator::not_regex);
  auto value = any_text();
  const bool regex = op == MatchOperator::regex || op == MatchOperator::not_regex;
  if (regex && model::regex_error(value)) value = "high|critical";
  return {segment(), op, value};
}

model::Selector any_selector() {
  model::Selector selector;
  selector.name = any_name();
  const auto matches = *rc::gen::inRange(0, 4);
  for (int i = 0; i < matches; ++i) selector.matches.push_back(any_match());
  if (*rc::gen::arbitrary<bool>()) {
    selector.by.emplace();
    const auto keys = *rc::gen::inRange(0, 3);
    for (int i = 0; i < keys; ++i) selector.by->push_back(segment());
  }
  return selector;
}

double any_positive() {
  return (*rc::gen::inRange(1, 1'000'000)) / *rc::gen::element(1.0, 3.0, 1e3, 1e6, 1e9, 7e-9);
}

model::Check any_check(bool has_stat) {
  switch (*rc::gen::inRange(0, has_stat ? 4 : 6)) {
    case 0: {
      const auto dimension =
          *rc::gen::element(Dimension::none, Dimension::seconds, Dimension::bytes, Dimension::share);
      const auto comparison = *rc::gen::element(Comparison::less, Comparison::less_equal, Comparison::greater,
                                                Comparison::greater_equal, Comparison::equal);
      return model::Threshold{comparison, {any_positive(), dimension}};
    }
    case 1: {
      const auto warn = any_positive();
      return model::Regression{warn, warn + any_positive()};
    }
    case 2: {
      const auto warn = any_positive();
      return model::Change{warn, warn + any_positive()};
    }
    case 3:
      return model::Ratchet{};
    case 4:
      return model::None{};
    default:
      return model::Fresh{any_positive()};
  }
}

std::optional<model::Stat> any_stat() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return model::Stat{StatKind::percentile, *rc::gen::inRange(0, 1'000'001) / 1e4};
    case 1:
      return model::Stat{*rc::gen::element(StatKind::mean, StatKind::median, StatKind::min, StatKind::max,
                                           StatKind::rate, StatKind::count)};
    default:
      return std::nullopt;
  }
}

RC_GTEST_PROP(RuleText, PrintedRulesReadBackTheSame, ()) {
  Rule rule;
  rule.selector = any_selector();
  rule.stat = any_stat();
  rule.check = any_check(rule.stat.has_value());
  const auto text = print_rule(rule);
  RC_LOG(text);
  const auto again = parse_rule(text);
  if (!again) RC_LOG(base::to_string(again.error()));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == rule);
}

RC_GTEST_PROP(RuleText, PrintedSelectorsReadBackTheSame, ()) {
  const auto selector = any_selector();
  const auto again = parse_selector(print_selector(selector));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == selector);
}

RC_GTEST_PROP(RuleText, AnyTextIsReadOrRefusedInsideItself, ()) {
  const auto text = any_text() + any_text();
  const auto rule = parse_rule(text, {"f", 1, 1});
  if (!rule) {
    RC_ASSERT(rule.error().place.has_value());
    RC_ASSERT(rule.error().place->column >= 1);
    RC_ASSERT(rule.error().place->column <= static_cast<int>(text.size()) + 1);
  }
}

}  // namespace
}  // namespace plimsoll::plan
