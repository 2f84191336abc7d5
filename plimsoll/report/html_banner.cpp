#include "plimsoll/report/html_banner.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::Status;

// The load line of a ship: a circle and the line through it.
constexpr char kPlimsollMark[] =
    R"(<svg class="mark" viewBox="0 0 44 32" width="44" height="32" aria-hidden="true" focusable="false">)"
    R"(<circle cx="22" cy="16" r="11" fill="none"/><line x1="2" x2="42" y1="16" y2="16"/></svg>)";

Markup term(std::string_view name, const Markup& value) {
  return value.empty() ? Markup() : element("div", {}, element("dt", {}, name) + element("dd", {}, value));
}

Markup commit_of(const model::Run& run) {
  if (!run.commit) return {};
  Markup commit = element("code", {{"title", *run.commit}}, short_commit(run));
  if (run.dirty) commit += Markup::text(" with local changes");
  return commit;
}

Markup optional_code(const std::optional<std::string>& text) {
  return text ? element("code", {}, *text) : Markup();
}

Markup false_alarms(const model::Verdict& verdict) {
  if (verdict.family_size == 0) return {};
  return Markup::text(fmt::format("at most {} over {}", base::format_share(verdict.false_alarm_rate),
                                  plural(verdict.family_size, "comparison")));
}

Markup circumstances(const model::Verdict& verdict) {
  const model::Run& run = verdict.run;
  const std::string started = started_text(run);
  return element("dl", {{"class", "circumstances"}},
                 term("When", element("time", {{"datetime", base::to_rfc3339(run.started)}}, started)) +
                     term("Commit", commit_of(run)) + term("Branch", optional_code(run.branch)) +
                     term("Took", Markup::text(duration_text(run))) +
                     term("Run", element("code", {}, run.id)) + term("False alarms", false_alarms(verdict)));
}

// "2 failed": a link to where they stand.
Markup counts(const model::Verdict& verdict) {
  Markup items;
  for (const Status status : kWorstFirst) {
    const std::size_t n = with_status(verdict, status).size();
    if (n == 0) continue;
    const Markup text = element("span", {{"aria-hidden", "true"}, {"class", "sign"}}, mark(status)) +
                        Markup::text(" " + count_text(status, n));
    items += element("li", {{"class", status_class(status)}},
                     element("a", {{"href", "#" + status_class(status)}}, text));
  }
  return items.empty() ? Markup() : element("ul", {{"class", "counts"}}, items);
}

// The answer stands large, what comes after its colon beneath it.
Markup headline_of(const model::Verdict& verdict) {
  const std::string_view all = verdict.headline;
  const std::size_t colon = all.find(": ");
  if (colon == std::string_view::npos || colon > 60) return element("span", {{"class", "answer"}}, all);
  const Markup answer = Markup::text(all.substr(0, colon)) + element("span", {{"class", "hidden"}}, ":");
  return element("span", {{"class", "answer"}}, answer) + Markup::text(all.substr(colon + 1));
}

}  // namespace

Markup masthead(const model::Verdict& verdict) {
  Markup content = Markup::verbatim(kPlimsollMark) + element("span", {{"class", "product"}}, "Plimsoll");
  if (!verdict.run.project.empty()) content += element("span", {{"class", "project"}}, verdict.run.project);
  return element("header", {{"class", "masthead"}}, content);
}

Markup banner(const model::Verdict& verdict) {
  Markup content = element("p", {{"class", "status"}}, status_badge(verdict.status));
  content += element("h1", {{"id", "verdict"}}, headline_of(verdict));
  if (verdict.partial) {
    content +=
        element("p", {{"class", "note"}},
                "Partial: some rules were left out of this run, so the gate does not take this verdict.");
  }
  content += circumstances(verdict) + counts(verdict);
  return element("section",
                 {{"class", "banner " + status_class(verdict.status)}, {"aria-labelledby", "verdict"}},
                 content);
}

std::string status_class(Status status) {
  return status == Status::not_run ? "not-run" : std::string(to_string(status));
}

Markup status_badge(Status status) {
  return element("span", {{"class", "sign"}, {"aria-hidden", "true"}}, mark(status)) + Markup::text(" ") +
         element("span", {{"class", "word"}}, label(status));
}

}  // namespace plimsoll::report
