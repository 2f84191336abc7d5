// Rule lines: `load.latency{scenario=list} by (route) p95 < 200ms`. Grammar: docs/rules.md (EBNF).
// parse(print(r)) == r.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "plimsoll/model/rule.h"

namespace plimsoll::plan {

// `place` is where the text starts; an error's column points into it. k6's `p(95)<200` (milliseconds of
// load.latency) and `rate<0.001` (load.errors) are read as ours.
base::Result<model::Rule> parse_rule(std::string_view text, const base::Place& place = {});
base::Result<model::Selector> parse_selector(std::string_view text, const base::Place& place = {});

std::string print_rule(const model::Rule& rule);  // selector, stat and check; level, because … are not in it
std::string print_selector(const model::Selector& selector);

}  // namespace plimsoll::plan
