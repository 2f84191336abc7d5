#include "plimsoll/report/text_layout.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace plimsoll::report {
namespace {

TEST(DisplayWidth, CountsCells) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("✗ µs –"), 6U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);
  EXPECT_EQ(display_width("\xff"), 1U);
}

TEST(Wrap, BreaksAtSpacesAndIndents) {
  EXPECT_EQ(wrap("one two three four", 12, 2), "  one two\n  three four\n");
  EXPECT_EQ(wrap("", 12, 2), "");
}

TEST(Wrap, BreaksWordsThatAreLongerThanALine) {
  EXPECT_EQ(wrap("abcdefghijklmnop", 10, 0), "abcdefghij\nklmnop\n");
}

TEST(Wrap, KeepsANumberWithItsUnit) {
  EXPECT_EQ(wrap("it is now 213 ms, yes", 14, 0), "it is now\n213 ms, yes\n");
}

TEST(Pad, CountsCellsNotBytes) {
  EXPECT_EQ(pad_right("µs", 4), "µs  ");
  EXPECT_EQ(pad_left("µs", 4), "  µs");
  EXPECT_EQ(pad_left("longer", 4), "longer");
}

RC_GTEST_PROP(Wrap, KeepsEveryLineWithinItsColumns, (const std::string& bytes)) {
  const std::string text = base::printable(bytes, true);
  for (const std::string& line : base::split(wrap(text, 40, 4), '\n')) RC_ASSERT(display_width(line) <= 40U);
}

}  // namespace
}  // namespace plimsoll::report
