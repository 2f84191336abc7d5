#include "plimsoll/probes/eval/eval_series.h"

#include <algorithm>
#include <array>

#include "plimsoll/model/rule.h"

namespace plimsoll::probes::eval {
namespace {

using model::Better;

constexpr std::size_t latency_slices = 30;
constexpr std::size_t most_edges = 32;  // what a histogram takes
constexpr std::string_view default_group_label = "difficulty";

class SeriesWriter {
 public:
  SeriesWriter(Recorder& recorder, const Task& task, const Suite& suite, const Evaluation& evaluation)
      : recorder_(recorder), task_(task), suite_(suite), evaluation_(evaluation) {}

  base::Status write_measures(const Scores& scores) {
    const std::string label(suite_.group_field.empty() ? default_group_label : suite_.group_field);
    for (std::size_t measure = 0; measure < scores.measures.size(); ++measure) {
      const std::string name = "eval." + to_string(scores.measures[measure]);
      for (const std::string& group : scores.groups) {
        BASE_ASSIGN(const auto series, declare(name, "ratio", Better::higher, {{label, group}}));
        BASE_TRY(write_group(series, scores, measure, group));
      }
    }
    return {};
  }

  base::Status write_unanswerable(const Scores& scores) {
    if (scores.unanswerable.empty() || !scores.tells_scores) return {};
    BASE_ASSIGN(const auto series, declare("eval.unanswerable_top_score", "score", Better::lower));
    for (const Asked* asked : scores.unanswerable) {
      const auto score = top_score(*asked);
      if (score) BASE_TRY(observe(series, asked->query->id, *score));
    }
    const auto apart = separation(scores);
    return apart ? write_one("eval.separation", "ratio", Better::higher, *apart) : base::Status{};
  }

  base::Status write_failures(const Scores& scores) {
    if (!suite_.tenant_field.empty()) {
      BASE_TRY(write_one("eval.leaks", "count", Better::lower, static_cast<double>(scores.leaks)));
    }
    return write_one("eval.errors", "ratio", Better::lower,
                     model::Proportion{scores.failed, evaluation_.asked.size()});
  }

  base::Status write_latency() {
    BASE_ASSIGN(const auto series, declare("eval.latency", "seconds", Better::lower));
    const std::vector<double> edges = latency_edges();
    std::array<base::Histogram, latency_slices> slices;
    slices.fill(base::Histogram(edges));
    const double width = evaluation_.duration_seconds / latency_slices;
    for (const Asked& asked : evaluation_.asked) {
      const auto slice = width > 0 ? static_cast<std::size_t>(asked.sent_at / width) : 0;
      base::Histogram& histogram = slices.at(std::min(slice, latency_slices - 1));
      asked.failed() ? histogram.record_infinite() : histogram.record(asked.seconds);
    }
    for (std::size_t i = 0; i < latency_slices; ++i) {
      if (slices.at(i).count() == 0) continue;
      BASE_TRY(recorder_.observe({.series = series,
                                  .slice_start = evaluation_.began_at + width * static_cast<double>(i),
                                  .slice_seconds = width,
                                  .value = std::move(slices.at(i))}));
    }
    return {};
  }

 private:
  base::Result<model::SeriesHandle> declare(const std::string& name, const std::string& unit, Better better,
                                            model::Labels labels = {}) {
    labels["suite"] = task_.name;
    return recorder_.declare({{name, std::move(labels)}, unit, better});
  }

  base::Status write_group(model::SeriesHandle series, const Scores& scores, std::size_t measure,
                           const std::string& group) {
    for (const QueryScore& query : scores.answerable) {
      if (group != all_queries && query.group != group) continue;
      BASE_TRY(observe(series, query.asked->query->id, query.values[measure]));
    }
    return {};
  }

  base::Status write_one(const std::string& name, const std::string& unit, Better better,
                         model::Value value) {
    BASE_ASSIGN(const auto series, declare(name, unit, better));
    return observe(series, "", std::move(value));
  }

  base::Status observe(model::SeriesHandle series, const std::string& subject, model::Value value) {
    return recorder_.observe({.series = series,
                              .slice_start = evaluation_.began_at,
                              .subject = subject,
                              .value = std::move(value)});
  }

  std::vector<double> latency_edges() const {
    std::vector<double> edges;
    for (const EdgeRequest& edge : task_.edges) {
      const bool ours = model::name_matches(edge.series_name, "eval.latency");
      if (ours && edges.size() < most_edges) edges.push_back(edge.bound);
    }
    return edges;
  }

  Recorder& recorder_;
  const Task& task_;
  const Suite& suite_;
  const Evaluation& evaluation_;
};

}  // namespace

std::vector<plan::SeriesPattern> eval_series_patterns() {
  std::vector<plan::SeriesPattern> patterns;
  for (const Measure& measure : all_measures()) {
    patterns.push_back({"eval." + to_string(measure), "ratio", Better::higher});
  }
  patterns.push_back({"eval.unanswerable_top_score", "score", Better::lower});
  patterns.push_back({"eval.separation", "ratio", Better::higher});
  patterns.push_back({"eval.leaks", "count", Better::lower});
  patterns.push_back({"eval.errors", "ratio", Better::lower});
  patterns.push_back({"eval.latency", "seconds", Better::lower});
  return patterns;
}

base::Status record(Recorder& recorder, const Task& task, const Suite& suite, const Evaluation& evaluation,
                    const Scores& scores) {
  SeriesWriter writer(recorder, task, suite, evaluation);
  BASE_TRY(writer.write_measures(scores));
  BASE_TRY(writer.write_unanswerable(scores));
  BASE_TRY(writer.write_failures(scores));
  return writer.write_latency();
}

}  // namespace plimsoll::probes::eval
