// Whatever numbers a snapshot holds, every form can be drawn from it.
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

}  // namespace
}  // namespace plimsoll::report
