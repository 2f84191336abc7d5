#include "plimsoll/report/html.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

#include "plimsoll/report/words.h"
#include "tests/support/sample_snapshot.h"

namespace plimsoll::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Page {
 public:
  explicit Page(const model::Snapshot& snapshot) : html_(html(snapshot)) {
    result_ = document_.load_string(html_.c_str(), pugi::parse_default | pugi::parse_ws_pcdata);
  }

  const pugi::xml_parse_result& result() const { return result_; }
  const pugi::xml_document& document() const { return document_; }
  const std::string& html() const { return html_; }

  std::size_t count(const std::string& path) const { return document_.select_nodes(path.c_str()).size(); }
  std::string text(const char* path) const { return text_of(document_.select_node(path).node()); }

  static std::string text_of(pugi::xml_node node) {
    std::string text;
    for (const auto& found : node.select_nodes(".//text()")) text += found.node().value();
    return text;
  }

 private:
  static std::string html(const model::Snapshot& snapshot) { return report::html(snapshot); }

  std::string html_;
  pugi::xml_document document_;
  pugi::xml_parse_result result_;
};

TEST(Html, IsWellFormed) {
  for (const auto& snapshot :
       {testing::sample_snapshot(), testing::hostile_snapshot(testing::hostile_text()), model::Snapshot{}}) {
    const Page page(snapshot);
    EXPECT_TRUE(page.result()) << page.result().description() << " at "
                               << page.html().substr(static_cast<std::size_t>(page.result().offset), 80);
    EXPECT_THAT(page.html(), StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
  }
}

TEST(Html, AsksForNothingAndRunsNothing) {
  const Page page(testing::sample_snapshot());
  EXPECT_EQ(page.count("//script | //iframe | //object | //img | //form | //@onload | //@onclick | //@src"),
            0U);
  EXPECT_EQ(std::string(page.document().select_node("//link/@href").attribute().value()), "data:,");
  EXPECT_THAT(page.html(), Not(HasSubstr("http://")));
  EXPECT_THAT(page.html(), Not(HasSubstr("https://")));
  EXPECT_THAT(page.html(), Not(HasSubstr("url(")));
  EXPECT_THAT(page.html(), Not(HasSubstr("@import")));
  EXPECT_THAT(
      page.html(),
      HasSubstr(R"(content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:")"));
}

TEST(Html, BeginsWithTheVerdict) {
  const auto snapshot = testing::sample_snapshot();
  const Page page(snapshot);
  EXPECT_EQ(page.text("//main/section[1]//h1"), snapshot.verdict.headline);
  EXPECT_EQ(page.count("//h1"), 1U);
  EXPECT_EQ(page.text("//main/section[1]//p[@class='status']"), "✗ fail");
  const std::string circumstances = page.text("//dl[@class='circumstances']");
  for (const auto* said : {"2026-11-23 14:52:35 UTC", "8be4df61c9", "feature/faster-search", "1.39 min"}) {
    EXPECT_THAT(circumstances, HasSubstr(said));
  }
}

TEST(Html, HasARowForEveryJudgement) {
  const auto snapshot = testing::sample_snapshot();
  const Page page(snapshot);
  EXPECT_EQ(page.count("//table[@class='judgements']/tbody"), snapshot.verdict.judgements.size());
  for (const model::Judgement& judgement : snapshot.verdict.judgements) {
    EXPECT_THAT(page.text("//section[@aria-labelledby='judgements']"), HasSubstr(judgement.explanation));
  }
}

TEST(Html, DrawsEveryIntervalAgainstItsBound) {
  const auto snapshot = testing::sample_snapshot();
  const Page page(snapshot);
  std::size_t drawn = 0;
  for (const model::Judgement& judgement : snapshot.verdict.judgements) drawn += judgement.effect ? 1 : 0;
  EXPECT_EQ(page.count("//svg[@class='interval']"), drawn);
  EXPECT_EQ(page.count("//svg[@class='interval']/line[@class='bound']"), drawn);
  EXPECT_EQ(page.count("//svg[@class='interval']/path[@class='arrow']"), 1U);
  EXPECT_EQ(page.text("//svg[@class='interval'][1]/title"), "213 ms, interval 207 to 219 ms, bound 200 ms");
}

TEST(Html, DrawsTimeAndHistory) {
  const auto snapshot = testing::sample_snapshot();
  const Page page(snapshot);
  EXPECT_EQ(page.count("//section[@aria-labelledby='over-time']//svg[@class='chart']"),
            snapshot.timelines.size());
  EXPECT_EQ(page.count("//section[@aria-labelledby='history']//svg[@class='chart']"),
            snapshot.histories.size());
  // A slice without a value breaks its line in two.
  EXPECT_EQ(page.count("//section[@aria-labelledby='over-time']//figure[3]//polyline"), 2U);
  EXPECT_EQ(page.count("//section[@aria-labelledby='over-time']//line[@class='bound']"), 2U);
}

// Both with a statistic and where the rules name none.
TEST(Html, MarksATrendByTheWorstOfTheRulesThatAskAboutIt) {
  for (const auto* stat : {"p95", ""}) {
    model::Judgement judgement{.rule = "load.latency regression", .series = "load.latency", .value = 0.2};
    judgement.stat = stat;
    judgement.status = model::Status::pass;
    model::Snapshot snapshot;
    snapshot.verdict.judgements = {judgement, judgement};
    snapshot.verdict.judgements[1].rule = "load.latency change";
    snapshot.verdict.judgements[1].status = model::Status::fail;
    snapshot.histories = {{.rule = judgement.rule, .series = judgement.series, .unit = "seconds"}};
    snapshot.histories[0].stat = stat;
    snapshot.histories[0].points = {{"r1", "", 1'700'000'000, 0.1}, {"r2", "", 1'700'003'600, 0.2}};
    EXPECT_EQ(Page(snapshot).count("//section[@aria-labelledby='history']//span[@class='sign fail']"), 1U);
    snapshot.verdict.judgements[1].series = "load.service_time";
    EXPECT_EQ(Page(snapshot).count("//section[@aria-labelledby='history']//span[@class='sign pass']"), 1U);
  }
}

TEST(Html, LinksTheCommitThatBeganALevelAndWhatCameIn) {
  auto snapshot = testing::sample_snapshot();
  snapshot.repository = {"https://github.com/ann/search/commit/", "https://github.com/ann/search/compare/"};
  for (model::History& history : snapshot.histories) history.points[6].commit = std::string(40, 'b');
  const Page page(snapshot);
  const std::string levels = "//div[@class='levels']";
  EXPECT_EQ(page.count(levels), snapshot.histories.size());
  EXPECT_GE(page.count(levels + "//a[@href='https://github.com/ann/search/commit/4f1c2d3e5a6b7c8d9e0f']"),
            1U);
  EXPECT_GE(page.count(levels + "//a[@href='https://github.com/ann/search/compare/" + std::string(40, 'b') +
                       "...4f1c2d3e5a6b7c8d9e0f']"),
            1U);
  EXPECT_THAT(page.html(), HasSubstr("search: rank before filtering"));
  EXPECT_GE(page.count("//svg//line[@class='level']"), 2 * snapshot.histories.size());
}

TEST(Html, MakesNoLinkOfWhatIsNoWebAddressOrNoHash) {
  auto snapshot = testing::sample_snapshot();
  for (const auto* url :
       {"javascript:alert(1)//", "data:text/html,x", "https://a/\" onclick=\"x", "//a/", ""}) {
    snapshot.repository = {url, url};
    EXPECT_EQ(Page(snapshot).count("//a[not(starts-with(@href, '#'))]"), 0U) << url;
  }
  snapshot.repository = {"https://a/commit/", "https://a/compare/"};
  for (model::History& history : snapshot.histories)
    for (model::HistoryPoint& point : history.points) point.commit = "../x\"y";
  EXPECT_EQ(Page(snapshot).count("//a[not(starts-with(@href, '#'))]"), 0U);
}

TEST(Html, CanBeReadAloudAndByKeyboard) {
  const Page page(testing::sample_snapshot());
  EXPECT_EQ(page.count("//svg[@role='img'][not(title)]"), 0U);
  EXPECT_EQ(page.count("//svg[not(@role='img')][not(@aria-hidden='true')]"), 0U);
  EXPECT_EQ(page.count("//table[not(caption)]"), 0U);
  EXPECT_EQ(page.count("//th[not(@scope)]"), 0U);
  EXPECT_EQ(page.count("//body/a[@class='skip']"), 1U);
  EXPECT_EQ(page.count("//details[not(summary)]"), 0U);
}

TEST(Html, LinksWithinThePageArriveAndNamesAreOnce) {
  const Page page(testing::sample_snapshot());
  std::set<std::string> names;
  for (const auto& found : page.document().select_nodes("//@id")) {
    EXPECT_TRUE(names.insert(found.attribute().value()).second) << found.attribute().value();
  }
  for (const auto& found : page.document().select_nodes("//a/@href")) {
    const std::string target = found.attribute().value();
    EXPECT_TRUE(names.contains(target.substr(1))) << target;
  }
  for (const auto& found : page.document().select_nodes("//@aria-labelledby")) {
    EXPECT_TRUE(names.contains(found.attribute().value())) << found.attribute().value();
  }
}

TEST(Html, HoldsFindingsProbesFactsEnvironmentAndLog) {
  const Page page(testing::sample_snapshot());
  EXPECT_EQ(page.count("//section[@aria-labelledby='findings']/table/tbody/tr"), 3U);
  EXPECT_EQ(page.count("//section[@aria-labelledby='findings']/details//tbody/tr"), 1U);
  EXPECT_EQ(page.count("//section[@aria-labelledby='probes']//tbody/tr"), 4U);
  EXPECT_THAT(page.text("//section[@aria-labelledby='facts']"), HasSubstr("41.2 MiB"));
  EXPECT_THAT(page.text("//section[@aria-labelledby='environment']"), HasSubstr("AMD EPYC 7763"));
  EXPECT_THAT(page.text("//section[@aria-labelledby='log']//pre"), HasSubstr("database is locked"));
  EXPECT_THAT(page.text("//section[@aria-labelledby='reproduce']"),
              HasSubstr("git checkout 8be4df61c90d2f45a1b37c61de55ab0f92c4d013\nplimsoll check\n"));
}

TEST(Html, LeavesOutWhatThereIsNot) {
  model::Snapshot snapshot;
  snapshot.verdict.headline = "No verdict: the plan has no rules, so nothing was judged.";
  const Page page(snapshot);
  EXPECT_EQ(page.count("//section[@aria-labelledby='findings' or @aria-labelledby='log' or "
                       "@aria-labelledby='history' or @aria-labelledby='over-time']"),
            0U);
  EXPECT_THAT(page.text("//section[@aria-labelledby='judgements']"), HasSubstr("Nothing was judged."));
}

TEST(Html, PutsNoHostileTextIntoACommand) {
  const Page page(testing::hostile_snapshot("x; rm -rf ~ #"));
  EXPECT_EQ(page.text("//section[@aria-labelledby='reproduce']/pre"), "plimsoll check\n");
  EXPECT_EQ(page.count("//section[@aria-labelledby='reproduce']/pre"), 1U);
}

TEST(Html, DrawsNumbersThatAreNotFiniteAsGaps) {
  auto snapshot = testing::sample_snapshot();
  for (model::TimelinePoint& point : snapshot.timelines[0].points) point.p99 = HUGE_VAL;
  snapshot.histories[0].points[3].value = std::nan("");
  for (model::Judgement& judgement : snapshot.verdict.judgements) {
    if (judgement.effect) judgement.effect->high = HUGE_VAL;
    judgement.bound = std::nan("");
  }
  const Page page(snapshot);
  EXPECT_TRUE(page.result());
  EXPECT_EQ(page.count("//svg//@*[contains(., 'nan') or contains(., 'inf')]"), 0U);
}

}  // namespace
}  // namespace plimsoll::report
