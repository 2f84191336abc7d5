#include "apps/memory_api/search/terms.h"

#include <algorithm>
#include <utility>

#include "apps/memory_api/search/similarity.h"

namespace memory_api::search {
namespace {

constexpr std::size_t most_terms = 64;

}  // namespace

std::vector<TermPosting> postings_of(std::int64_t document, std::vector<std::string> terms) {
  const int length = length_class(terms.size());
  std::ranges::sort(terms);
  std::vector<TermPosting> postings;
  for (std::size_t i = 0, end = 0; i < terms.size(); i = end) {
    while (end < terms.size() && terms[end] == terms[i]) ++end;
    postings.push_back({std::move(terms[i]), Posting(document, static_cast<std::uint32_t>(end - i), length)});
  }
  return postings;
}

std::vector<std::string> distinct_terms(std::vector<std::string> terms) {
  std::ranges::sort(terms);
  terms.erase(std::ranges::unique(terms).begin(), terms.end());
  if (terms.size() > most_terms) terms.resize(most_terms);
  return terms;
}

}  // namespace memory_api::search
