// What a policy demands. The text form is read and written by plimsoll/plan/rule_text.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "plimsoll/model/finding.h"
#include "plimsoll/model/series.h"

namespace plimsoll::model {

enum class MatchOperator { equal, not_equal, regex, not_regex };

// `key=value`; regular expressions are RE2 and anchored at both ends.
struct Match {
  std::string key;
  MatchOperator op = MatchOperator::equal;
  std::string value;
  bool operator==(const Match&) const = default;
};

// Which series (or findings) a rule speaks of.
struct Selector {
  std::string name;  // dotted; "*" is one segment, a final "**" any tail
  std::vector<Match> matches;
  std::optional<std::vector<std::string>> by;  // labels to keep apart; the others are merged
  bool operator==(const Selector&) const = default;
};

// `slope` is how fast the values rise over the run's time; it goes with a bound "per time" only.
enum class StatKind { percentile, mean, median, min, max, rate, count, slope };

struct Stat {
  StatKind kind = StatKind::mean;
  double percent = 0;  // of a percentile, 0..100
  bool operator==(const Stat&) const = default;
};

enum class Comparison { less, less_equal, greater, greater_equal, equal };

struct Threshold {
  Comparison comparison = Comparison::less;
  base::Quantity bound;
  double per_seconds = 0;  // 3600 in "1MiB/h"; 0: the bound is no speed
  bool operator==(const Threshold&) const = default;
};
struct Regression {
  double warn = 0.10;  // relative worsening
  double fail = 0.20;
  bool operator==(const Regression&) const = default;
};
// The newest run begins a worse level of its history, confirmed by the runs before it.
struct Change {
  double warn = 0.10;  // relative worsening
  double fail = 0.20;
  bool operator==(const Change&) const = default;
};
struct Ratchet {
  bool operator==(const Ratchet&) const = default;
};
struct None {
  bool operator==(const None&) const = default;
};
struct Fresh {
  double within_seconds = 0;
  bool operator==(const Fresh&) const = default;
};
using Check = std::variant<Threshold, Regression, Change, Ratchet, None, Fresh>;

enum class Level { warn, fail };

struct Rule {
  Selector selector;
  std::optional<Stat> stat;
  Check check;
  Level level = Level::fail;  // what a violation means
  std::string because, owner, until;
  std::string text;   // as the user wrote it, for reports
  base::Place place;  // where it stands in the plan; not part of equality

  bool operator==(const Rule& other) const {
    return selector == other.selector && stat == other.stat && check == other.check && level == other.level &&
           because == other.because && owner == other.owner && until == other.until;
  }
};

// Whether the selector's name pattern covers the name.
bool name_matches(std::string_view pattern, std::string_view name);

// Whether name and labels match. An absent label is the empty text. A regular expression that does not
// compile matches nothing (the plan's reader refuses it before).
bool selects(const Selector& selector, const SeriesId& id);

// The same for findings: their fields (severity, rule, tool, file, package, probe, licence, cwe) are the
// labels; "severity=~high|critical" as usual. rule also covers the aliases; of several tools or aliases one
// is enough. A finding does not know its probe's kind: the caller holds `<probe kind>.findings` against the
// name with name_matches.
bool selects(const Selector& selector, const Finding& finding);

// RE2's complaint, or nothing where the pattern is good.
std::optional<std::string> regex_error(const std::string& pattern);

// Whether a series' labels fall into the same group under `by`: the labels that `by` keeps (all where by is
// absent).
Labels group_labels(const Selector& selector, const Labels& labels);

}  // namespace plimsoll::model
