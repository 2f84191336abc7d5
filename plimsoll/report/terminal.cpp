#include "plimsoll/report/terminal.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "plimsoll/report/text_layout.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::Judgement;
using model::Status;

constexpr std::size_t kFindingsShown = 10;
constexpr std::size_t kLearningShown = 5;

// ANSI SGR codes: bold, and one colour a status.
std::string_view colour_of(Status status) {
  switch (status) {
    case Status::fail:
      return "31";
    case Status::inconclusive:
      return "35";
    case Status::warn:
      return "33";
    case Status::pass:
      return "32";
    default:
      return "2";
  }
}

class TerminalReport {
 public:
  TerminalReport(const model::Snapshot& snapshot, const TerminalOptions& options)
      : snapshot_(snapshot),
        verdict_(snapshot.verdict),
        colour_(options.colour),
        columns_(static_cast<std::size_t>(std::max(options.columns, 40))) {}

  std::string write() {
    add_answer();
    measure_columns();
    for (const Status status : kWorstFirst) add_group(status);
    add_findings();
    add_probes();
    add_facts();
    add_log_tail();
    add_run();
    return std::move(out_);
  }

 private:
  void add_answer() {
    const std::string answer = wrap(base::printable(verdict_.headline), columns_, 0);
    out_ += paint(answer, "1;" + std::string(colour_of(verdict_.status)));
    if (verdict_.partial)
      add_text("Partial: some rules were left out, so the gate does not take this verdict.", 0);
  }

  // The figures stand in two columns at the right, as wide as the widest of them.
  void measure_columns() {
    for (const Judgement& judgement : verdict_.judgements) {
      if (judgement.status == Status::learning || judgement.status == Status::not_run) continue;
      figure_width_ = std::max(figure_width_, display_width(figure(judgement)));
      interval_width_ = std::max(interval_width_, display_width(interval(judgement)));
    }
    figure_width_ = std::min<std::size_t>(figure_width_, columns_ / 4);
    interval_width_ = std::min<std::size_t>(interval_width_, columns_ / 3);
  }

  void add_group(Status status) {
    const auto judgements = with_status(verdict_, status);
    if (judgements.empty()) return;
    add_heading(heading(status), judgements.size(), colour_of(status));
    if (status == Status::learning || status == Status::not_run) return add_summary(status, judgements);
    for (std::size_t i = 0; i < judgements.size(); ++i) {
      add_row(*judgements[i]);
      // What several share (one probe that crashed) is said once, below the last of them.
      const bool shared = i + 1 < judgements.size() && details(*judgements[i]) == details(*judgements[i + 1]);
      if (status != Status::pass && !shared) out_ += details(*judgements[i]);
    }
  }

  void add_heading(std::string_view text, std::size_t count, std::string_view colour) {
    out_ += "\n" + paint(std::string(text), "1;" + std::string(colour));
    if (count > 0) out_ += paint(fmt::format("  {}", count), "2");
    out_ += "\n";
  }

  std::string details(const Judgement& judgement) const {
    std::string text = base::printable(judgement.explanation);
    if (text.empty()) text = reason_text(judgement.reason);
    text = wrap(text, columns_, 4);
    if (!judgement.because.empty())
      text += wrap("because " + base::printable(judgement.because), columns_, 4);
    if (!judgement.owner.empty()) text += wrap("owner: " + base::printable(judgement.owner), columns_, 4);
    return text;
  }

  // "  ✗ load.latency{scenario=list} p99 < 50ms     63 ms  61.2 to 64.9 ms"; a long name has a line of its
  // own.
  void add_row(const Judgement& judgement) {
    const std::string name = base::printable(judgement.series);
    const std::string asked = base::printable(demand(judgement));
    if (fits(name + " " + asked, judgement)) {
      return add_figures(start_of(judgement) + name + " " + paint(asked, "2"),
                         4 + display_width(name + " " + asked), judgement);
    }
    add_hanging(start_of(judgement), name);
    if (fits(asked, judgement)) {
      return add_figures("    " + paint(asked, "2"), 4 + display_width(asked), judgement);
    }
    add_text(asked, 4);
    add_text(figure(judgement) + "  " + interval(judgement), 4);
  }

  std::string start_of(const Judgement& judgement) const {
    return "  " + paint(std::string(mark(judgement.status)), colour_of(judgement.status)) + " ";
  }

  std::size_t figures_column() const {
    const std::size_t right = figure_width_ + 2 + interval_width_;
    return columns_ > right ? columns_ - right : 0;
  }

  bool fits(const std::string& left, const Judgement& judgement) const {
    return 4 + display_width(left) + 2 <= figures_column() &&
           display_width(figure(judgement)) <= figure_width_ &&
           display_width(interval(judgement)) <= interval_width_;
  }

  void add_figures(const std::string& left, std::size_t width, const Judgement& judgement) {
    const std::string gap(figures_column() - width, ' ');
    add_line(left + gap + pad_left(figure(judgement), figure_width_) + "  " + interval(judgement));
  }

