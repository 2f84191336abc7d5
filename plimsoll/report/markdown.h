// The report as a pull-request comment.
#pragma once

#include <cstddef>
#include <string>

#include "plimsoll/model/snapshot.h"

namespace plimsoll::report {

// GitHub refuses comments over 65,536 characters.
inline constexpr std::size_t kMarkdownLimit = 60'000;

// GitHub-flavoured Markdown of at most kMarkdownLimit bytes: headline, a table of what is not pass, the rest
// in <details>; what does not fit is counted and left out. Texts of the snapshot make no markup, no mention
// and no link. Same snapshot, same bytes.
std::string markdown(const model::Snapshot& snapshot);

}  // namespace plimsoll::report
