// The rows of an index: documents with their vectors as bytes (search/vector_code.h). A row keeps its place
// as long as it lives, and blocks never move: a graph can name rows by their places, and growing copies
// nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "apps/memory_api/search/vector_code.h"

namespace memory_api::search {

using Place = std::uint32_t;
constexpr Place no_place = std::numeric_limits<Place>::max();
constexpr std::int64_t no_document = std::numeric_limits<std::int64_t>::min();

// Places of a block lie close together, and so do their bytes.
struct CodeBlock {
  static constexpr std::size_t places = 1024;

  explicit CodeBlock(std::size_t dimensions);

  std::array<std::int64_t, places> documents;      // no_document: the row is erased
  std::array<std::uint64_t, places> digests = {};  // of the vectors, as the store has them
  std::array<VectorCode, places> codes = {};
  std::vector<std::int8_t> bytes;
};

// Readers may share it; whoever changes it must be alone.
class CodeBlocks {
 public:
  explicit CodeBlocks(std::size_t dimensions) : dimensions_(dimensions) {}

  std::size_t dimensions() const { return dimensions_; }
  std::size_t size() const { return size_; }  // places, erased ones too
  std::size_t bytes() const;

  Place append();  // an erased row
  // `values` is finite and has as many dimensions.
  void write(Place place, std::int64_t document, std::uint64_t digest, std::span<const float> values);
  // Overwrites all of it with zeros.
  void erase(Place place);

  bool is_erased(Place place) const { return document(place) == no_document; }
  std::int64_t document(Place place) const { return block_of(place).documents[place % CodeBlock::places]; }
  std::uint64_t digest(Place place) const { return block_of(place).digests[place % CodeBlock::places]; }
  const VectorCode& code(Place place) const { return block_of(place).codes[place % CodeBlock::places]; }
  const std::int8_t* codes(Place place) const {
    return block_of(place).bytes.data() + (place % CodeBlock::places) * dimensions_;
  }

  // Whole blocks, as a file holds them; the last one may have places beyond size().
  std::size_t block_count() const { return blocks_.size(); }
  const CodeBlock& block(std::size_t index) const { return *blocks_[index]; }
  void append_block(std::unique_ptr<CodeBlock> block, std::size_t places_in_use);

 private:
  const CodeBlock& block_of(Place place) const { return *blocks_[place / CodeBlock::places]; }

  std::size_t dimensions_;
  std::size_t size_ = 0;
  std::vector<std::unique_ptr<CodeBlock>> blocks_;
};

}  // namespace memory_api::search
