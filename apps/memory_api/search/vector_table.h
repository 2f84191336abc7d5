// The vectors of one tenant in memory, as bytes (search/vector_code.h), and the search through all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "apps/memory_api/search/ranking.h"
#include "apps/memory_api/search/vector_code.h"
#include "base/error.h"

namespace memory_api::search {

// A document and what its similarity to a query is at most.
struct Bounded {
  std::int64_t document = 0;
  float bound = 0;
};

// Readers may share it; whoever changes it must be alone.
class VectorTable {
 public:
  explicit VectorTable(std::size_t dimensions) : dimensions_(dimensions) {}

  // `values` has as many dimensions as the table and is finite. Replaces what the document had.
  void put(std::int64_t document, std::span<const float> values);
  void remove(std::int64_t document);

  std::size_t size() const { return documents_.size(); }
  std::size_t dimensions() const { return dimensions_; }
  std::size_t bytes() const;

  // Every document with its bound, in no order. The query has as many dimensions.
  std::vector<Bounded> scan(const EncodedQuery& query) const;

 private:
  std::size_t dimensions_;
  std::vector<std::int64_t> documents_;
  std::vector<VectorCode> codes_;
  std::vector<std::int8_t> bytes_;  // one row of dimensions_ for each document
  std::unordered_map<std::int64_t, std::size_t> places_;
};

// Documents from the most alike to the least, exactly: by <q, v>, among equals the newest (highest number)
// first. Reads a vector in full only when its bound reaches the best that is left.
class VectorRanking {
 public:
  // The vector of a document; empty where it is gone meanwhile.
  using Fetch = std::function<base::Result<std::vector<float>>(std::int64_t document)>;

  VectorRanking(std::vector<Bounded> documents, const EncodedQuery& query, Fetch fetch);

  base::Result<std::optional<Candidate>> next();

  // From now on only these, which are sorted.
  void keep_only(std::span<const std::int64_t> documents);

 private:
  base::Status read_best_bounded();

  std::vector<Bounded> bounded_;  // heap, the highest bound on top
  std::vector<Candidate> exact_;  // heap, the best on top
  const EncodedQuery& query_;
  Fetch fetch_;
};

}  // namespace memory_api::search
