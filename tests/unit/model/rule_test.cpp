#include "plimsoll/model/rule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace plimsoll::model {
namespace {

Selector with(MatchOperator op, std::string key, std::string value) {
  return {.name = "load.latency", .matches = {{std::move(key), op, std::move(value)}}, .by = {}};
}

const SeriesId list_latency{"load.latency", {{"scenario", "list"}, {"route", "/v1/"}}};

TEST(NameMatches, ComparesSegmentBySegment) {
  EXPECT_TRUE(name_matches("load.latency", "load.latency"));
  EXPECT_FALSE(name_matches("load.latency", "load.latency2"));
  EXPECT_FALSE(name_matches("load.latency", "load"));
  EXPECT_FALSE(name_matches("load", "load.latency"));
}

TEST(NameMatches, StarIsExactlyOneSegment) {
  EXPECT_TRUE(name_matches("load.*", "load.latency"));
  EXPECT_TRUE(name_matches("*.latency", "load.latency"));
  EXPECT_FALSE(name_matches("load.*", "load"));
  EXPECT_FALSE(name_matches("load.*", "load.latency.list"));
}

TEST(NameMatches, DoubleStarIsAnyTailOfAtLeastOneSegment) {
  EXPECT_TRUE(name_matches("bench.**", "bench.a"));
  EXPECT_TRUE(name_matches("bench.**", "bench.a.b.c"));
  EXPECT_TRUE(name_matches("**", "anything.at.all"));
  EXPECT_FALSE(name_matches("bench.**", "bench"));
  EXPECT_FALSE(name_matches("bench.**", "load.a"));
}

RC_GTEST_PROP(NameMatches, EveryNameMatchesItselfAndItsStarredForms, ()) {
  const auto segments = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')))));
  const auto name = base::join(segments, ".");
  auto starred = segments;
  starred[*rc::gen::inRange<std::size_t>(0, segments.size())] = "*";
  RC_ASSERT(name_matches(name, name));
  RC_ASSERT(name_matches(base::join(starred, "."), name));
  RC_ASSERT(name_matches("**", name));
}

TEST(Selects, EveryMatchMustHold) {
  EXPECT_TRUE(selects(with(MatchOperator::equal, "scenario", "list"), list_latency));
  EXPECT_FALSE(selects(with(MatchOperator::equal, "scenario", "add"), list_latency));
  EXPECT_FALSE(selects(with(MatchOperator::not_equal, "scenario", "list"), list_latency));
  auto both = with(MatchOperator::equal, "scenario", "list");
  both.matches.push_back({"route", MatchOperator::not_equal, "/v1/"});
  EXPECT_FALSE(selects(both, list_latency));
}

TEST(Selects, RegexesAreAnchoredAtBothEnds) {
  EXPECT_TRUE(selects(with(MatchOperator::regex, "scenario", "li.*|add"), list_latency));
  EXPECT_FALSE(selects(with(MatchOperator::regex, "scenario", "lis"), list_latency));
  EXPECT_FALSE(selects(with(MatchOperator::regex, "scenario", "ist"), list_latency));
  EXPECT_FALSE(selects(with(MatchOperator::not_regex, "scenario", "list|add"), list_latency));
}

TEST(Selects, AnAbsentLabelIsTheEmptyText) {
  EXPECT_TRUE(selects(with(MatchOperator::equal, "tenant", ""), list_latency));
  EXPECT_TRUE(selects(with(MatchOperator::not_equal, "tenant", "a"), list_latency));
  EXPECT_FALSE(selects(with(MatchOperator::regex, "tenant", ".+"), list_latency));
}

TEST(Selects, ABrokenRegexMatchesNothingEitherWay) {
  EXPECT_FALSE(selects(with(MatchOperator::regex, "scenario", "("), list_latency));
  EXPECT_FALSE(selects(with(MatchOperator::not_regex, "scenario", "("), list_latency));
}

TEST(Selects, KnowsMorePatternsThanItRemembers) {
  for (int i = 0; i < 200; ++i) {
    const auto pattern = "list|x" + std::to_string(i);
    EXPECT_TRUE(selects(with(MatchOperator::regex, "scenario", pattern), list_latency));
  }
}

Finding leak() {
  Finding finding;
  finding.probe = "secrets";
  finding.rule = "GHSA-1";
  finding.aliases = {"CVE-2026-1"};
  finding.severity = Severity::critical;
  finding.file = "src/a.py";
  finding.tools = {"bandit", "semgrep"};
  return finding;
}

TEST(Selects, FindingsByTheirFields) {
  EXPECT_TRUE(selects(with(MatchOperator::regex, "severity", "high|critical"), leak()));
  EXPECT_FALSE(selects(with(MatchOperator::equal, "severity", "high"), leak()));
  EXPECT_TRUE(selects(with(MatchOperator::regex, "file", "src/.*"), leak()));
  EXPECT_TRUE(selects(with(MatchOperator::equal, "probe", "secrets"), leak()));
  EXPECT_TRUE(selects(with(MatchOperator::equal, "package", ""), leak()));
}

TEST(Selects, AFindingByAnyOfItsToolsAndAliases) {
  EXPECT_TRUE(selects(with(MatchOperator::equal, "tool", "semgrep"), leak()));
  EXPECT_FALSE(selects(with(MatchOperator::not_equal, "tool", "bandit"), leak()));
  EXPECT_TRUE(selects(with(MatchOperator::equal, "rule", "CVE-2026-1"), leak()));
  EXPECT_FALSE(selects(with(MatchOperator::not_regex, "rule", "CVE-.*"), leak()));
}

TEST(RegexError, NamesTheComplaintOrNothing) {
  EXPECT_EQ(regex_error("a|b"), std::nullopt);
  ASSERT_TRUE(regex_error("(a").has_value());
  EXPECT_NE(regex_error("(a")->find("missing"), std::string::npos);
}

TEST(GroupLabels, KeepsWhatByNames) {
  Selector selector{.name = "load.latency", .matches = {}, .by = {}};
  EXPECT_EQ(group_labels(selector, list_latency.labels), list_latency.labels);
  selector.by = {"scenario", "absent"};
  EXPECT_EQ(group_labels(selector, list_latency.labels), (Labels{{"scenario", "list"}}));
  selector.by = std::vector<std::string>{};
  EXPECT_EQ(group_labels(selector, list_latency.labels), Labels{});
}

}  // namespace
}  // namespace plimsoll::model
