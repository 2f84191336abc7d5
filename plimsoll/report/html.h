// The report as one self-contained page.
#pragma once

#include <string>

#include "plimsoll/model/snapshot.h"

namespace plimsoll::report {

// HTML 5 that is also well-formed XML: no script, no request (held by a Content-Security-Policy of its own),
// static SVG, light and dark, usable by keyboard and in print. Every text of the snapshot is escaped. Same
// snapshot, same bytes.
std::string html(const model::Snapshot& snapshot);

}  // namespace plimsoll::report
