#include "plimsoll/plan/rule_checks.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/model/finding.h"
#include "plimsoll/plan/fields.h"
#include "plimsoll/plan/rule_text.h"

namespace plimsoll::plan {
namespace {

using base::Dimension;
using model::Rule;
using Segments = std::span<const std::string>;

bool overlap(Segments a, Segments b) {
  if (a.empty() || b.empty()) return a.empty() && b.empty();
  if (a.front() == "**" || b.front() == "**") return true;
  const bool same = a.front() == "*" || b.front() == "*" || a.front() == b.front();
  return same && overlap(a.subspan(1), b.subspan(1));
}

bool is_of_findings(const Rule& rule) {
  return rule.selector.name.ends_with(".findings");
}

// A bound is the last word of its rule.
base::Place bound_place(const Rule& rule) {
  base::Place place = rule.place;
  place.column += static_cast<int>(rule.text.find_last_of(" \t<>=") + 1);
  return place;
}

bool fits(Dimension dimension, std::string_view unit) {
  if (unit.empty()) return true;
  if (unit == "seconds") return dimension == Dimension::seconds;
  if (unit == "bytes") return dimension == Dimension::bytes;
  if (unit == "ratio") return dimension == Dimension::share || dimension == Dimension::none;
  return dimension == Dimension::none;
}

std::string_view written_as(std::string_view unit) {
  if (unit == "seconds") return "write the bound with its unit, as in 200ms";
  if (unit == "bytes") return "write the bound with its unit, as in 64MiB";
  if (unit == "ratio") return "write the bound as a share, as in 0.1% or 0.001";
  return "write the bound as a bare number";
}

class RuleChecker {
 public:
  RuleChecker(std::span<const ProbePlan> probes, std::span<const ProbeKind> kinds) : kinds_(kinds) {
    for (const auto& kind : kinds) {
      std::vector<std::string> names;
      for (const auto& probe : probes) {
        if (probe.kind != kind.name) continue;
        if (probe.identities.empty()) names.push_back(probe.name);
        names.insert(names.end(), probe.identities.begin(), probe.identities.end());
      }
      if (!names.empty()) planned_.push_back({&kind, std::move(names)});
    }
  }

  base::Status check(const Rule& rule) const {
    if (is_of_findings(rule)) return check_finding_rule(rule);
    return check_series_rule(rule);
  }

 private:
  base::Status check_series_rule(const Rule& rule) const;
  base::Status check_bound(const Rule& rule, std::span<const SeriesPattern* const> feeds) const;
  base::Status check_finding_rule(const Rule& rule) const;
  base::Result<std::vector<const SeriesPattern*>> feeds_of(const Rule& rule) const;
  bool finds(const Rule& rule) const;
  std::unexpected<base::Error> unfed(const Rule& rule) const;
  std::string unfed_hint(std::string_view name) const;

  // A kind that the plan uses, and what its probes are called.
  struct Planned {
    const ProbeKind* kind;
    std::vector<std::string> names;
  };

  static base::Status check_names(const Rule& rule, const Planned& planned);

