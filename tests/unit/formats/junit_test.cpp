#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format_files.h"

namespace plimsoll::formats {
namespace {

using testing::HasSubstr;

double total(const ImportedFile& file, std::string_view name) {
  const ImportedSeries series = series_of(file, name);
  return series.samples.empty() ? -1 : series.samples.front();
}

const model::Finding* finding_about(const ImportedFile& file, std::string_view test) {
  const auto found = std::ranges::find_if(
      file.findings, [&](const model::Finding& finding) { return finding.message.starts_with(test); });
  return found == file.findings.end() ? nullptr : &*found;
}

TEST(Junit, CountsWhatPytestRan) {
  const ImportedFile file = read_data("junit_pytest.xml");
  EXPECT_EQ(file.format, "junit");
  EXPECT_EQ(total(file, "tests.total"), 7);
  EXPECT_EQ(total(file, "tests.failures"), 1);
  EXPECT_EQ(total(file, "tests.errors"), 1);
  EXPECT_EQ(total(file, "tests.skipped"), 2);
  EXPECT_TRUE(was_skipped(file, "test_store.test_on_disk", "needs a disk"));
}

TEST(Junit, DurationsAreOfTestsThatPassed) {
  const ImportedFile file = read_data("junit_pytest.xml");
  EXPECT_TRUE(has_series(file, "tests.duration{suite=test_store,test=test_finds}"));
  EXPECT_TRUE(has_series(file, "tests.duration{suite=test_store.TestNames,test=test_each[a]}"));
  EXPECT_FALSE(has_series(file, "tests.duration{suite=test_store,test=test_misses}"));
  EXPECT_FALSE(has_series(file, "tests.duration{suite=test_store,test=test_on_disk}"));
}

TEST(Junit, AFailureIsAFindingWithItsPlace) {
  const ImportedFile file = read_data("junit_pytest.xml");
  const model::Finding* misses = finding_about(file, "test_store.test_misses");
  ASSERT_NE(misses, nullptr);
  EXPECT_EQ(misses->rule, "tests.failed");
  EXPECT_EQ(misses->severity, model::Severity::high);
  EXPECT_EQ(misses->file, "test_store.py");
  EXPECT_EQ(misses->line, 10);
  EXPECT_THAT(misses->message, HasSubstr("it is <second> & last"));
  const model::Finding* connects = finding_about(file, "test_store.test_connects");
  ASSERT_NE(connects, nullptr);
  EXPECT_EQ(connects->rule, "tests.error");
}

TEST(Junit, FingerprintsSurviveMovedLinesAndOtherMessages) {
  const std::string text = data_text("junit_pytest_xunit1.xml");
  const ImportedFile before = read_data("junit_pytest_xunit1.xml");
  std::string moved = text;
  moved.replace(moved.find("test_store.py:10"), 16, "test_store.py:99");
  const auto after = read_results(moved, "moved.xml");
  ASSERT_TRUE(after.has_value());
  ASSERT_EQ(before.findings.size(), after->findings.size());
  EXPECT_NE(before.findings[0].line, after->findings[0].line);
  EXPECT_EQ(before.findings[0].fingerprint, after->findings[0].fingerprint);
  EXPECT_NE(before.findings[0].fingerprint, before.findings[1].fingerprint);
}

TEST(Junit, ReadsWhatGoogleTestWrites) {
  const ImportedFile file = read_data("junit_gtest.xml");
  EXPECT_EQ(total(file, "tests.total"), 6);
  EXPECT_EQ(total(file, "tests.failures"), 2);
  EXPECT_EQ(total(file, "tests.skipped"), 2);
  EXPECT_TRUE(was_skipped(file, "ParseDouble.DISABLED_ReadsRomanNumbers", "not run"));
  EXPECT_TRUE(was_skipped(file, "Trim.IsSkippedHere", "nothing to trim"));
  EXPECT_TRUE(has_series(file, "tests.duration{suite=Commas/Split,test=HasTwoParts/0}"));
  const model::Finding* words = finding_about(file, "ParseDouble.ReadsWords");
  ASSERT_NE(words, nullptr);
  EXPECT_EQ(words->file, "text_test.cpp");
  EXPECT_EQ(words->line, 4);
}

TEST(Junit, SuitesNest) {
  const auto file = read_results(
      "<testsuites><testsuite name='a'><testsuite name='b'><testcase name='t' time='0.5'/></testsuite>"
      "<testcase name='u' time='1'/></testsuite></testsuites>",
      "nested.xml");
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(has_series(*file, "tests.duration{suite=b,test=t}"));
  EXPECT_TRUE(has_series(*file, "tests.duration{suite=a,test=u}"));
  EXPECT_EQ(total(*file, "tests.total"), 2);
}

TEST(Junit, FailuresThatNoTestShowsAreFoundToo) {
  const auto file = read_results("<testsuite name='all' tests='4' failures='2' errors='0'/>", "summary.xml");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(total(*file, "tests.failures"), 2);
  ASSERT_EQ(file->findings.size(), 1U);
  EXPECT_THAT(file->findings[0].message, HasSubstr("says that 2 failed, but lists 0"));
}

TEST(Junit, SecretsInMessagesAreMasked) {
  const auto file = read_results(
      "<testsuite><testcase name='t'><failure message='Authorization: Bearer abcdefghijklmnop0123456789'/>"
      "</testcase></testsuite>",
      "secret.xml");
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->findings.size(), 1U);
  EXPECT_EQ(file->findings[0].message.find("abcdefghijklmnop0123456789"), std::string::npos);
}

TEST(Junit, TruncatedFilesAreRefusedWithLineAndColumn) {
  const std::string text = data_text("junit_gtest.xml");
  EXPECT_THAT(error_of(text.substr(0, text.size() - 20)),
              testing::ContainsRegex("results.file:[0-9]+:[0-9]+: "));
}

TEST(Junit, OtherXmlIsRefused) {
  EXPECT_THAT(error_of("<html></html>", "junit"), HasSubstr("expected JUnit XML, found an element <html>"));
  EXPECT_THAT(error_of("<html></html>"), HasSubstr("no known format"));
}

TEST(Junit, DepthIsLimitedAndEntitiesAreNotExpanded) {
  std::string deep = "<testsuites>";
  for (int i = 0; i < 1000; ++i) deep += "<testsuite>";
  for (int i = 0; i < 1000; ++i) deep += "</testsuite>";
  EXPECT_THAT(error_of(deep + "</testsuites>"), HasSubstr("nested deeper than 64"));
  const auto bomb = read_results(
      "<!DOCTYPE x [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;'>]><testsuite><testcase name='&b;' "
      "time='1'/></testsuite>",
      "bomb.xml");
  ASSERT_TRUE(bomb.has_value());
  EXPECT_TRUE(has_series(*bomb, "tests.duration{suite=,test=&b;}"));
}

}  // namespace
}  // namespace plimsoll::formats
