// A kept snapshot is data from a disk: whatever it holds, it is refused or every form can be drawn from it,
// and it is written again to the same bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "plimsoll/report/html.h"
#include "plimsoll/report/junit.h"
#include "plimsoll/report/markdown.h"
#include "plimsoll/report/sarif.h"
#include "plimsoll/report/terminal.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  const auto json = base::parse_json({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!json) return 0;
  const auto snapshot = model::snapshot_from_json(*json);
  if (!snapshot) return 0;
  const std::string text = base::dump(model::to_json(*snapshot));
  const auto again = model::snapshot_from_json(*base::parse_json(text, "again"));
  if (!again || base::dump(model::to_json(*again)) != text) std::abort();
  if (report::html(*again) != report::html(*snapshot)) std::abort();
  report::terminal(*snapshot, {.colour = true, .columns = 80});
  if (report::markdown(*snapshot).size() > report::kMarkdownLimit) std::abort();
  report::junit(*snapshot);
  report::sarif(*snapshot);
  return 0;
}
