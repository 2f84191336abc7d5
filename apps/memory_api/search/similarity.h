// How alike a query and a memory are: the share of the query's information that the memory holds.
//
//                 sum over the query's terms t of  idf(t) · tf / (tf + k1 · (1 - b + b · length / average))
//   similarity =  -----------------------------------------------------------------------------------------
//                 sum over the query's terms t of  idf(t)
//
// The numerator is BM25 (Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009)
// without its constant factor k1 + 1; the denominator is the most that any text could reach. So it lies in
// [0, 1), 0 where no term is shared, about 0.8 where a memory of average length holds every term once, and it
// means the same for every query: a threshold can be set on it. k1 = 0.2 and b = 0.75: in a sentence or two a
// repeated word says little more. Over tests/ml_quality/golden, at the usual threshold of 0.1, MRR is 0.76
// with k1 = 1.2 and 0.83 with 0.2.
#pragma once

#include <cstddef>

namespace memory_api::search {

// What a tenant keeps.
struct Collection {
  std::size_t memories = 0;
  std::size_t terms = 0;  // in all of them together

  double average_length() const;  // ≥ 1
};

// ln(1 + (N + 1) / (n + 0.5)): how much a term says that occurs in n of N memories. Always positive, also
// where a store holds one memory only.
double inverse_document_frequency(const Collection& collection, std::size_t memories_with_term);

// The part of a term's idf that a memory earns by holding it `count` times among `length` terms.
double saturation(const Collection& collection, double count, double length);

// Of a memory's length the index keeps only its class, as the number of the column that holds its text: 0–7.
constexpr int length_classes = 8;
int length_class(std::size_t terms);
double typical_length(int length_class);

}  // namespace memory_api::search
