#include "plimsoll/report/html_judgements.h"

#include <fmt/format.h>

#include "base/units.h"
#include "plimsoll/report/html_banner.h"
#include "plimsoll/report/svg_interval.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::Judgement;
using model::Status;

Markup small(const std::string& text) {
  return text.empty() ? Markup() : element("div", {{"class", "small"}}, text);
}

Markup rule_cell(const Judgement& judgement) {
  const Markup sign = element("span", {{"class", "sign"}, {"title", std::string(label(judgement.status))}},
                              mark(judgement.status)) +
                      element("span", {{"class", "hidden"}}, label(judgement.status));
  const Markup name = element("code", {{"class", "series"}}, judgement.series);
  const std::string asked = demand(judgement);
  const Markup rule = asked.empty() ? Markup() : element("code", {{"class", "demand"}}, asked);
  const Markup both = element("div", {{"class", "signed"}}, sign + element("div", {}, name + rule));
  return element("th", {{"scope", "row"}}, both);
}

Markup measured_cell(const Judgement& judgement) {
  Markup cell = element("div", {{"class", "figure"}}, figure_text(judgement));
  cell += small(interval_text(judgement));
  if (measured(judgement).is_change && judgement.value) cell += small("now " + value_text(judgement));
  return element("td", {{"class", "number"}, {"data-label", "Measured"}}, cell);
}

Markup sample_cell(const Judgement& judgement) {
  if (judgement.n == 0 && judgement.n_base == 0) return element("td", {{"data-label", "Sample"}}, "–");
  Markup cell = Markup::text(base::format_count(static_cast<double>(judgement.n)));
  if (judgement.n_base > 0) {
    cell += small("against " + base::format_count(static_cast<double>(judgement.n_base)));
  }
  return element("td", {{"class", "number"}, {"data-label", "Sample"}}, cell);
}

Markup test_cell(const Judgement& judgement) {
  Markup cell = Markup::text(judgement.test.empty() ? "–" : judgement.test);
  if (judgement.false_alarm_rate) {
    cell += small("false alarms " + base::format_share(*judgement.false_alarm_rate));
  }
  if (judgement.detectable_effect && judgement.effect) {
    cell += small("sees " + effect_number(judgement, *judgement.detectable_effect));
  }
  return element("td", {{"class", "test"}, {"data-label", "Test"}}, cell);
}

Markup note(std::string_view what, const std::string& text) {
  if (text.empty()) return {};
  return element("span", {{"class", "aside"}}, element("b", {}, what) + Markup::text(" " + text));
}

Markup explanation_row(const Judgement& judgement) {
  Markup text = Markup::text(judgement.explanation);
  if (judgement.reason != model::Reason::none)
    text += note("Reason:", std::string(reason_text(judgement.reason)));
  text += note("Because:", judgement.because) + note("Owner:", judgement.owner);
  if (judgement.level == "warn") text += note("Level:", "a violation warns");
  if (text.empty()) return {};
  return element("tr", {{"class", "why"}}, element("td", {{"colspan", "5"}}, text));
}

Markup rows_of(const Judgement& judgement) {
  const Markup cells = rule_cell(judgement) + measured_cell(judgement) +
                       element("td", {{"class", "picture"}, {"data-label", "Interval and bound"}},
                               interval_picture(judgement)) +
                       sample_cell(judgement) + test_cell(judgement);
  return element("tbody", {}, element("tr", {}, cells) + explanation_row(judgement));
}

Markup table_head() {
  Markup headers;
  for (const std::string_view header :
       {"Series and rule", "Measured", "Interval and bound", "Sample", "Test"}) {
    const bool number = header == "Measured" || header == "Sample";
    headers += element("th", {{"scope", "col"}, {"class", number ? "number" : ""}}, header);
  }
  return element("thead", {}, element("tr", {}, headers));
}

Markup table_of(const std::vector<const Judgement*>& judgements, Status status) {
  Markup rows =
      element("caption", {{"class", "hidden"}}, fmt::format("Judgements: {}", label(status))) + table_head();
  for (const Judgement* judgement : judgements) rows += rows_of(*judgement);
  return element("table", {{"class", "judgements"}}, rows);
}

// What needs no attention can be folded away; it starts open unless there is much of it.
Markup group(const model::Verdict& verdict, Status status) {
  const auto judgements = with_status(verdict, status);
  if (judgements.empty()) return {};
  const Markup title = Markup::text(heading(status)) + Markup::text(" ") +
                       element("span", {{"class", "count"}}, std::to_string(judgements.size()));
  const std::string style = "group " + status_class(status);
  const Markup table = table_of(judgements, status);
  const bool folds = status == Status::pass || status == Status::learning || status == Status::not_run;
  const Markup head = element("h3", {}, title);
  if (!folds) return element("div", {{"class", style}, {"id", status_class(status)}}, head + table);
  const Markup content = element("summary", {}, head) + table;
  constexpr std::size_t kMany = 40;
  return judgements.size() > kMany
             ? element("details", {{"class", style}, {"id", status_class(status)}}, content)
             : element("details", {{"class", style}, {"id", status_class(status)}, {"open", ""}}, content);
}

}  // namespace

Markup judgements_section(const model::Verdict& verdict) {
  Markup content = element("h2", {{"id", "judgements"}}, "Judgements");
  if (verdict.judgements.empty()) content += element("p", {}, "Nothing was judged.");
  for (const Status status : kWorstFirst) content += group(verdict, status);
  return element("section", {{"aria-labelledby", "judgements"}}, content);
}

}  // namespace plimsoll::report
