// The frame that every page shares: one file, no script, nothing fetched.
#pragma once

#include <string>

#include "plimsoll/report/markup.h"

namespace plimsoll::report {

// `title` is escaped. The body's content begins with what a keyboard reaches first.
std::string page(const std::string& title, const Markup& body);

}  // namespace plimsoll::report
