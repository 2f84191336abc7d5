// The HTML report as a browser sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "browser.h"
#include "plimsoll/report/html.h"
#include "tests/support/sample_snapshot.h"

namespace plimsoll::report {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReportPage : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::find_browser()) GTEST_SKIP() << "no chromium on the PATH";
  }

  static testing::Visit open(const std::string& page, int width = 1200) {
    auto visit = testing::visit(page, width, 900);
    EXPECT_TRUE(visit) << to_string(visit.error());
    return visit ? *std::move(visit) : testing::Visit{};
  }
};

TEST_F(ReportPage, AsksForNothingAndSaysNothing) {
  for (const auto& snapshot :
       {testing::sample_snapshot(), testing::hostile_snapshot(testing::hostile_text())}) {
    const testing::Visit visit = open(html(snapshot));
    EXPECT_THAT(visit.requests, IsEmpty());
    EXPECT_THAT(visit.console, IsEmpty());
    EXPECT_THAT(visit.dom, HasSubstr("Judgements"));
  }
}

// Without this the test above might be blind.
TEST_F(ReportPage, OfAnotherKindWouldBeSeenAskingAndComplaining) {
  const testing::Visit visit = open(
      "<!DOCTYPE html><img src=\"http://127.0.0.1:9/planted.png\"><script>console.error('planted')</script>");
  EXPECT_THAT(visit.requests, Contains("http://127.0.0.1:9/planted.png"));
  EXPECT_THAT(visit.console, Contains(HasSubstr("planted")));
}

TEST_F(ReportPage, BlocksWhatWouldBeSmuggledIn) {
  const std::string page = base::replace_all(
      html(testing::sample_snapshot()), "</main>",
      "<img src=\"http://127.0.0.1:9/planted.png\"/><script>document.title = 'planted'</script></main>");
  const testing::Visit visit = open(page);
  EXPECT_THAT(visit.requests, IsEmpty());
  EXPECT_THAT(visit.console, Contains(HasSubstr("Content Security Policy")));
  EXPECT_THAT(visit.dom, ::testing::Not(HasSubstr("<title>planted")));
}

// Measures the laid-out page from inside: its policy is taken off for that.
base::Json measured(const testing::Visit& visit) {
  const std::size_t start = visit.dom.find("<!--{"), end = visit.dom.find("}-->");
  if (start == std::string::npos || end == std::string::npos) return {};
  return base::parse_json(visit.dom.substr(start + 4, end + 1 - start - 4), "measured")
      .value_or(base::Json());
}

std::string with_measuring(const std::string& page) {
  constexpr std::string_view kScript = R"(<script>
    const box = query => document.querySelector(query).getBoundingClientRect();
    const all = query => [...document.querySelectorAll(query)].map(found => found.getBoundingClientRect());
    document.body.appendChild(document.createComment(JSON.stringify({
      page: document.documentElement.scrollWidth, window: innerWidth, height: document.documentElement.scrollHeight,
      verdict: box('h1').top, banner: box('.banner').height, main: box('main').width,
      thinnest: Math.min(...all('svg.interval, svg.chart').map(found => Math.min(found.width, found.height))),
      rightmost: Math.max(...all('svg, table, pre, h1, p').map(found => found.right)) })));
  </script></body>)";
  const std::string open = base::replace_all(page, "Content-Security-Policy", "X-None");
  return base::replace_all(open, "</body>", kScript);
}

TEST_F(ReportPage, IsLaidOutOnScreensOfAnyWidth) {
  for (const int width : {1200, 500}) {
    const base::Json page = measured(open(with_measuring(html(testing::sample_snapshot())), width));
    ASSERT_TRUE(page.is_object()) << width;
    EXPECT_LE(page.at("page"), page.at("window")) << "scrolls sideways at " << width;
    EXPECT_LE(page.at("rightmost"), page.at("window")) << width;
    EXPECT_GT(page.at("height"), 2000) << width;
    EXPECT_LT(page.at("verdict"), 300) << "the verdict is on the first screen at " << width;
    EXPECT_GT(page.at("banner"), 100) << width;
    EXPECT_GT(page.at("thinnest"), 20) << "a picture has no room at " << width;
  }
}

TEST_F(ReportPage, HoldsItsWidthWithHostileNames) {
  const auto snapshot = testing::hostile_snapshot(std::string(3'000, 'x'));
  const base::Json page = measured(open(with_measuring(html(snapshot)), 1200));
  ASSERT_TRUE(page.is_object());
  EXPECT_LE(page.at("page"), page.at("window"));
}

}  // namespace
}  // namespace plimsoll::report
