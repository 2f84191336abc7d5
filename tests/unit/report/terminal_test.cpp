#include "plimsoll/report/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "plimsoll/report/text_layout.h"
#include "tests/support/sample_snapshot.h"

namespace plimsoll::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// One line, so that a search does not stumble over wrapping.
std::string unwrapped(const model::Snapshot& snapshot) {
  return terminal(snapshot, {.columns = 100'000});
}

TEST(Terminal, BeginsWithTheAnswer) {
  const auto snapshot = testing::sample_snapshot();
  EXPECT_THAT(unwrapped(snapshot), StartsWith(snapshot.verdict.headline + "\n"));
}

TEST(Terminal, ListsJudgementsWorstFirst) {
  const std::string text = unwrapped(testing::sample_snapshot());
  std::size_t last = 0;
  for (const auto* heading : {"\nFailed  2\n", "\nInconclusive  2\n", "\nWarnings  1\n", "\nPassed  4\n",
                              "\nLearning  1\n", "\nNot run  1\n"}) {
    const std::size_t at = text.find(heading);
    ASSERT_NE(at, std::string::npos) << heading;
    EXPECT_GT(at, last) << heading;
    last = at;
  }
}

TEST(Terminal, ShowsFiguresAndExplainsWhatIsNotPass) {
  const std::string text = terminal(testing::sample_snapshot(), {});
  EXPECT_THAT(text, HasSubstr("  ✗ load.latency{scenario=basic_api_load}\n    p95 < 200ms "));
  EXPECT_THAT(text, HasSubstr("213 ms  207 to 219 ms\n"));
  EXPECT_THAT(text, HasSubstr("because the search page feels slow above it\n"));
  EXPECT_THAT(text, HasSubstr("  ✓ load.latency{scenario=list} p99 < 50ms "));
  EXPECT_THAT(text, Not(HasSubstr("within its bound < 50 ms")));
}

TEST(Terminal, ShowsFindingsFailedProbesFactsAndTheLogsEnd) {
  const std::string text = unwrapped(testing::sample_snapshot());
  EXPECT_THAT(text, HasSubstr("apps/memory_api/config/local.yaml:12:9\n    critical: A key with"));
  EXPECT_THAT(text, Not(HasSubstr("A token of a test")));
  EXPECT_THAT(text, HasSubstr("eval/retrieval_quality crashed after 3.25 s: was killed by SIGSEGV"));
  EXPECT_THAT(text, Not(HasSubstr("bench/database")));
  EXPECT_THAT(text, HasSubstr("  Requests                    24,013\n"));
  EXPECT_THAT(text, HasSubstr("│ terminate called after throwing"));
  EXPECT_THAT(text,
              HasSubstr("run 20261123T145235-1a2b3c4d of feature/faster-search at 8be4df61c9, 1.39 min\n"));
}

TEST(Terminal, StaysWithinItsColumns) {
  for (const int columns : {40, 80, 120}) {
    for (const auto& snapshot :
         {testing::sample_snapshot(), testing::hostile_snapshot(testing::hostile_text())}) {
      for (const std::string& line : base::split(terminal(snapshot, {.columns = columns}), '\n')) {
        EXPECT_LE(display_width(line), static_cast<std::size_t>(columns)) << line;
      }
    }
  }
}

TEST(Terminal, IsColouredOnlyWhereAsked) {
  const auto snapshot = testing::sample_snapshot();
  const std::string plain = terminal(snapshot, {});
  const std::string coloured = terminal(snapshot, {.colour = true});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_THAT(coloured, StartsWith("\x1b[1;31mThis release must not ship"));
  std::string stripped;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b')
      i = coloured.find('m', i);
    else
      stripped += coloured[i];
  }
  EXPECT_EQ(stripped, plain);
}

TEST(Terminal, SaysOnceWhatSeveralJudgementsShare) {
  model::Snapshot snapshot;
  for (const auto* series : {"load.latency", "load.errors"}) {
    snapshot.verdict.judgements.push_back(
        {.rule = "r < 1", .series = series, .explanation = "the probe crashed"});
  }
  EXPECT_THAT(unwrapped(snapshot), HasSubstr("  ? load.latency < 1"));
  const std::string text = terminal(snapshot, {});
  EXPECT_EQ(text.find("the probe crashed"), text.rfind("the probe crashed"));
  EXPECT_LT(text.find("load.errors"), text.find("the probe crashed"));
}

TEST(Terminal, SaysWhenAVerdictIsPartialOrEmpty) {
  model::Snapshot snapshot;
  snapshot.verdict.headline = "No verdict: the plan has no rules.";
  snapshot.verdict.partial = true;
  const std::string text = unwrapped(snapshot);
  EXPECT_THAT(text, StartsWith("No verdict: the plan has no rules.\nPartial: "));
  EXPECT_THAT(text, HasSubstr("nothing was judged"));
}

}  // namespace
}  // namespace plimsoll::report
