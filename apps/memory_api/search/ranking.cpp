#include "apps/memory_api/search/ranking.h"

#include <algorithm>
#include <array>
#include <limits>

namespace memory_api::search {
namespace {

constexpr std::size_t small_collection = 200;

// `sums` and what a term adds, both in the order of their documents, made one.
std::vector<Candidate> merged(const std::vector<Candidate>& sums, const std::vector<Candidate>& term) {
  std::vector<Candidate> result;
  result.reserve(sums.size() + term.size());
  auto next = term.begin();
  for (const Candidate& sum : sums) {
    while (next != term.end() && next->document < sum.document) result.push_back(*next++);
    result.push_back(sum);
    if (next != term.end() && next->document == sum.document) result.back().score += (next++)->score;
  }
  result.insert(result.end(), next, term.end());
  return result;
}

}  // namespace

CommonTerms::CommonTerms(const Collection& collection)
    : limit_(collection.memories < small_collection ? std::numeric_limits<std::size_t>::max()
                                                    : collection.memories / 2) {}

void Ranking::add_term(const std::vector<Posting>& postings) {
  const double idf = inverse_document_frequency(collection_, postings.size());
  attainable_ += idf;
  std::vector<Candidate> term;
  term.reserve(postings.size());
  for (const Posting& posting : postings) {
    const double part = saturation(collection_, posting.count, typical_length(posting.length_class));
    term.push_back({posting.document, idf * part});
  }
  sums_ = sums_.empty() ? std::move(term) : merged(sums_, term);
}

std::vector<Candidate> Ranking::best(double threshold) const {
  std::vector<Candidate> found;
  if (attainable_ <= 0) return found;
  for (const Candidate& sum : sums_) {
    const double score = sum.score / attainable_;
    if (score >= threshold) found.push_back({sum.document, score});
  }
  std::ranges::sort(found, [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.document > b.document;
  });
  return found;
}

}  // namespace memory_api::search
