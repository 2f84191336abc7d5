// Measures of a ranked list against relevance judgements, one query at a time. Pure and thread-safe.
//
// A ranking is given as grades in rank order: the judged grade of the document at each rank. Relevant means a
// grade of at least 1. An unjudged document has grade 0: it counts as not relevant, as trec_eval takes it.
// The order is the service's own: what a user sees is measured, so results with equal scores stay as they
// came (trec_eval orders them by name). A document that comes again after its first rank has grade 0 there.
//
// Sources: Manning, Raghavan, Schütze, "Introduction to Information Retrieval" (2008), 8.3-8.4; Voorhees,
// "The TREC-8 Question Answering Track Report" (1999) for the reciprocal rank; Järvelin, Kekäläinen,
// "Cumulated gain-based evaluation of IR techniques" (2002), with the discount of trec_eval's ndcg_cut:
// gain / log2(rank + 1), gain = grade, the ideal taken over all judged documents.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::probes::eval {

using Grade = int;
using Grades = std::map<std::string, Grade, std::less<>>;  // of one query: document -> grade

// The grade at each rank, 0 for unjudged, below 0 and repeated documents.
std::vector<Grade> grades_in_order(std::span<const std::string> ranking, const Grades& judged);

std::size_t relevant_count(const Grades& judged);

// Every measure lies in [0, 1]; k ≥ 1. Ranks past the end of the list hold nothing relevant.

// Relevant documents among the first k, over k (also where the list is shorter).
double precision_at(std::span<const Grade> ranked, std::size_t k);

// The same, over all relevant ones; 0 where there are none.
double recall_at(std::span<const Grade> ranked, std::size_t relevant, std::size_t k);

// 1 where at least one of the first k is relevant, else 0.
double hit_at(std::span<const Grade> ranked, std::size_t k);

// 1 / rank of the first relevant document; 0 where the list holds none.
double reciprocal_rank(std::span<const Grade> ranked);

// The mean of the precision at each relevant document's rank, one never retrieved adding 0; 0 where there are
// none.
double average_precision(std::span<const Grade> ranked, std::size_t relevant);

// Discounted cumulated gain of the first k over that of the best possible order; 0 where nothing is relevant.
double ndcg_at(std::span<const Grade> ranked, const Grades& judged, std::size_t k);

// A measure by its name: mrr, map, precision_at_K, recall_at_K, hit_at_K, ndcg_at_K.
enum class MeasureKind { reciprocal_rank, average_precision, precision, recall, hit, ndcg };

struct Measure {
  MeasureKind kind = MeasureKind::reciprocal_rank;
  std::size_t k = 0;  // 0 for mrr and map: the whole list

  bool operator==(const Measure&) const = default;
};

// The values that K may have.
std::span<const std::size_t> cut_offs();

std::string to_string(const Measure& measure);
std::optional<Measure> parse_measure(std::string_view name);
std::vector<Measure> all_measures();      // all there are, each at every cut-off
std::vector<Measure> default_measures();  // mrr, hit_at_1, hit_at_5, precision_at_5, recall_at_10, ndcg_at_10

double value_of(const Measure& measure, std::span<const std::string> ranking, const Grades& judged);

}  // namespace plimsoll::probes::eval
