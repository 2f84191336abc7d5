// The top of the page: the verdict, its first sentence, and what it was given on.
#pragma once

#include "plimsoll/model/verdict.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

Markup masthead(const model::Verdict& verdict);
Markup banner(const model::Verdict& verdict);

// The CSS class of a status: "fail", "not-run".
std::string status_class(model::Status status);

// Its mark and word; the mark is hidden from screen readers.
Markup status_badge(model::Status status);

}  // namespace plimsoll::report
