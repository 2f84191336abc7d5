#include "plimsoll/report/html_sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/units.h"
#include "plimsoll/report/html_table.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::Finding;

constexpr std::size_t kMostFindings = 500;

Markup section(const std::string& id, std::string_view title, const Markup& content) {
  return element("section", {{"aria-labelledby", id}}, element("h2", {{"id", id}}, title) + content);
}

Markup what_was_found(const Finding& finding) {
  Markup text = Markup::text(finding.message);
  if (!finding.fixed_in.empty()) text += element("div", {{"class", "small"}}, "fixed in " + finding.fixed_in);
  return text;
}

Markup findings_table(const std::vector<const Finding*>& findings, std::string_view caption) {
  Table table(caption, {{"Severity"}, {"Rule"}, {"Place"}, {"Message"}});
  for (std::size_t i = 0; i < findings.size() && i < kMostFindings; ++i) {
    const Finding& finding = *findings[i];
    const std::string severity(to_string(finding.severity));
    table.add({element("span", {{"class", "severity " + severity}}, severity),
               element("code", {}, finding.rule), element("code", {}, place_text(finding)),
               what_was_found(finding)});
  }
  if (findings.size() <= kMostFindings) return table.markup();
  return table.markup() +
         element("p", {{"class", "small"}},
                 fmt::format("… and {} more; the JSON form has them all.", findings.size() - kMostFindings));
}

class Terms {
 public:
  void add(std::string_view name, const std::string& value) {
    if (value.empty()) return;
    content_ += element("div", {}, element("dt", {}, name) + element("dd", {}, value));
  }
  Markup markup() const { return element("dl", {{"class", "terms"}}, content_); }

 private:
  Markup content_;
};

// Only text that a shell takes as one plain word is put into a command.
bool is_plain_word(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.front() != '-' && std::ranges::all_of(text, plain);
}

}  // namespace

Markup findings_section(const model::Verdict& verdict) {
  if (verdict.findings.empty()) return {};
  const auto open = open_findings(verdict);
  const auto suppressed = suppressed_findings(verdict);
  Markup content = open.empty() ? element("p", {}, "All findings are suppressed.")
                                : findings_table(open, plural(open.size(), "finding") + ", worst first");
  if (!suppressed.empty()) {
    content += element("details", {},
                       element("summary", {}, plural(suppressed.size(), "suppressed finding")) +
                           findings_table(suppressed, "Suppressed findings"));
  }
  return section("findings", "Findings", content);
}

Markup probes_section(const model::Run& run) {
  if (run.probes.empty()) return {};
  Table table("What became of each probe of the plan",
              {{"Probe"}, {"Outcome"}, {"Took", true}, {"What went wrong"}});
  for (const model::ProbeRecord& probe : run.probes) {
    const bool good = probe.status == "complete" || probe.status == "skipped";
    table.add({element("code", {}, probe_id(probe)),
               element("span", {{"class", good ? "" : "inconclusive strong"}}, probe.status),
               Markup::text(base::format_seconds(probe.duration_seconds)), Markup::text(probe.error)});
  }
  return section("probes", "Probes", table.markup());
}

Markup facts_section(const model::Snapshot& snapshot) {
  if (snapshot.facts.empty()) return {};
  Terms terms;
  for (const model::Fact& fact : snapshot.facts) terms.add(fact.name, fact.value);
  return section("facts", "Facts", terms.markup());
}

Markup log_section(const model::Snapshot& snapshot) {
  if (snapshot.log_tail.empty()) return {};
  std::string lines;
  for (const std::string& line : snapshot.log_tail) lines += line + "\n";
  return section("log", "The service’s last log lines",
                 element("pre", {{"tabindex", "0"}, {"role", "region"}, {"aria-labelledby", "log"}}, lines));
}

Markup environment_section(const model::Run& run) {
  const model::Environment& machine = run.environment;
  Terms terms;
  terms.add("Processor", machine.cpu_model);
  terms.add("Architecture", machine.architecture);
  terms.add("Usable cores", machine.usable_cores > 0 ? std::to_string(machine.usable_cores) : "");
  terms.add("CPU quota",
            machine.cgroup_quota_cores > 0 ? base::format_count(machine.cgroup_quota_cores) + " cores" : "");
  terms.add("Memory",
            machine.memory_bytes > 0 ? base::format_bytes(static_cast<double>(machine.memory_bytes)) : "");
  terms.add("Kernel", machine.kernel);
  terms.add("Compiler", machine.compiler);
  terms.add("Governor", machine.governor);
  terms.add("CPU time stolen", machine.steal_share > 0 ? base::format_share(machine.steal_share) : "");
  terms.add("Image", machine.image);
  terms.add("Runner", machine.runner_label);
  terms.add("Comparability key", run.comparability);
  terms.add("Plimsoll", run.program_version);
  return section("environment", "Environment", terms.markup());
}

Markup reproduce_section(const model::Verdict& verdict) {
  const model::Run& run = verdict.run;
  std::string commands;
  if (run.commit && is_plain_word(*run.commit)) commands += "git checkout " + *run.commit + "\n";
  commands += "plimsoll check\n";
  Markup content = element("p", {}, "Measure again, on a machine with the same comparability key:") +
                   element("pre", {}, commands);
  if (run.dirty)
    content += element("p", {{"class", "note"}}, "The tree had local changes that the commit does not hold.");
  if (is_plain_word(run.id)) {
    content += element("p", {}, "Draw this report again from the store, to the same bytes:") +
               element("pre", {}, "plimsoll report " + run.id + " --html report.html\n");
  }
  return section("reproduce", "See it again", content);
}

}  // namespace plimsoll::report
