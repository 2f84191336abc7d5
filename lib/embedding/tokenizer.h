// WordPiece tokens of a text (Wu et al. 2016; as in Devlin et al. 2019, BERT): words are cut greedily into
// the longest pieces that the vocabulary has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "embedding/vocabulary.h"

namespace embedding {

// [CLS], at most 254 pieces, [SEP]: the model was trained on no longer texts, and what comes after does not
// count.
inline constexpr std::size_t kMostTokens = 256;

using Tokens = std::vector<std::int32_t>;

// Immutable, so thread-safe.
class Tokenizer {
 public:
  // corrupt where the vocabulary lacks one of [PAD], [UNK], [CLS], [SEP], [MASK].
  static base::Result<Tokenizer> create(Vocabulary vocabulary);

  // Invalid UTF-8 counts as nothing. A word that cannot be cut into known pieces, or is longer than 100
  // characters, is one [UNK]; a special token's name in the text, as "[MASK]", is that token. Reads no
  // further than the last token that counts.
  Tokens tokens(std::string_view text) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  struct Special {
    std::string name;
    std::int32_t number = 0;
  };
  class Writer;

  explicit Tokenizer(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}
  const Special* special_at(std::string_view text) const;

  Vocabulary vocabulary_;
  std::array<Special, 5> specials_;
};

}  // namespace embedding
