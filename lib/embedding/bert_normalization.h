// What BERT's uncased tokenizer does to single characters, as the `tokenizers` library does it: control
// characters go, accents go (canonical decomposition without its non-spacing marks), letters become lower
// case, ideographs and punctuation stand alone.
//
// That library classes characters by Unicode 8.0 and lowers letters by a newer one; this follows it for every
// code point that can make a difference to a token (docs/embedding.md says how that was checked).
// Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace embedding {

enum class CharacterRole : std::uint8_t {
  dropped,    // NUL, U+FFFD, control, format and private-use characters
  space,      // ends a word
  ideograph,  // a word of its own
  other,      // belongs to a word, or is punctuation once folded
};
CharacterRole role_of(char32_t character);

// Decomposed, without accents, in lower case; nothing is left of a mark.
struct FoldedCharacter {
  std::array<char32_t, 4> points = {};
  std::size_t count = 0;
};
FoldedCharacter fold(char32_t character);

// Of a folded character: all ASCII symbols and Unicode's category P; each is a word of its own.
bool is_punctuation(char32_t folded);

}  // namespace embedding
