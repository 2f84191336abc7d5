#include "plimsoll/report/html.h"

#include "plimsoll/report/html_banner.h"
#include "plimsoll/report/html_charts.h"
#include "plimsoll/report/html_judgements.h"
#include "plimsoll/report/html_load.h"
#include "plimsoll/report/html_page.h"
#include "plimsoll/report/html_sections.h"
#include "plimsoll/report/html_trend.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

struct Section {
  std::string_view id, title;
  Markup content;
};

std::vector<Section> sections_of(const model::Snapshot& snapshot) {
  const model::Verdict& verdict = snapshot.verdict;
  return {{"log", "Log", log_section(snapshot)},
          {"judgements", "Judgements", judgements_section(verdict)},
          {"load", "Load", load_section(snapshot)},
          {"over-time", "Over time", timelines_section(snapshot)},
          {"history", "History", trends_section(snapshot)},
          {"findings", "Findings", findings_section(verdict)},
          {"probes", "Probes", probes_section(verdict.run)},
          {"facts", "Facts", facts_section(snapshot)},
          {"environment", "Environment", environment_section(verdict.run)},
          {"reproduce", "See it again", reproduce_section(verdict)}};
}

Markup contents(const std::vector<Section>& sections) {
  Markup items;
  for (const Section& section : sections) {
    if (section.content.empty()) continue;
    items += element("li", {}, element("a", {{"href", "#" + std::string(section.id)}}, section.title));
  }
  return element("nav", {{"aria-label", "Contents"}}, element("ul", {}, items));
}

Markup body(const model::Snapshot& snapshot) {
  const std::vector<Section> sections = sections_of(snapshot);
  Markup main = banner(snapshot.verdict) + contents(sections);
  for (const Section& section : sections) main += section.content;
  return element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the verdict") +
         masthead(snapshot.verdict) + element("main", {{"id", "main"}}, main);
}

}  // namespace

std::string html(const model::Snapshot& snapshot) {
  const model::Verdict& verdict = snapshot.verdict;
  const std::string project = verdict.run.project.empty() ? "" : verdict.run.project + ": ";
  return page(project + std::string(label(verdict.status)) + " – Plimsoll", body(snapshot));
}

}  // namespace plimsoll::report
