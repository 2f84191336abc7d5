#include "plimsoll/cli/eval_summary.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "base/units.h"

namespace plimsoll::cli {
namespace {

using probes::eval::Mean;
using probes::eval::Summary;

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
  return base::printable(base::truncate_utf8(group, 24));
}

std::string head(const Summary& summary) {
  std::string line = fmt::format("{:16}", "measure");
  for (const std::string& group : summary.groups) line += fmt::format("  {:24}", shown(group));
  line += "\n" + fmt::format("{:16}", "");
  for (const auto& means : summary.means) {
    line += fmt::format("  {:24}", fmt::format("{} questions", means.empty() ? 0 : means.front().n));
  }
  return line + "\n";
}

std::string rows(const Summary& summary) {
  std::string text;
  for (std::size_t i = 0; i < summary.measures.size(); ++i) {
    text += fmt::format("{:16}", summary.measures[i]);
    for (const auto& means : summary.means) text += fmt::format("  {:24}", cell(means[i]));
    text += "\n";
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
  std::string text = without_trailing_blanks(head(summary) + rows(summary));
  text += "intervals: 95 % over questions\n\n";
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
