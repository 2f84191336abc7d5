#include "apps/memory_api/search/vector_table.h"

#include <algorithm>
#include <array>

#include "embedding/kernels.h"

namespace memory_api::search {
namespace {

bool has_lower_bound(const Bounded& a, const Bounded& b) {
  return a.bound < b.bound;
}

bool is_worse(const Candidate& a, const Candidate& b) {
  return a.score != b.score ? a.score < b.score : a.document < b.document;
}

template <class T, class Order>
T pop(std::vector<T>& heap, Order order) {
  std::ranges::pop_heap(heap, order);
  T top = heap.back();
  heap.pop_back();
  return top;
}

}  // namespace

void VectorTable::put(std::int64_t document, std::span<const float> values) {
  const auto [known, is_new] = places_.try_emplace(document, documents_.size());
  if (is_new) {
    documents_.push_back(document);
    codes_.emplace_back();
    bytes_.resize(bytes_.size() + dimensions_);
  }
  const std::size_t place = known->second;
  codes_[place] = encode(values, std::span(bytes_).subspan(place * dimensions_, dimensions_));
}

// The last one takes the place.
void VectorTable::remove(std::int64_t document) {
  const auto known = places_.find(document);
  if (known == places_.end()) return;
  const std::size_t place = known->second, last = documents_.size() - 1;
  places_.erase(known);
  if (place != last) {
    documents_[place] = documents_[last];
    codes_[place] = codes_[last];
    std::copy_n(&bytes_[last * dimensions_], dimensions_, &bytes_[place * dimensions_]);
    places_[documents_[place]] = place;
  }
  documents_.pop_back();
  codes_.pop_back();
  bytes_.resize(last * dimensions_);
}

std::size_t VectorTable::bytes() const {
  constexpr std::size_t of_a_place = 48;  // a node of the map and its share of the buckets
  return bytes_.capacity() + codes_.capacity() * sizeof(VectorCode) +
         documents_.capacity() * sizeof(std::int64_t) + places_.size() * of_a_place;
}

// In blocks, so that the products are still in the nearest cache when they become bounds.
std::vector<Bounded> VectorTable::scan(const EncodedQuery& query) const {
  constexpr std::size_t block = 256;
  std::array<std::int32_t, block> products;
  const embedding::Kernels& kernels = embedding::best_kernels();
  std::vector<Bounded> result(documents_.size());
  for (std::size_t first = 0; first < documents_.size(); first += block) {
    const std::size_t rows = std::min(block, documents_.size() - first);
    kernels.multiply_codes(&bytes_[first * dimensions_], rows, dimensions_, query.codes(), products.data());
    for (std::size_t i = 0; i < rows; ++i) {
      result[first + i] = {documents_[first + i], query.upper_bound(products[i], codes_[first + i])};
    }
  }
  return result;
}

VectorRanking::VectorRanking(std::vector<Bounded> documents, const EncodedQuery& query, Fetch fetch)
    : bounded_(std::move(documents)), query_(query), fetch_(std::move(fetch)) {
  std::ranges::make_heap(bounded_, has_lower_bound);
}

// The best exact one is the next as soon as no bound reaches it; an equal one might be newer.
base::Result<std::optional<Candidate>> VectorRanking::next() {
  while (!bounded_.empty() && (exact_.empty() || bounded_.front().bound >= exact_.front().score)) {
    BASE_TRY(read_best_bounded());
  }
  if (exact_.empty()) return std::nullopt;
  return pop(exact_, is_worse);
}

base::Status VectorRanking::read_best_bounded() {
  const Bounded best = pop(bounded_, has_lower_bound);
  BASE_ASSIGN(const std::vector<float> vector, fetch_(best.document));
  if (vector.empty()) return {};
  exact_.push_back({best.document, query_.product(vector)});
  std::ranges::push_heap(exact_, is_worse);
  return {};
}

void VectorRanking::keep_only(std::span<const std::int64_t> documents) {
  const auto is_other = [documents](const auto& entry) {
    return !std::ranges::binary_search(documents, entry.document);
  };
  std::erase_if(bounded_, is_other);
  std::erase_if(exact_, is_other);
  std::ranges::make_heap(bounded_, has_lower_bound);
  std::ranges::make_heap(exact_, is_worse);
}

}  // namespace memory_api::search
