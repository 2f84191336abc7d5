#include "plimsoll/cli/eval_summary.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/report/text_layout.h"

namespace plimsoll::cli {
namespace {

using probes::eval::Mean;
using probes::eval::Summary;

constexpr std::size_t cell_width = 20;
constexpr std::size_t side_by_side = 3;

base::OrderedJson number(const std::optional<double>& value) {
  return base::OrderedJson(base::number_or_null(value));
}

base::OrderedJson to_json(const Mean& mean) {
  base::OrderedJson interval = nullptr;
  if (mean.interval) interval = {mean.interval->lo, mean.interval->hi};
  return {{"n", mean.n}, {"mean", number(mean.mean)}, {"interval", interval}, {"confidence", 0.95}};
}

base::OrderedJson measures_of(const Summary& summary) {
  base::OrderedJson groups = base::OrderedJson::object();
  for (std::size_t group = 0; group < summary.groups.size(); ++group) {
    base::OrderedJson& measures = groups[summary.groups[group]] = base::OrderedJson::object();
    for (std::size_t i = 0; i < summary.measures.size(); ++i) {
      measures[summary.measures[i]] = to_json(summary.means[group][i]);
    }
  }
  return groups;
}

base::OrderedJson latency_of(const base::Histogram& latency) {
  base::OrderedJson json = {{"count", latency.count()}, {"mean", number(latency.mean())}};
  for (const int percent : {50, 90, 95, 99}) {
    json["p" + std::to_string(percent)] = number(latency.percentile(percent));
  }
  json["max"] = number(latency.max());
  return json;
}

std::string cell(const Mean& mean) {
  if (!mean.mean) return "-";
  if (!mean.interval) return fmt::format("{:.3f}", *mean.mean);
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", *mean.mean, mean.interval->lo, mean.interval->hi);
}

std::string shown(const std::string& group) {
  return base::printable(base::truncate_utf8(group, cell_width));
}

// The groups from `first` on that stand side by side in 80 columns.
struct Block {
  std::size_t first, end, name_width;
};

std::string head(const Summary& summary, const Block& block) {
  std::string names(block.name_width, ' ');
  std::string counts = names;
  for (std::size_t group = block.first; group < block.end; ++group) {
    const auto& means = summary.means[group];
    names += "  " + report::pad_right(shown(summary.groups[group]), cell_width);
    counts +=
        fmt::format("  {:{}}", fmt::format("{} questions", means.empty() ? 0 : means.front().n), cell_width);
  }
  return names + "\n" + counts + "\n";
}

std::string rows(const Summary& summary, const Block& block) {
  std::string text;
  for (std::size_t i = 0; i < summary.measures.size(); ++i) {
    text += fmt::format("{:{}}", summary.measures[i], block.name_width);
    for (std::size_t group = block.first; group < block.end; ++group) {
      text += fmt::format("  {:{}}", cell(summary.means[group][i]), cell_width);
    }
    text += "\n";
  }
  return text + "\n";
}

std::string tables(const Summary& summary) {
  std::size_t width = 0;
  for (const std::string& name : summary.measures) width = std::max(width, name.size());
  std::string text;
  for (std::size_t first = 0; first < summary.groups.size(); first += side_by_side) {
    const Block block{first, std::min(first + side_by_side, summary.groups.size()), width};
    text += head(summary, block) + rows(summary, block);
  }
  return text;
}

std::string without_trailing_blanks(const std::string& text) {
  std::string result;
  for (const std::string& line : base::split(text, '\n')) {
    result += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  result.pop_back();
  return result;
}

}  // namespace

std::string eval_table(const Summary& summary) {
  std::string text = without_trailing_blanks(tables(summary));
  text += "in brackets: 95 % intervals over questions\n";
  text += fmt::format("{} documents, {} questions: {} answerable, {} unanswerable, {} failed\n",
                      summary.documents, summary.queries, summary.answerable, summary.unanswerable,
                      summary.failed);
  if (!summary.first_failure.empty()) text += "first failure: " + summary.first_failure + "\n";
  if (summary.unanswerable_top_score.mean) {
    text += "top score of unanswerable questions: " + cell(summary.unanswerable_top_score) + "\n";
  }
  if (summary.separation) {
    text += fmt::format("an answerable question scores above an unanswerable one: {}\n",
                        base::format_share(*summary.separation));
  }
  if (summary.leaks) text += fmt::format("results of another tenant: {}\n", *summary.leaks);
  if (summary.latency.count() > 0) {
    text += fmt::format(
        "search latency: p50 {}, p95 {}, max {}\n", base::format_seconds(summary.latency.percentile(50)),
        base::format_seconds(summary.latency.percentile(95)), base::format_seconds(summary.latency.max()));
  }
  return text;
}

base::OrderedJson eval_document(const std::string& suite, const Summary& summary, model::Status status) {
  const double rate =
      summary.queries == 0 ? 0 : static_cast<double>(summary.failed) / static_cast<double>(summary.queries);
  base::OrderedJson json = {{"plimsoll", "eval.run"},
                            {"version", 1},
                            {"status", model::to_string(status)},
                            {"suite", suite},
                            {"documents", summary.documents},
                            {"queries",
                             {{"total", summary.queries},
                              {"answerable", summary.answerable},
                              {"unanswerable", summary.unanswerable}}},
                            {"errors", {{"total", summary.failed}, {"rate", rate}}},
                            {"measures", measures_of(summary)},
                            {"unanswerable_top_score", to_json(summary.unanswerable_top_score)},
                            {"separation", number(summary.separation)}};
  json["leaks"] = summary.leaks ? base::OrderedJson(*summary.leaks) : base::OrderedJson(nullptr);
  json["latency_seconds"] = latency_of(summary.latency);
  return json;
}

}  // namespace plimsoll::cli
