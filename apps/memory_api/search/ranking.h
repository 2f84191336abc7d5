// From the postings of a query's terms to scored documents. Pure: no store, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "apps/memory_api/search/similarity.h"

namespace memory_api::search {

// That a term occurs in a document.
struct Posting {
  std::int64_t document = 0;
  std::uint32_t count = 0;
  std::uint8_t length_class = 0;
};

struct Candidate {
  std::int64_t document = 0;
  double score = 0;
};

// A term that more than half of a larger collection holds tells its memories apart hardly at all, and its
// postings are what makes a search slow. Such terms are left out as long as another one of the query is
// found.
class CommonTerms {
 public:
  explicit CommonTerms(const Collection& collection);
  // Whether a term with this many postings or more is common.
  bool includes(std::size_t memories) const { return memories >= limit_; }

 private:
  std::size_t limit_;
};

// Adds terms, then ranks. The postings of a term are in the order of their documents, each document once.
class Ranking {
 public:
  explicit Ranking(const Collection& collection) : collection_(collection) {}

  void add_term(const std::vector<Posting>& postings);

  // Documents with score ≥ threshold, best first; among equals the newest (highest number) first.
  std::vector<Candidate> best(double threshold) const;

 private:
  Collection collection_;
  double attainable_ = 0;
  std::vector<Candidate> sums_;  // in the order of the documents
};

}  // namespace memory_api::search
