#include "plimsoll/probes/eval/measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace plimsoll::probes::eval {
namespace {

constexpr std::array<std::size_t, 7> offsets = {1, 3, 5, 10, 20, 50, 100};

struct Cut {
  MeasureKind kind;
  std::string_view prefix;
};
constexpr std::array<Cut, 4> cuts = {{{MeasureKind::precision, "precision_at_"},
                                      {MeasureKind::recall, "recall_at_"},
                                      {MeasureKind::hit, "hit_at_"},
                                      {MeasureKind::ndcg, "ndcg_at_"}}};

bool is_relevant(Grade grade) {
  return grade > 0;
}

std::span<const Grade> first(std::span<const Grade> ranked, std::size_t k) {
  return ranked.first(std::min(k, ranked.size()));
}

std::size_t relevant_among(std::span<const Grade> grades) {
  return static_cast<std::size_t>(std::ranges::count_if(grades, is_relevant));
}

double discounted_gain(std::span<const Grade> grades) {
  double sum = 0;
  for (std::size_t i = 0; i < grades.size(); ++i) {
    if (is_relevant(grades[i])) sum += grades[i] / std::log2(static_cast<double>(i) + 2);
  }
  return sum;
}

double over(double part, std::size_t whole) {
  return whole == 0 ? 0 : part / static_cast<double>(whole);
}

}  // namespace

std::vector<Grade> grades_in_order(std::span<const std::string> ranking, const Grades& judged) {
  std::vector<Grade> grades;
  grades.reserve(ranking.size());
  std::set<std::string_view> seen;
  for (const std::string& document : ranking) {
    const auto found = judged.find(document);
    const bool counts = seen.insert(document).second && found != judged.end();
    grades.push_back(counts ? std::max(found->second, 0) : 0);
  }
  return grades;
}

std::size_t relevant_count(const Grades& judged) {
  return static_cast<std::size_t>(
      std::ranges::count_if(judged, [](const auto& entry) { return is_relevant(entry.second); }));
}

double precision_at(std::span<const Grade> ranked, std::size_t k) {
  return over(static_cast<double>(relevant_among(first(ranked, k))), k);
}

double recall_at(std::span<const Grade> ranked, std::size_t relevant, std::size_t k) {
  return over(static_cast<double>(relevant_among(first(ranked, k))), relevant);
}

double hit_at(std::span<const Grade> ranked, std::size_t k) {
  return relevant_among(first(ranked, k)) > 0 ? 1 : 0;
}

double reciprocal_rank(std::span<const Grade> ranked) {
  const auto found = std::ranges::find_if(ranked, is_relevant);
  return found == ranked.end() ? 0 : 1.0 / static_cast<double>(found - ranked.begin() + 1);
}

double average_precision(std::span<const Grade> ranked, std::size_t relevant) {
  double sum = 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    if (is_relevant(ranked[i])) sum += static_cast<double>(++found) / static_cast<double>(i + 1);
  }
  return over(sum, relevant);
}

double ndcg_at(std::span<const Grade> ranked, const Grades& judged, std::size_t k) {
  std::vector<Grade> ideal;
  ideal.reserve(judged.size());
  for (const auto& [document, grade] : judged) ideal.push_back(grade);
  std::ranges::sort(ideal, std::greater<>());
  const double best = discounted_gain(first(ideal, k));
  return best > 0 ? discounted_gain(first(ranked, k)) / best : 0;
}

std::span<const std::size_t> cut_offs() {
  return offsets;
}

std::string to_string(const Measure& measure) {
  if (measure.kind == MeasureKind::reciprocal_rank) return "mrr";
  if (measure.kind == MeasureKind::average_precision) return "map";
  const auto cut = std::ranges::find(cuts, measure.kind, &Cut::kind);
  return std::string(cut->prefix) + std::to_string(measure.k);
}

std::optional<Measure> parse_measure(std::string_view name) {
  for (const Measure& measure : all_measures()) {
    if (to_string(measure) == name) return measure;
  }
  return std::nullopt;
}

std::vector<Measure> all_measures() {
  std::vector<Measure> all = {{MeasureKind::reciprocal_rank, 0}, {MeasureKind::average_precision, 0}};
  for (const Cut& cut : cuts) {
    for (const std::size_t k : offsets) all.push_back({cut.kind, k});
  }
  return all;
}

std::vector<Measure> default_measures() {
  return {{MeasureKind::reciprocal_rank, 0}, {MeasureKind::hit, 1},     {MeasureKind::hit, 5},
          {MeasureKind::precision, 5},       {MeasureKind::recall, 10}, {MeasureKind::ndcg, 10}};
}

double value_of(const Measure& measure, std::span<const std::string> ranking, const Grades& judged) {
  const std::vector<Grade> ranked = grades_in_order(ranking, judged);
  switch (measure.kind) {
    case MeasureKind::reciprocal_rank:
      return reciprocal_rank(ranked);
    case MeasureKind::average_precision:
      return average_precision(ranked, relevant_count(judged));
    case MeasureKind::precision:
      return precision_at(ranked, measure.k);
    case MeasureKind::recall:
      return recall_at(ranked, relevant_count(judged), measure.k);
    case MeasureKind::hit:
      return hit_at(ranked, measure.k);
    case MeasureKind::ndcg:
      return ndcg_at(ranked, judged, measure.k);
  }
  return 0;
}

}  // namespace plimsoll::probes::eval
