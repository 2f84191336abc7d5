#include "embedding/tokenizer.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace embedding {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Tokenizer& tokenizer() {
  static const Tokenizer instance = [] {
    std::string pieces =
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\nable\na\n##a\ncafe\n!\n[\n]\nmask\n日\n本\n";
    return Tokenizer::create(Vocabulary::parse(std::move(pieces), "vocab.txt").value()).value();
  }();
  return instance;
}

// The pieces between [CLS] and [SEP], with spaces.
std::string pieces_of(std::string_view text) {
  std::vector<std::string> pieces;
  for (const auto token : tokenizer().tokens(text))
    pieces.emplace_back(tokenizer().vocabulary().piece(token));
  EXPECT_GE(pieces.size(), 2U);
  EXPECT_EQ(pieces.front(), "[CLS]");
  EXPECT_EQ(pieces.back(), "[SEP]");
  return base::join(std::span(pieces).subspan(1, pieces.size() - 2), " ");
}

TEST(Tokenizer, CutsWordsGreedilyIntoTheLongestPieces) {
  EXPECT_EQ(pieces_of("unaffable"), "un ##aff ##able");
  EXPECT_EQ(pieces_of("able unable"), "able un ##able");
}

TEST(Tokenizer, AWordThatIsNotMadeOfPiecesIsUnknownAsAWhole) {
  EXPECT_EQ(pieces_of("unaffablex able"), "[UNK] able");
  EXPECT_EQ(pieces_of("affable"), "[UNK]");
}

TEST(Tokenizer, FoldsCaseAndAccents) {
  EXPECT_EQ(pieces_of("CAFÉ Cafe\u0301 caf\u00e9\u0323"), "cafe cafe cafe");
}

TEST(Tokenizer, DropsControlsAndSplitsAtSpacesOfAnyScript) {
  EXPECT_EQ(pieces_of(std::string("a\x01\x7f\u200b") + '\0' + "ble"), "able");
  EXPECT_EQ(pieces_of("a\u00a0a\u3000a\ta\u2028a"), "a a a a a");
  EXPECT_EQ(pieces_of("a\u0085a"), "a ##a");  // a control character, though it is white space too
}

TEST(Tokenizer, PunctuationAndIdeographsStandAlone) {
  EXPECT_EQ(pieces_of("able!a"), "able ! a");
  EXPECT_EQ(pieces_of("a日本a"), "a 日 本 a");
}

TEST(Tokenizer, ASpecialTokensNameIsThatToken) {
  EXPECT_EQ(pieces_of("a[MASK]a"), "a [MASK] a");
  EXPECT_EQ(pieces_of("[mask]"), "[ mask ]");
  EXPECT_EQ(pieces_of("[[SEP]]"), "[ [SEP] ]");
  EXPECT_EQ(pieces_of("[CLS"), "[ [UNK]");
}

TEST(Tokenizer, AWordOfMoreThanAHundredCharactersIsUnknown) {
  EXPECT_EQ(pieces_of(std::string(101, 'a')), "[UNK]");
  EXPECT_THAT(pieces_of(std::string(100, 'a')), HasSubstr("a ##a ##a"));
  std::string accented;
  for (int i = 0; i < 100; ++i) accented += "a\u0301";
  EXPECT_THAT(pieces_of(accented), HasSubstr("a ##a ##a"));  // accents do not count
}

TEST(Tokenizer, ATextHasAtMost256Tokens) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "unable ";
  EXPECT_EQ(tokenizer().tokens(text).size(), kMostTokens);
  EXPECT_EQ(tokenizer().tokens(text).back(), 3);
  EXPECT_EQ(tokenizer().tokens("").size(), 2U);
  EXPECT_EQ(tokenizer().tokens(" \n").size(), 2U);
}

TEST(Tokenizer, InvalidUtf8CountsAsNothing) {
  EXPECT_EQ(pieces_of("ab\xff"
                      "le \xed\xa0\x80 a\xc3"),
            "able a");
}

TEST(Vocabulary, NumbersAreLines) {
  const auto vocabulary = Vocabulary::parse("one\n##one\n##\n", "v").value();
  EXPECT_EQ(vocabulary.find_start("one"), 0);
  EXPECT_EQ(vocabulary.find_inside("one"), 1);
  EXPECT_EQ(vocabulary.find_start("##"), 2);
  EXPECT_EQ(vocabulary.find_start("two"), std::nullopt);
  EXPECT_EQ(vocabulary.piece(1), "##one");
}

TEST(Vocabulary, RefusesEmptyLinesRepeatsAndAMissingSpecial) {
  EXPECT_THAT(Vocabulary::parse("one\n\ntwo\n", "v").error().message, HasSubstr("v:2"));
  EXPECT_THAT(Vocabulary::parse("one\ntwo\none\n", "v").error().message, HasSubstr("v:3"));
  EXPECT_THAT(Tokenizer::create(Vocabulary::parse("one\n[UNK]", "v").value()).error().message,
              HasSubstr("has no [CLS]"));
}

}  // namespace
}  // namespace embedding