  void add_summary(Status status, const std::vector<const Judgement*>& judgements) {
    add_text(status == Status::learning
                 ? "Too few comparable runs yet to say what is normal; they do not lower the verdict."
                 : "Left out of this run.",
             2);
    for (std::size_t i = 0; i < judgements.size() && i < kLearningShown; ++i) {
      add_hanging(start_of(*judgements[i]),
                  base::printable(judgements[i]->series + " " + demand(*judgements[i])));
    }
    if (judgements.size() > kLearningShown)
      add_text(fmt::format("… and {} more", judgements.size() - kLearningShown), 2);
  }

  void add_findings() {
    const auto findings = open_findings(verdict_);
    if (findings.empty()) return;
    add_heading("Findings", findings.size(), "0");
    for (std::size_t i = 0; i < findings.size() && i < kFindingsShown; ++i) {
      const model::Finding& finding = *findings[i];
      add_text(base::printable(place_text(finding)), 2);
      add_text(base::printable(
                   fmt::format("{}: {} ({})", to_string(finding.severity), finding.message, finding.rule)),
               4);
    }
    if (findings.size() > kFindingsShown)
      add_text(fmt::format("… and {} more", findings.size() - kFindingsShown), 2);
  }

  void add_probes() {
    bool first = true;
    for (const model::ProbeRecord& probe : verdict_.run.probes) {
      if (probe.status == "complete" || probe.status == "skipped") continue;
      if (std::exchange(first, false)) add_heading("Probes that did not do their work", 0, "0");
      std::string text = base::printable(probe_id(probe)) + " " + base::printable(probe.status) + " after " +
                         base::format_seconds(probe.duration_seconds);
      if (!probe.error.empty()) text += ": " + base::printable(probe.error);
      add_text(text, 2);
    }
  }

  void add_facts() {
    if (snapshot_.facts.empty()) return;
    add_heading("Facts", 0, "0");
    std::size_t width = 0;
    for (const model::Fact& fact : snapshot_.facts) {
      width = std::max(width, std::min(display_width(base::printable(fact.name)), columns_ / 2));
    }
    for (const model::Fact& fact : snapshot_.facts) {
      const std::string name = base::printable(fact.name), value = base::printable(fact.value);
      if (display_width(name) <= width && 4 + width + display_width(value) <= columns_) {
        add_line("  " + pad_right(name, width) + "  " + value);
      } else {
        add_text(name, 2);
        add_text(value, 4);
      }
    }
  }

  void add_log_tail() {
    if (snapshot_.log_tail.empty()) return;
    add_heading("The service's last log lines", 0, "0");
    for (const std::string& line : snapshot_.log_tail) {
      for (const std::string& part : base::split(wrap(base::printable(line), columns_ - 4, 0), '\n')) {
        if (!part.empty()) add_line("  " + paint("│", "2") + " " + part);
      }
    }
  }

  void add_run() {
    const model::Run& run = verdict_.run;
    std::string text = counts_text(verdict_) + "; run " + base::printable(run.id);
    if (run.branch) text += " of " + base::printable(*run.branch);
    if (run.commit)
      text += " at " + base::printable(short_commit(run)) + (run.dirty ? " with local changes" : "");
    if (const std::string took = duration_text(run); !took.empty()) text += ", " + took;
    out_ += "\n";
    add_text(text, 0);
    if (verdict_.family_size == 0) return;
    add_text(fmt::format("Over {} the chance of a false alarm is at most {}.",
                         plural(verdict_.family_size, "comparison"),
                         base::format_share(verdict_.false_alarm_rate)),
             0);
  }

  static std::string figure(const Judgement& judgement) { return base::printable(figure_text(judgement)); }
  static std::string interval(const Judgement& judgement) {
    return base::printable(interval_text(judgement));
  }

  void add_text(const std::string& text, std::size_t indent) { out_ += wrap(text, columns_, indent); }

  // The text begins where `start`, four cells wide, ends, and goes on below itself.
  void add_hanging(const std::string& start, const std::string& text) {
    const std::string lines = wrap(text, columns_, 4);
    add_line(start + (lines.empty() ? lines : lines.substr(4, lines.size() - 5)));
  }

  void add_line(std::string line) {
    while (line.ends_with(' ')) line.pop_back();
    out_ += line + "\n";
  }

  std::string paint(const std::string& text, std::string_view code) const {
    if (!colour_ || text.empty()) return text;
    const bool newline = text.ends_with('\n');
    return fmt::format("\x1b[{}m{}\x1b[0m{}", code, newline ? text.substr(0, text.size() - 1) : text,
                       newline ? "\n" : "");
  }

  const model::Snapshot& snapshot_;
  const model::Verdict& verdict_;
  bool colour_;
  std::size_t columns_;
  std::size_t figure_width_ = 0, interval_width_ = 0;
  std::string out_;
};

}  // namespace

std::string terminal(const model::Snapshot& snapshot, const TerminalOptions& options) {
  return TerminalReport(snapshot, options).write();
}

}  // namespace plimsoll::report
