// What holds for every form alike: hostile text is inert, and the same snapshot gives the same bytes.
#include <clocale>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/report/html.h"
#include "plimsoll/report/junit.h"
#include "plimsoll/report/markdown.h"
#include "plimsoll/report/sarif.h"
#include "plimsoll/report/terminal.h"
#include "tests/support/sample_snapshot.h"

namespace plimsoll::report {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> every_form(const model::Snapshot& snapshot) {
  return {terminal(snapshot, {}), html(snapshot), markdown(snapshot), junit(snapshot), sarif(snapshot)};
}

TEST(EveryForm, ShowsControlCharactersInsteadOfSendingThem) {
  for (const std::string& form : every_form(testing::hostile_snapshot(testing::hostile_text()))) {
    EXPECT_TRUE(base::is_valid_utf8(form));
    for (const char c : form) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << int{c};
    EXPECT_FALSE(form.contains("\xE2\x80\xAE"));  // right-to-left override
  }
}

TEST(EveryForm, OfMarkupHoldsNoForeignElement) {
  const auto snapshot = testing::hostile_snapshot(testing::hostile_text());
  for (const std::string& form : {html(snapshot), markdown(snapshot), junit(snapshot)}) {
    for (const auto* foreign : {"<script", "</script", "<!--"})
      EXPECT_FALSE(form.contains(foreign)) << foreign;
  }
  EXPECT_FALSE(html(snapshot).contains("-->"));
}

TEST(EveryForm, StillShowsTheHostileText) {
  const auto snapshot = testing::hostile_snapshot("<script>alert(1)</script>");
  EXPECT_THAT(html(snapshot), HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(markdown(snapshot), HasSubstr("&#60;script&#62;alert(1)"));
  EXPECT_THAT(terminal(snapshot, {}), HasSubstr("<script>alert(1)</script>"));
}

RC_GTEST_PROP(EveryForm, TakesAnyBytes, (const std::string& bytes)) {
  for (const std::string& form : every_form(testing::hostile_snapshot(bytes)))
    RC_ASSERT(base::is_valid_utf8(form));
}

TEST(EveryForm, IsRedrawnFromTheKeptSnapshotToTheSameBytes) {
  const auto drawn = testing::sample_snapshot();
  const auto json = base::parse_json(base::dump(model::to_json(drawn)), "kept");
  ASSERT_TRUE(json);
  const auto kept = model::snapshot_from_json(*json);
  ASSERT_TRUE(kept) << to_string(kept.error());
  EXPECT_EQ(every_form(*kept), every_form(drawn));
}

TEST(EveryForm, DoesNotDependOnTheLocale) {
  const auto snapshot = testing::sample_snapshot();
  const auto before = every_form(snapshot);
  // Where no other locale is installed this says only that drawing twice gives the same.
  for (const auto* name : {"de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8"}) {
    std::setlocale(LC_ALL, name);
    EXPECT_EQ(every_form(snapshot), before) << name;
  }
  std::setlocale(LC_ALL, "C");
}

}  // namespace
}  // namespace plimsoll::report
