// From the postings of a query's terms to scored documents. Pure: no store, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "apps/memory_api/search/posting.h"
#include "apps/memory_api/search/similarity.h"

namespace memory_api::search {

struct Candidate {
  std::int64_t document = 0;
  double score = 0;
};

// Documents from the best to the worst; among equals the newest (highest number) first. Sorts only as far as
// it is asked.
class Ranking {
 public:
  // The terms of a query, each once; a term that no document holds lowers every score.
  Ranking(const Collection& collection, std::vector<PostingList> terms, double threshold);

  std::optional<Candidate> next();
  std::size_t left() const { return heap_.size(); }

 private:
  std::vector<Candidate> heap_;
};

}  // namespace memory_api::search
