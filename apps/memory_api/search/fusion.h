// Two rankings made one: reciprocal rank fusion (Cormack, Clarke, Büttcher, "Reciprocal rank fusion
// outperforms Condorcet and individual rank learning methods", SIGIR 2009). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "apps/memory_api/search/ranking.h"

namespace memory_api::search {

// How far down both rankings are read for so many results.
std::size_t fusion_depth(std::size_t results);

struct FusionInput {
  std::span<const Candidate> by_words;    // the best first; score as search/similarity.h has it
  std::span<const Candidate> by_meaning;  // the best first; score is the cosine
  // Whether a document that only the words found has a vector at all. One that still waits for its own takes
  // its place by words in the other ranking, too: it must not fall behind for being new.
  std::function<bool(std::int64_t document)> has_vector;
  double meaning_weight = 1;  // 0 … 1; 0: the meaning decides nothing
};

// The order is that of  1 / (60 + place by words) + weight / (60 + place by meaning).  The score is a
// similarity: the larger one of the words' and of weight · cosine, and at least that of every document after
// it, so that scores fall with the order. Documents below the threshold by both are left out.
std::vector<Candidate> fuse(const FusionInput& input, std::size_t most, double threshold);

}  // namespace memory_api::search
