#include "plimsoll/report/words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"

namespace plimsoll::report {
namespace {

using model::Judgement;
using model::Status;

struct StatusWords {
  std::string_view mark, label, heading, counted;
};

// In the order of model::Status.
constexpr std::array<StatusWords, 6> kStatusWords = {{{"✓", "pass", "Passed", "passed"},
                                                      {"!", "warn", "Warnings", "with a warning"},
                                                      {"✗", "fail", "Failed", "failed"},
                                                      {"?", "inconclusive", "Inconclusive", "inconclusive"},
                                                      {"~", "learning", "Learning", "learning"},
                                                      {"–", "not run", "Not run", "not run"}}};

const StatusWords& words(Status status) {
  return kStatusWords.at(static_cast<std::size_t>(status));
}

// Where the selector of a rule's text ends: after its name, braces and `by (…)`.
std::size_t selector_end(std::string_view rule) {
  std::size_t at = rule.find_first_of(" {<>=");
  if (at == std::string_view::npos) return rule.size();
  if (rule[at] == '{') {
    bool quoted = false;
    for (; at < rule.size(); ++at) {
      if (rule[at] == '\\' && quoted)
        ++at;
      else if (rule[at] == '"')
        quoted = !quoted;
      else if (rule[at] == '}' && !quoted)
        break;
    }
    at = std::min(at + 1, rule.size());
  }
  const std::size_t next = rule.find_first_not_of(' ', at);
  if (next == std::string_view::npos || !rule.substr(next).starts_with("by")) return at;
  const std::size_t close = rule.find(')', next);
  return close == std::string_view::npos ? at : close + 1;
}

bool is_ratio(const Judgement& judgement) {
  return judgement.effect && judgement.effect->kind == model::EffectKind::ratio;
}

// A number that is not finite is null in the kept snapshot: it must look the same before it was kept.
std::optional<double> finite(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string_view unit_of(std::string_view text) {
  const std::size_t space = text.find(' ');
  return space == std::string_view::npos ? std::string_view() : text.substr(space);
}

// "207 to 219 ms": the unit once where both ends have the same.
std::string range_text(const std::string& low, const std::string& high) {
  const std::string_view unit = unit_of(low);
  const bool same = !unit.empty() && unit == unit_of(high);
  return (same ? low.substr(0, low.size() - unit.size()) : low) + " to " + high;
}

std::vector<const model::Finding*> findings_where(const model::Verdict& verdict, bool suppressed) {
  using model::Severity;
  std::vector<const model::Finding*> found;
  for (const Severity severity :
       {Severity::critical, Severity::high, Severity::medium, Severity::low, Severity::info}) {
    for (const model::Finding& finding : verdict.findings) {
      if (finding.suppressed == suppressed && finding.severity == severity) found.push_back(&finding);
    }
  }
  return found;
}

}  // namespace

std::string_view mark(Status status) {
  return words(status).mark;
}
std::string_view label(Status status) {
  return words(status).label;
}
std::string_view heading(Status status) {
  return words(status).heading;
}

std::string_view reason_text(model::Reason reason) {
  // In the order of model::Reason.
  constexpr std::array<std::string_view, 10> kReasons = {"",
                                                         "too few samples",
                                                         "the interval lies astride the bound",
                                                         "no baseline",
                                                         "the probe crashed",
                                                         "nothing was measured",
                                                         "a value is not finite",
                                                         "the load generator was saturated",
                                                         "the environment differs",
                                                         "stale"};
  return kReasons.at(static_cast<std::size_t>(reason));
}

std::vector<const Judgement*> with_status(const model::Verdict& verdict, Status status) {
  std::vector<const Judgement*> found;
  for (const Judgement& judgement : verdict.judgements) {
    if (judgement.status == status) found.push_back(&judgement);
  }
  return found;
}

std::string count_text(Status status, std::size_t n) {
  return fmt::format("{} {}", n, words(status).counted);
}

std::string counts_text(const model::Verdict& verdict) {
  std::vector<std::string> parts;
  for (const Status status : kWorstFirst) {
    const std::size_t n = with_status(verdict, status).size();
    if (n > 0) parts.push_back(count_text(status, n));
  }
  return parts.empty() ? "nothing was judged" : base::join(parts, ", ");
}

std::string demand(const Judgement& judgement) {
  const std::string_view rule = judgement.rule;
  const std::string asked(base::trim(rule.substr(selector_end(rule))));
  const bool named = judgement.stat.empty() || asked.starts_with(judgement.stat);
  return named ? asked : judgement.stat + " " + asked;
}

Measured measured(const Judgement& judgement) {
  Measured result{.value = finite(judgement.value), .bound = finite(judgement.bound)};
  if (!judgement.effect) return result;
  const model::Effect& effect = *judgement.effect;
  const bool step = !is_ratio(judgement) && judgement.value && effect.estimate != judgement.value;
  if (step) return result;
  result.is_change = is_ratio(judgement);
  result.value = finite(effect.estimate);
  result.low = finite(effect.low);
  result.high = finite(effect.high);
  if (result.low && result.low == result.high) result.low = result.high = std::nullopt;
  result.open_ended = result.low.has_value() != result.high.has_value();
  return result;
}

std::string value_text(const Judgement& judgement) {
  const auto value = finite(judgement.value);
  return value ? base::format_value(*value, judgement.unit) : "–";
}

std::string figure_text(const Judgement& judgement) {
  const Measured figures = measured(judgement);
  return figures.value ? effect_number(judgement, *figures.value) : value_text(judgement);
}

std::string interval_text(const Judgement& judgement) {
  const Measured figures = measured(judgement);
  if (figures.low && figures.high) {
    return range_text(effect_number(judgement, *figures.low), effect_number(judgement, *figures.high));
  }
  if (figures.low) return "from " + effect_number(judgement, *figures.low);
  if (figures.high) return "up to " + effect_number(judgement, *figures.high);
  return {};
}

std::string bound_text(const Judgement& judgement) {
  const auto bound = finite(judgement.bound);
  return bound ? effect_number(judgement, *bound) : std::string();
}

std::string effect_number(const Judgement& judgement, double number) {
  return is_ratio(judgement) ? change_text(number) : base::format_value(number, judgement.unit);
}

std::string sample_text(const Judgement& judgement) {
  if (judgement.n == 0 && judgement.n_base == 0) return {};
  std::string head = "n = " + base::format_count(static_cast<double>(judgement.n));
  if (judgement.n_base == 0) return head;
  return head + " against " + base::format_count(static_cast<double>(judgement.n_base));
}

std::string change_text(double ratio) {
  if (!std::isfinite(ratio)) return base::format_share(ratio);
  if (ratio >= 10) return fmt::format("× {}", base::format_count(std::round(ratio)));
  const double percent = (ratio - 1) * 100;
  const std::string text = fmt::format("{:+.{}f} %", percent, std::abs(percent) < 9.95 ? 1 : 0);
  return text == "+0.0 %" || text == "-0.0 %" ? "±0 %" : text;
}

std::string duration_text(const model::Run& run) {
  if (!run.finished || *run.finished < run.started) return {};
  return base::format_seconds(std::chrono::duration<double>(*run.finished - run.started).count());
}

std::string short_commit(const model::Run& run) {
  return run.commit ? run.commit->substr(0, 10) : std::string();
}

std::string started_text(const model::Run& run) {
  std::string text = base::to_rfc3339(run.started);
  std::ranges::replace(text, 'T', ' ');
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, " UTC");
  return text;
}

std::string place_text(const model::Finding& finding) {
  if (finding.file.empty()) {
    return finding.version.empty() ? finding.package : finding.package + " " + finding.version;
  }
  return base::to_string(base::Place{finding.file, finding.line, finding.line > 0 ? finding.column : 0});
}

std::string plural(std::size_t n, std::string_view word) {
  return base::format_count(static_cast<double>(n)) + " " + std::string(word) + (n == 1 ? "" : "s");
}

std::vector<const model::Finding*> open_findings(const model::Verdict& verdict) {
  return findings_where(verdict, false);
}

std::vector<const model::Finding*> suppressed_findings(const model::Verdict& verdict) {
  return findings_where(verdict, true);
}

}  // namespace plimsoll::report
