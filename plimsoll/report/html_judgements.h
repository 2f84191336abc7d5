// The judgements of a verdict, worst first, each with its interval drawn against its bound.
#pragma once

#include "plimsoll/model/verdict.h"
#include "plimsoll/report/markup.h"

namespace plimsoll::report {

Markup judgements_section(const model::Verdict& verdict);

}  // namespace plimsoll::report
