#include "embedding/bert_normalization.h"

#include <string>

#include <gtest/gtest.h>

namespace embedding {
namespace {

std::u32string folded(char32_t character) {
  const FoldedCharacter result = fold(character);
  return {result.points.begin(), result.points.begin() + result.count};
}

TEST(BertNormalization, FoldsCaseAndAccentsAndDecomposes) {
  EXPECT_EQ(folded(U'É'), U"e");
  EXPECT_EQ(folded(U'İ'), U"i");
  EXPECT_EQ(folded(U'ᾂ'), U"α");
  EXPECT_EQ(folded(U'ß'), U"ß");
  EXPECT_EQ(folded(U'ﬁ'), U"ﬁ");  // canonical only: a ligature stays
  EXPECT_EQ(folded(U'한'), U"\u1112\u1161\u11ab");
  EXPECT_EQ(folded(U'\u0301'), U"");
  EXPECT_EQ(folded(U'Ა'), U"ა");  // younger than the classes that are followed, but lowered
}

TEST(BertNormalization, ClassesCharactersByUnicode8) {
  EXPECT_EQ(role_of(U'\u00ad'), CharacterRole::dropped);
  EXPECT_EQ(role_of(U'\u08e2'), CharacterRole::other);  // a format character since Unicode 9
  EXPECT_EQ(role_of(U'\ue000'), CharacterRole::dropped);
  EXPECT_EQ(folded(U'\u1734'), U"");  // a mark until Unicode 13
  for (const char32_t later : {U'\u1885', U'\u1886', U'\ua9bd', U'\U000111c9'}) {
    EXPECT_EQ(folded(later), std::u32string(1, later));
  }
  EXPECT_TRUE(is_punctuation(U'\u166d'));
  EXPECT_TRUE(is_punctuation(U'\U000111c9'));
}

TEST(BertNormalization, SpacesIdeographsAndPunctuation) {
  for (const char32_t space : {U' ', U'\t', U'\n', U'\u00a0', U'\u2028', U'\u3000'}) {
    EXPECT_EQ(role_of(space), CharacterRole::space);
  }
  EXPECT_EQ(role_of(U'\u0085'), CharacterRole::dropped);  // white space, but a control character first
  EXPECT_EQ(role_of(U'日'), CharacterRole::ideograph);
  EXPECT_EQ(role_of(U'\U0002b820'), CharacterRole::other);
  EXPECT_EQ(role_of(U'\U0002b920'), CharacterRole::ideograph);
  for (const char32_t symbol : {U'$', U'+', U'^', U'`', U'~', U'¿', U'。'})
    EXPECT_TRUE(is_punctuation(symbol));
  for (const char32_t other : {U'a', U'0', U'€', U'×'}) EXPECT_FALSE(is_punctuation(other));
}

}  // namespace
}  // namespace embedding
