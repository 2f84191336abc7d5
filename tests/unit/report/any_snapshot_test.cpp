// Whatever numbers a snapshot holds, every form can be drawn from it.
#include <cmath>

#include <gtest/gtest.h>
#include <pugixml.hpp>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "plimsoll/report/html.h"
#include "plimsoll/report/junit.h"
#include "plimsoll/report/markdown.h"
#include "plimsoll/report/sarif.h"
#include "plimsoll/report/terminal.h"
#include "tests/unit/model/verdict_generators.h"

namespace plimsoll::report {
namespace {

RC_GTEST_PROP(AnySnapshot, GivesAWellFormedPageWithFinitePictures, ()) {
  const std::string page = html(*model::testing::any_snapshot());
  pugi::xml_document document;
  RC_ASSERT(document.load_string(page.c_str()));
  for (const auto& found : document.select_nodes("//svg//@*")) {
    const std::string value = found.attribute().value();
    const std::string name = found.attribute().name();
    if (name == "class" || name == "role" || name == "text-anchor") continue;
    RC_ASSERT(!value.contains("nan") && !value.contains("inf"));
  }
}

RC_GTEST_PROP(AnySnapshot, IsRedrawnToTheSameBytes, ()) {
  const auto drawn = *model::testing::any_snapshot();
  const auto kept = model::snapshot_from_json(*base::parse_json(base::dump(model::to_json(drawn)), "kept"));
  RC_ASSERT(kept.has_value());
  RC_ASSERT(html(*kept) == html(drawn));
  RC_ASSERT(terminal(*kept, {}) == terminal(drawn, {}));
  RC_ASSERT(markdown(*kept) == markdown(drawn));
  RC_ASSERT(junit(*kept) == junit(drawn));
  RC_ASSERT(sarif(*kept) == sarif(drawn));
}

// Limits of a picture come from what is finite: one far value is still drawn beyond them.
TEST(AnySnapshot, WithoutNumbersInATrendDrawsTheOthers) {
  model::Snapshot snapshot;
  model::History& history =
      snapshot.histories.emplace_back(model::History{.rule = "r", .series = "bench.time", .unit = "seconds"});
  for (int i = 0; i < 9; ++i) history.points.push_back({"run", "", 1'700'000'000, 1 + 0.01 * (i % 3)});
  for (const std::size_t i : {1U, 2U, 4U, 6U, 7U}) history.points[i].value = std::nan("");
  history.points[5].value = 1e6;
  history.levels = {{.first = 0, .level = 1, .low = 0.9, .high = 1.1}};
  const std::string page = html(snapshot);
  EXPECT_NE(page.find("class=\"beyond dot\""), std::string::npos);
  history.points.resize(3);
  for (model::HistoryPoint& point : history.points) point.value = std::nan("");
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(html(snapshot).c_str()));
}

}  // namespace
}  // namespace plimsoll::report