  std::span<const ProbeKind> kinds_;
  std::vector<Planned> planned_;
};

// Where a kind's series carry the name of their probe, a match on it must find one.
base::Status RuleChecker::check_names(const Rule& rule, const Planned& planned) {
  const auto& label = planned.kind->identity_label;
  model::Selector only{"**", {}, {}};
  for (const auto& match : rule.selector.matches) {
    if (match.key == label) only.matches.push_back(match);
  }
  const auto covered = [&](const std::string& name) { return model::selects(only, {"x", {{label, name}}}); };
  if (label.empty() || only.matches.empty() || std::ranges::any_of(planned.names, covered)) return {};
  return base::fail_at(rule.place,
                       fmt::format("no {} probe of the plan is called as {} asks", planned.kind->name,
                                   print_selector(rule.selector)),
                       only.matches.front().op == model::MatchOperator::equal
                           ? key_hint(only.matches.front().value, planned.names)
                           : fmt::format("there are {}", base::join(planned.names, ", ")));
}

base::Result<std::vector<const SeriesPattern*>> RuleChecker::feeds_of(const Rule& rule) const {
  std::vector<const SeriesPattern*> feeds;
  base::Status names;
  for (const auto& planned : planned_) {
    const auto good = check_names(rule, planned);
    for (const auto& pattern : planned.kind->series) {
      if (!patterns_overlap(rule.selector.name, pattern.name)) continue;
      if (good) feeds.push_back(&pattern);
      if (!good) names = good;
    }
  }
  if (feeds.empty()) BASE_TRY(names);
  return feeds;
}

base::Status RuleChecker::check_series_rule(const Rule& rule) const {
  BASE_ASSIGN(const auto feeds, feeds_of(rule));
  if (feeds.empty()) return unfed(rule);
  return check_bound(rule, feeds);
}

base::Status RuleChecker::check_bound(const Rule& rule, std::span<const SeriesPattern* const> feeds) const {
  const auto* threshold = std::get_if<model::Threshold>(&rule.check);
  if (threshold == nullptr) return {};
  const bool counts = rule.stat && rule.stat->kind == model::StatKind::count;
  const auto unit_of = [&](const SeriesPattern* feed) { return counts ? "count" : feed->unit; };
  const auto fitting = std::ranges::find_if(
      feeds, [&](const SeriesPattern* feed) { return fits(threshold->bound.dimension, unit_of(feed)); });
  if (fitting == feeds.end()) {
    const auto unit = unit_of(feeds.front());
    return base::fail_at(bound_place(rule),
                         fmt::format("the bound's unit is not that of {}, which is measured in {}",
                                     counts ? "a count" : rule.selector.name, unit),
                         std::string(written_as(unit)));
  }
  if (unit_of(*fitting) == "ratio" && threshold->bound.value > 1) {
    return base::fail_at(bound_place(rule),
                         fmt::format("{} is a share and never above 1", rule.selector.name),
                         fmt::format("did you mean {}%?", base::shortest_double(threshold->bound.value)));
  }
  return {};
}

// A probe's findings are named after its kind; one that names its own series (`**`) may find things too.
bool RuleChecker::finds(const Rule& rule) const {
  return std::ranges::any_of(planned_, [&](const Planned& planned) {
    const auto name = planned.kind->name + ".findings";
    if (!model::name_matches(rule.selector.name, name)) return false;
    return std::ranges::any_of(planned.kind->series, [&](const SeriesPattern& series) {
      return patterns_overlap(series.name, name);
    });
  });
}

base::Status check_finding_matches(const Rule& rule) {
  static const std::vector<std::string> fields = {"severity", "rule",  "tool",    "file",
                                                  "package",  "probe", "licence", "cwe"};
  static const std::vector<std::string> severities = {"critical", "high", "medium", "low", "info"};
  for (const auto& match : rule.selector.matches) {
    if (std::ranges::find(fields, match.key) == fields.end()) {
      return base::fail_at(rule.place, fmt::format("findings have no field \"{}\"", match.key),
                           key_hint(match.key, fields));
    }
    if (match.key != "severity") continue;
    model::Selector only{rule.selector.name, {match}, {}};
    const auto covers = [&](const std::string& severity) {
      return model::selects(only,
                            {.severity = model::parse_severity(severity).value_or(model::Severity::high)});
    };
    if (std::ranges::none_of(severities, covers)) {
      return base::fail_at(rule.place, fmt::format("no severity matches \"{}\"", match.value),
                           key_hint(match.value, severities));
    }
  }
  return {};
}

base::Status RuleChecker::check_finding_rule(const Rule& rule) const {
  const auto* threshold = std::get_if<model::Threshold>(&rule.check);
  const bool counts = !rule.stat || rule.stat->kind == model::StatKind::count;
  const bool known = threshold != nullptr || std::holds_alternative<model::None>(rule.check) ||
                     std::holds_alternative<model::Ratchet>(rule.check);
  if (!known || !counts) {
    return base::fail_at(rule.place, "findings are judged by none, a count or ratchet",
                         fmt::format("as in {} none", rule.selector.name));
  }
  if (threshold != nullptr && threshold->bound.dimension != Dimension::none) {
    return base::fail_at(bound_place(rule), "findings are counted: the bound has no unit");
  }
  BASE_TRY(check_finding_matches(rule));
  if (!finds(rule)) return unfed(rule);
  return {};
}

std::unexpected<base::Error> RuleChecker::unfed(const Rule& rule) const {
  const auto& name = rule.selector.name;
  return base::fail_at(rule.place, fmt::format("no probe of the plan can feed \"{}\"", name),
                       unfed_hint(name));
}

// A slip of the pen first; then the kind that is missing from the plan.
std::string RuleChecker::unfed_hint(std::string_view name) const {
  std::vector<std::string> known;
  for (const auto& planned : planned_) {
    for (const auto& pattern : planned.kind->series) known.push_back(pattern.name);
  }
  if (const auto near = base::nearest(name, known)) return fmt::format("did you mean {}?", *near);
  for (const auto& kind : kinds_) {
    const bool feeds = std::ranges::any_of(kind.series, [&](const SeriesPattern& pattern) {
      return pattern.name != "**" && patterns_overlap(name, pattern.name);
    });
    if (feeds) return fmt::format("add a {} probe under probes:", kind.name);
  }
  return known.empty() ? "" : fmt::format("the plan feeds {}", base::join(known, ", "));
}

}  // namespace

bool patterns_overlap(std::string_view a, std::string_view b) {
  return overlap(base::split(a, '.'), base::split(b, '.'));
}

base::Status check_rules(std::span<const Rule> rules, std::span<const ProbePlan> probes,
                         std::span<const ProbeKind> kinds) {
  const RuleChecker checker(probes, kinds);
  for (const auto& rule : rules) BASE_TRY(checker.check(rule));
  return {};
}

}  // namespace plimsoll::plan
