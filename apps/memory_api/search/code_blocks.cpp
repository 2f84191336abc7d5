#include "apps/memory_api/search/code_blocks.h"

#include <algorithm>
#include <utility>

namespace memory_api::search {

CodeBlock::CodeBlock(std::size_t dimensions) : bytes(places * dimensions) {
  documents.fill(no_document);
}

std::size_t CodeBlocks::bytes() const {
  return blocks_.size() * (sizeof(CodeBlock) + CodeBlock::places * dimensions_);
}

Place CodeBlocks::append() {
  if (size_ == blocks_.size() * CodeBlock::places) {
    blocks_.push_back(std::make_unique<CodeBlock>(dimensions_));
  }
  return static_cast<Place>(size_++);
}

void CodeBlocks::write(Place place, std::int64_t document, std::uint64_t digest,
                       std::span<const float> values) {
  CodeBlock& block = *blocks_[place / CodeBlock::places];
  const std::size_t i = place % CodeBlock::places;
  block.documents[i] = document;
  block.digests[i] = digest;
  block.codes[i] = encode(values, std::span(block.bytes).subspan(i * dimensions_, dimensions_));
}

void CodeBlocks::erase(Place place) {
  CodeBlock& block = *blocks_[place / CodeBlock::places];
  const std::size_t i = place % CodeBlock::places;
  block.documents[i] = no_document;
  block.digests[i] = 0;
  block.codes[i] = {};
  std::ranges::fill(std::span(block.bytes).subspan(i * dimensions_, dimensions_), std::int8_t{0});
}

void CodeBlocks::append_block(std::unique_ptr<CodeBlock> block, std::size_t places_in_use) {
  blocks_.push_back(std::move(block));
  size_ += places_in_use;
}

}  // namespace memory_api::search
