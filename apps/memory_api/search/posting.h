// That a term occurs in a document, how often, and how long the document is; 8 bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace memory_api::search {

class Posting {
 public:
  Posting() = default;
  // document: 0 … 2^47 - 1; counts above 8,191 count as that; length_class: 0 … 7 (search/similarity.h).
  Posting(std::int64_t document, std::uint32_t count, int length_class)
      : bits_(static_cast<std::uint64_t>(document) << 16 | std::uint64_t{std::min(count, 8'191u)} << 3 |
              static_cast<std::uint64_t>(length_class & 7)) {}

  std::int64_t document() const { return static_cast<std::int64_t>(bits_ >> 16); }
  std::uint32_t count() const { return static_cast<std::uint32_t>(bits_ >> 3 & 8'191); }
  int length_class() const { return static_cast<int>(bits_ & 7); }
  bool operator==(const Posting&) const = default;

  // As one number that a store can keep; greater for greater documents.
  std::int64_t number() const { return static_cast<std::int64_t>(bits_); }
  static Posting of_number(std::int64_t number) {
    Posting posting;
    posting.bits_ = static_cast<std::uint64_t>(number);
    return posting;
  }

 private:
  std::uint64_t bits_ = 0;
};

// The postings of one term, in the order of their documents, each document once. Shared and never changed.
struct PostingList {
  std::shared_ptr<const Posting[]> storage = {};
  std::size_t size = 0;

  std::span<const Posting> postings() const { return {storage.get(), size}; }
};

}  // namespace memory_api::search
