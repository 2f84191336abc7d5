#include "plimsoll/report/markdown.h"

#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "plimsoll/report/escape.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::Judgement;
using model::Status;

constexpr std::size_t kLongestCell = 400;   // bytes of one text of the snapshot
constexpr std::size_t kRoomForEnd = 1'000;  // kept free for the end of tables and the last line

std::string text(std::string_view raw) {
  return markdown_escape(base::truncate_utf8(raw, kLongestCell));
}

// Inside <code> a renderer makes neither a mention nor a link of a name.
std::string name(std::string_view raw) {
  return raw.empty() ? std::string() : "<code>" + text(raw) + "</code>";
}

std::string emblem(Status status) {
  switch (status) {
    case Status::fail:
      return "❌";
    case Status::inconclusive:
      return "❔";
    case Status::warn:
      return "⚠️";
    case Status::pass:
      return "✅";
    default:
      return "➖";
  }
}

std::string figures(const Judgement& judgement) {
  std::string cell = text(figure_text(judgement));
  if (const std::string interval = interval_text(judgement); !interval.empty())
    cell += " (" + text(interval) + ")";
  return cell;
}

std::string row_of(const Judgement& judgement) {
  const std::string why =
      judgement.explanation.empty() ? std::string(reason_text(judgement.reason)) : judgement.explanation;
  return fmt::format("| {} {} | {} {} | {} | {} |\n", emblem(judgement.status), label(judgement.status),
                     name(judgement.series), name(demand(judgement)), figures(judgement), text(why));
}

std::string short_row_of(const Judgement& judgement) {
  return fmt::format("| {} | {} | {} | {} |\n", name(judgement.series), name(demand(judgement)),
                     figures(judgement), text(sample_text(judgement)));
}

class MarkdownReport {
 public:
  explicit MarkdownReport(const model::Snapshot& snapshot)
      : snapshot_(snapshot), verdict_(snapshot.verdict) {}

  std::string write() {
    out_ = fmt::format("### {} {}\n\n", emblem(verdict_.status), text(verdict_.headline));
    add_circumstances();
    add_troubles();
    for (const Status status : {Status::pass, Status::learning, Status::not_run}) add_group(status);
    add_findings();
    add_probes();
    add_facts();
    add_log_tail();
    return std::move(out_);
  }

 private:
  void add_circumstances() {
    const model::Run& run = verdict_.run;
    out_ += counts_text(verdict_);
    if (run.commit) out_ += " · " + name(short_commit(run)) + (run.dirty ? " with local changes" : "");
    if (run.branch) out_ += " on " + name(*run.branch);
    if (const std::string took = duration_text(run); !took.empty()) out_ += " · " + took;
    if (verdict_.partial) out_ += " · **partial**: some rules were left out";
    out_ += "\n";
  }

  void add_troubles() {
    std::vector<std::string> rows;
    for (const Status status : {Status::fail, Status::inconclusive, Status::warn}) {
      for (const Judgement* judgement : with_status(verdict_, status)) rows.push_back(row_of(*judgement));
    }
    if (rows.empty()) return;
    out_ += "\n| | rule | measured | why |\n| --- | --- | --- | --- |\n";
    add_rows(rows);
  }

  void add_group(Status status) {
    std::vector<std::string> rows;
    for (const Judgement* judgement : with_status(verdict_, status)) rows.push_back(short_row_of(*judgement));
    add_details(fmt::format("{} {}", rows.size(), base::to_lower_ascii(heading(status))),
                "| series | rule | measured | sample |\n| --- | --- | --- | --- |\n", rows);
  }

  void add_findings() {
    std::vector<std::string> rows;
    for (const model::Finding* finding : open_findings(verdict_)) {
      rows.push_back(fmt::format("| {} | {} | {} | {} |\n", to_string(finding->severity), name(finding->rule),
                                 name(place_text(*finding)), text(finding->message)));
    }
    add_details(plural(rows.size(), "finding"),
                "| severity | rule | place | message |\n| --- | --- | --- | --- |\n", rows);
  }

  void add_probes() {
    std::vector<std::string> rows;
    rows.reserve(verdict_.run.probes.size());
    for (const model::ProbeRecord& probe : verdict_.run.probes) {
      rows.push_back(fmt::format("| {} | {} | {} | {} |\n", name(probe_id(probe)), text(probe.status),
                                 base::format_seconds(probe.duration_seconds), text(probe.error)));
    }
    add_details(plural(rows.size(), "probe"),
                "| probe | outcome | took | error |\n| --- | --- | --- | --- |\n", rows);
  }

  void add_facts() {
    std::vector<std::string> rows;
    rows.reserve(snapshot_.facts.size());
    for (const model::Fact& fact : snapshot_.facts) {
      rows.push_back(fmt::format("| {} | {} |\n", text(fact.name), text(fact.value)));
    }
    add_details("Facts", "| | |\n| --- | --- |\n", rows);
  }

  void add_log_tail() {
    std::vector<std::string> rows;
    rows.reserve(snapshot_.log_tail.size());
    for (const std::string& line : snapshot_.log_tail) rows.push_back("> " + name(line) + "<br>\n");
    add_details("The service's last log lines", "", rows);
  }

  void add_details(const std::string& summary, std::string_view head, const std::vector<std::string>& rows) {
    if (rows.empty() || out_.size() + head.size() + summary.size() + 2 * kRoomForEnd > kMarkdownLimit) return;
    out_ += fmt::format("\n<details><summary>{}</summary>\n\n{}", summary, head);
    add_rows(rows);
    out_ += "\n</details>\n";
  }

  // As many as fit; the rest is counted.
  void add_rows(const std::vector<std::string>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (out_.size() + rows[i].size() + kRoomForEnd > kMarkdownLimit) {
        out_ += fmt::format("\n… and {} more; the HTML report has them all.\n", rows.size() - i);
        return;
      }
      out_ += rows[i];
    }
  }

  const model::Snapshot& snapshot_;
  const model::Verdict& verdict_;
  std::string out_;
};

}  // namespace

std::string markdown(const model::Snapshot& snapshot) {
  return MarkdownReport(snapshot).write();
}

}  // namespace plimsoll::report
