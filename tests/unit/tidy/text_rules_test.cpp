#include "text_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planted_tree.h"

namespace tidy {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<SourceFile> project() {
  return read_sources(PLIMSOLL_SOURCE_DIR, {"lib", "plimsoll", "apps", "tests", "benchmarking"});
}

TEST(Project, GuardsEveryHeader) {
  const auto found = headers_without_guard(project());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

TEST(Project, LeavesNothingMarkedAsUnfinished) {
  const auto found = unfinished_marks(project());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

TEST(Project, KeepsFilesShort) {
  const auto found = long_files(project());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

TEST(Project, WaitsForConditionsInItsTests) {
  const auto found = sleeping_tests(project());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

TEST(HeadersWithoutGuard, AreFound) {
  PlantedTree tree;
  tree.plant("lib/base/bare.h", "// #pragma once is what this lacks\nint f();\n");
  tree.plant("lib/base/guarded.h", "// What it holds.\n#pragma once\nint f();\n");
  tree.plant("lib/base/bare.cpp", "int f() { return 1; }\n");
  const auto found = headers_without_guard(tree.sources());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].file, "lib/base/bare.h");
}

TEST(UnfinishedMarks, AreFoundAsWholeWords) {
  PlantedTree tree;
  const std::vector<std::string> marks = {std::string("TO") + "DO", std::string("FIX") + "ME",
                                          std::string("X") + "XX"};
  for (const auto& mark : marks) tree.plant("lib/base/" + mark + ".cpp", "int x;\n// " + mark + ": later\n");
  tree.plant("lib/base/template.cpp", "char name[] = \"/tmp/x-" + std::string(6, 'X') + "\";\n");
  const auto found = unfinished_marks(tree.sources());
  ASSERT_THAT(found, SizeIs(3));
  for (const auto& violation : found) EXPECT_EQ(violation.line, 2);
}

TEST(LongFiles, AreFoundAboveSixHundredLines) {
  PlantedTree tree;
  std::string text;
  for (int i = 0; i < 600; ++i) text += "\n";
  tree.plant("lib/base/fits.cpp", text);
  tree.plant("lib/base/long.cpp", text + "\n");
  const auto found = long_files(tree.sources());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].file, "lib/base/long.cpp");
}

TEST(SleepingTests, AreFoundUnderTestsOnly) {
  PlantedTree tree;
  const std::string call = std::string("std::this_thread::sleep_") + "for (1s);\n";
  tree.plant("tests/unit/base/a_test.cpp", call);
  tree.plant("lib/base/a.cpp", call);
  tree.plant("tests/unit/base/b_test.cpp", "// sleep_for is not called here\nint sleeper(int);\n");
  const auto found = sleeping_tests(tree.sources());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].file, "tests/unit/base/a_test.cpp");
}

}  // namespace
}  // namespace tidy
