#include "apps/memory_api/search/ranking.h"

#include <algorithm>
#include <array>

namespace memory_api::search {
namespace {

// A heap of this order has its best on top.
bool is_worse(const Candidate& a, const Candidate& b) {
  return a.score != b.score ? a.score < b.score : a.document < b.document;
}

constexpr std::size_t tabled_counts = 8;

// What one posting adds: few counts and eight lengths make nearly all of them.
class Weights {
 public:
  Weights(const Collection& collection, double idf) : collection_(collection), idf_(idf) {
    for (std::size_t count = 0; count < tabled_counts; ++count) {
      for (int length = 0; length < length_classes; ++length) {
        table_[count * length_classes + static_cast<std::size_t>(length)] =
            weight(static_cast<std::uint32_t>(count), length);
      }
    }
  }

  double operator()(const Posting& posting) const {
    if (posting.count() >= tabled_counts) return weight(posting.count(), posting.length_class());
    return table_[std::size_t{posting.count()} * length_classes +
                  static_cast<std::size_t>(posting.length_class())];
  }

 private:
  double weight(std::uint32_t count, int length) const {
    return count == 0 ? 0 : idf_ * saturation(collection_, count, typical_length(length));
  }

  const Collection& collection_;
  double idf_;
  std::array<double, tabled_counts * length_classes> table_{};
};

// `sums` and what a term adds, both in the order of their documents, made one.
std::vector<Candidate> merged(const std::vector<Candidate>& sums, std::span<const Posting> term,
                              const Weights& weight) {
  std::vector<Candidate> result;
  result.reserve(sums.size() + term.size());
  auto next = term.begin();
  for (const Candidate& sum : sums) {
    for (; next != term.end() && next->document() < sum.document; ++next) {
      result.push_back({next->document(), weight(*next)});
    }
    result.push_back(sum);
    if (next != term.end() && next->document() == sum.document) result.back().score += weight(*next++);
  }
  for (; next != term.end(); ++next) result.push_back({next->document(), weight(*next)});
  return result;
}

}  // namespace

Ranking::Ranking(const Collection& collection, std::vector<PostingList> terms, double threshold) {
  std::ranges::sort(terms, {}, &PostingList::size);  // short ones first: less to carry along
  double attainable = 0;
  for (const PostingList& term : terms) {
    const double idf = inverse_document_frequency(collection, term.size);
    attainable += idf;
    heap_ = merged(heap_, term.postings(), Weights(collection, idf));
  }
  std::erase_if(heap_, [&](Candidate& candidate) {
    candidate.score /= attainable;
    return candidate.score < threshold;
  });
  std::ranges::make_heap(heap_, is_worse);
}

std::optional<Candidate> Ranking::next() {
  if (heap_.empty()) return std::nullopt;
  std::ranges::pop_heap(heap_, is_worse);
  const Candidate best = heap_.back();
  heap_.pop_back();
  return best;
}

}  // namespace memory_api::search
