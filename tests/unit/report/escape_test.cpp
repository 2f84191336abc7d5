#include "plimsoll/report/escape.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace plimsoll::report {
namespace {

using std::string_literals::operator""s;

TEST(HtmlEscape, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(html_escape("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(HtmlEscape, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(html_escape("\x1b[31m\0\xff"s), "\\x1b[31m\\x00\\xff");
  EXPECT_EQ(html_escape("a\xE2\x80\xAE"
                        "b"),
            "a\\u202eb");
  EXPECT_EQ(html_escape("\xEF\xBF\xBF"), "\\uffff");
}

TEST(XmlCharacters, KeepsLines) {
  EXPECT_EQ(xml_characters("a\nb"), "a\nb");
}

TEST(MarkdownEscape, MakesNoMarkup) {
  EXPECT_EQ(markdown_escape("a|b `c` *d*"), "a&#124;b &#96;c&#96; &#42;d&#42;");
  EXPECT_EQ(markdown_escape("[x](y)"), "&#91;x&#93;(y)");
  EXPECT_EQ(markdown_escape("a\nb"), "a b");
}

TEST(MarkdownEscape, MakesNoMentionAndNoLink) {
  EXPECT_EQ(markdown_escape("@ann"), "&#64;&#8288;ann");
  EXPECT_EQ(markdown_escape("#12"), "&#35;&#8288;12");
  EXPECT_EQ(markdown_escape("https://x"), "https:&#8288;//x");
  EXPECT_EQ(markdown_escape("WWW.x"), "WWW.&#8288;x");
}

TEST(MarkdownEscape, LeavesOrdinaryNamesReadable) {
  EXPECT_EQ(markdown_escape("load.latency{scenario=list}"), "load.latency{scenario=list}");
}

RC_GTEST_PROP(Escapes, AreValidTextWithoutMarkupForAnyBytes, (const std::string& bytes)) {
  for (const std::string& escaped : {html_escape(bytes), markdown_escape(bytes), xml_characters(bytes)}) {
    RC_ASSERT(base::is_valid_utf8(escaped));
    RC_ASSERT(escaped.find('\x1b') == std::string::npos);
    RC_ASSERT(escaped.find('\0') == std::string::npos);
  }
  RC_ASSERT(html_escape(bytes).find_first_of("<>\"'") == std::string::npos);
  RC_ASSERT(markdown_escape(bytes).find_first_of("<>\"'`|*_[]\\~@\n") == std::string::npos);
}

}  // namespace
}  // namespace plimsoll::report
