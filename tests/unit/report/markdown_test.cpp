#include "plimsoll/report/markdown.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/support/sample_snapshot.h"

namespace plimsoll::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++n;
  return n;
}

TEST(Markdown, BeginsWithTheAnswer) {
  EXPECT_THAT(markdown(testing::sample_snapshot()),
              StartsWith("### ❌ This release must not ship: p95 of "
                         "load.latency{scenario=basic&#95;api&#95;load} is 213 ms"));
}

TEST(Markdown, ShowsWhatIsNotPassAndFoldsTheRest) {
  const std::string text = markdown(testing::sample_snapshot());
  const std::size_t fold = text.find("<details>");
  const std::string shown = text.substr(0, fold), folded = text.substr(fold);
  EXPECT_THAT(shown, HasSubstr("| ❌ fail | <code>load.latency{scenario=basic&#95;api&#95;load}</code> "
                               "<code>p95 &#60; 200ms</code> | "
                               "213 ms (207 to 219 ms) | p95 of"));
  EXPECT_EQ(occurrences(shown, "\n| ❌"), 2U);
  EXPECT_EQ(occurrences(shown, "\n| ❔"), 2U);
  EXPECT_EQ(occurrences(shown, "\n| ⚠️"), 1U);
  EXPECT_THAT(shown, Not(HasSubstr("scenario=list")));
  EXPECT_THAT(folded, HasSubstr("<details><summary>4 passed</summary>\n\n| series"));
  EXPECT_THAT(folded, HasSubstr("3 findings"));
  EXPECT_THAT(folded, HasSubstr("Peak memory of the service"));
  EXPECT_EQ(occurrences(text, "<details>"), occurrences(text, "</details>"));
}

TEST(Markdown, KeepsEveryRowOfATableInItsColumns) {
  for (const auto& snapshot :
       {testing::sample_snapshot(), testing::hostile_snapshot(testing::hostile_text())}) {
    std::ptrdiff_t bars = 0;
    for (const std::string& line : base::split(markdown(snapshot), '\n')) {
      if (!line.starts_with("|")) {
        bars = 0;
        continue;
      }
      const auto here = std::ranges::count(line, '|');
      EXPECT_TRUE(bars == 0 || here == bars) << line;
      bars = here;
    }
  }
}

TEST(Markdown, FitsIntoACommentHoweverMuchThereIs) {
  auto snapshot = testing::hostile_snapshot(testing::hostile_text() + std::string(3'000, '|'));
  const auto judgements = snapshot.verdict.judgements;
  for (int i = 0; i < 200; ++i) {
    snapshot.verdict.judgements.insert(snapshot.verdict.judgements.end(), judgements.begin(),
                                       judgements.end());
  }
  const std::string text = markdown(snapshot);
  EXPECT_LE(text.size(), kMarkdownLimit);
  EXPECT_THAT(text, HasSubstr(" more; the HTML report has them all."));
  EXPECT_EQ(occurrences(text, "<details>"), occurrences(text, "</details>"));
}

TEST(Markdown, CountsWhatWasFoldedAwayForWantOfRoom) {
  auto snapshot = testing::sample_snapshot();
  for (int i = 0; i < 2'000; ++i)
    snapshot.facts.push_back({"fact " + std::to_string(i), std::string(60, 'x')});
  const std::string text = markdown(snapshot);
  EXPECT_LE(text.size(), kMarkdownLimit);
  EXPECT_THAT(text, HasSubstr("… and "));
}

TEST(Markdown, MakesNoMentionLinkOrHtmlOfNames) {
  const std::string text =
      markdown(testing::hostile_snapshot("@ann #1 <b>x</b> [a](b) https://evil.example `c`"));
  for (const auto* live : {"@ann", "#1 ", "<b>", "[a]", "https://", "`c`"})
    EXPECT_THAT(text, Not(HasSubstr(live)));
}

}  // namespace
}  // namespace plimsoll::report
