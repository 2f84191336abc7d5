#include "embedding/bert_normalization.h"

#include <algorithm>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

namespace embedding {
namespace {

// Characters whose class changed after Unicode 8.0.
constexpr std::array<char32_t, 4> kNoMarkThen = {0x1885, 0x1886, 0xA9BD, 0x111C9};
constexpr char32_t kMarkThen = 0x1734;
constexpr std::array<char32_t, 2> kPunctuationThen = {0x166D, 0x111C9};

UChar32 as_icu(char32_t character) {
  return static_cast<UChar32>(character);
}

bool in_unicode_8(char32_t character) {
  UVersionInfo age;
  u_charAge(as_icu(character), age);
  return age[0] != 0 && age[0] <= 8;
}

bool is_control(char32_t character) {
  switch (u_charType(as_icu(character))) {
    case U_CONTROL_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
      return true;
    case U_FORMAT_CHAR:
      return in_unicode_8(character);
    default:
      return false;
  }
}

bool is_mark(char32_t character) {
  if (character == kMarkThen) return true;
  return u_charType(as_icu(character)) == U_NON_SPACING_MARK && in_unicode_8(character) &&
         std::ranges::find(kNoMarkThen, character) == kNoMarkThen.end();
}

struct Range {
  char32_t first, last;
};
// The ranges of BERT's original tokenizer, with the slip of the pen at U+2B920 that the library has kept.
constexpr std::array<Range, 8> kIdeographs = {{{0x4E00, 0x9FFF},
                                               {0x3400, 0x4DBF},
                                               {0x20000, 0x2A6DF},
                                               {0x2A700, 0x2B73F},
                                               {0x2B740, 0x2B81F},
                                               {0x2B920, 0x2CEAF},
                                               {0xF900, 0xFAFF},
                                               {0x2F800, 0x2FA1F}}};

bool is_ideograph(char32_t character) {
  return std::ranges::any_of(
      kIdeographs, [&](const Range& range) { return range.first <= character && character <= range.last; });
}

const UNormalizer2* decomposition() {
  static const UNormalizer2* const instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    return unorm2_getNFDInstance(&error);  // built into the library; cannot fail
  }();
  return instance;
}

void keep(FoldedCharacter& folded, char32_t point) {
  if (is_mark(point) || folded.count == folded.points.size()) return;
  folded.points[folded.count++] = static_cast<char32_t>(u_tolower(as_icu(point)));
}

}  // namespace

CharacterRole role_of(char32_t character) {
  if (character == '\t' || character == '\n' || character == '\r') return CharacterRole::space;
  if (character == 0 || character == 0xFFFD || is_control(character)) return CharacterRole::dropped;
  if (u_isUWhiteSpace(as_icu(character)) != 0) return CharacterRole::space;
  return is_ideograph(character) ? CharacterRole::ideograph : CharacterRole::other;
}

FoldedCharacter fold(char32_t character) {
  FoldedCharacter folded;
  std::array<UChar, 8> units;  // no canonical decomposition is longer than four characters
  UErrorCode error = U_ZERO_ERROR;
  const int length = unorm2_getDecomposition(decomposition(), as_icu(character), units.data(),
                                             static_cast<int>(units.size()), &error);
  if (length < 0 || U_FAILURE(error)) {
    keep(folded, character);
    return folded;
  }
  for (int i = 0; i < length;) {
    UChar32 point = 0;
    U16_NEXT(units, i, length, point);
    keep(folded, static_cast<char32_t>(point));
  }
  return folded;
}

bool is_punctuation(char32_t folded) {
  if (folded < 0x80) {
    return folded > ' ' && folded < 0x7F && u_isalnum(as_icu(folded)) == 0;
  }
  if (std::ranges::find(kPunctuationThen, folded) != kPunctuationThen.end()) return true;
  return u_ispunct(as_icu(folded)) != 0 && in_unicode_8(folded);
}

}  // namespace embedding
