// The judges that compare exactly: ratchet, fresh and findings.
#include <gtest/gtest.h>

#include "questions.h"

namespace plimsoll::judges {
namespace {

using namespace testing;

TEST(Ratchet, NeverWorseThanTheNewestBaselineRun) {
  Question question = ask("build.warnings ratchet", "count");
  question.head = {{.value = 12.0}};
  EXPECT_EQ(only(question).status, Status::learning);
  question.baseline = {{"newest", 12.0}, {"older", 3.0}};
  EXPECT_EQ(only(question).status, Status::pass);
  question.head = {{.value = 13.0}};
  EXPECT_EQ(only(question).status, Status::fail);
  question.series.better = model::Better::higher;
  EXPECT_EQ(only(question).status, Status::pass);
}

TEST(Fresh, OldEvidenceIsStaleNotPass) {
  Question question = ask("import.age fresh within 1h", "seconds");
  question.head = {{.slice_start = 1'000, .slice_seconds = 10, .value = 1.0}};
  question.now = base::from_unix_seconds(1'010 + 3'600);
  EXPECT_EQ(only(question).status, Status::pass);
  question.now = base::from_unix_seconds(1'010 + 3'601);
  const Judgement stale = only(question);
  EXPECT_EQ(stale.status, Status::inconclusive);
  EXPECT_EQ(stale.reason, Reason::stale);
}

model::Finding finding(const std::string& fingerprint, bool suppressed = false) {
  return {.rule = "tests.failed",
          .file = "a_test.py",
          .line = 3,
          .fingerprint = fingerprint,
          .suppressed = suppressed};
}

Question about_findings(const std::string& rule, std::vector<model::Finding> findings) {
  Question question = ask(rule, "count");
  question.on_findings = true;
  question.findings = std::move(findings);
  return question;
}

TEST(Findings, NoneMeansNoneThatIsNotSuppressed) {
  EXPECT_EQ(only(about_findings("import.findings none", {})).status, Status::pass);
  EXPECT_EQ(only(about_findings("import.findings none", {finding("a", true)})).status, Status::pass);
  const Judgement one = only(about_findings("import.findings none", {finding("a")}));
  EXPECT_EQ(one.status, Status::fail);
  EXPECT_NE(one.explanation.find("a_test.py:3"), std::string::npos) << one.explanation;
}

TEST(Findings, ACountIsABound) {
  EXPECT_EQ(only(about_findings("import.findings < 2", {finding("a")})).status, Status::pass);
  EXPECT_EQ(only(about_findings("import.findings < 2", {finding("a"), finding("b")})).status, Status::fail);
}

TEST(Findings, TheRatchetKnowsThemByFingerprint) {
  Question question = about_findings("import.findings ratchet", {finding("old")});
  EXPECT_EQ(only(question).status, Status::learning);
  question.baseline = {{"run", 0.0}};
  question.baseline_findings = {finding("old"), finding("gone")};
  EXPECT_EQ(only(question).status, Status::pass);
  question.findings.push_back(finding("new"));
  const Judgement judgement = only(question);
  EXPECT_EQ(judgement.status, Status::fail);
  EXPECT_EQ(*judgement.value, 1);
}

}  // namespace
}  // namespace plimsoll::judges
