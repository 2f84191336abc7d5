#include "embedding/tokenizer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <unicode/utf8.h>

#include "embedding/bert_normalization.h"

namespace embedding {
namespace {

using base::ErrorCode;

constexpr std::size_t kMostWordCharacters = 100;
constexpr std::array<std::string_view, 5> kSpecialNames = {"[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"};
enum SpecialIndex : std::uint8_t { kUnknown, kBegin, kEnd };

// What most text consists of needs no tables of Unicode.
enum class Ascii : std::uint8_t { dropped, space, punctuation, letter };

constexpr Ascii class_of(unsigned char byte) {
  if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') return Ascii::space;
  if (byte < ' ' || byte == 0x7F) return Ascii::dropped;
  const bool letter =
      (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  return letter ? Ascii::letter : Ascii::punctuation;
}

constexpr char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

void append_utf8(std::string& text, char32_t point) {
  std::array<char, U8_MAX_LENGTH> bytes;
  std::size_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, point);
  text.append(bytes.data(), length);
}

// One character from the front of `text`, U+FFFD for an invalid byte sequence.
char32_t take_character(std::string_view& text) {
  const int size = static_cast<int>(std::min<std::size_t>(text.size(), U8_MAX_LENGTH));
  int length = 0;
  UChar32 point = 0;
  U8_NEXT_OR_FFFD(text.data(), length, size, point);
  text.remove_prefix(static_cast<std::size_t>(length));
  return static_cast<char32_t>(point);
}

// Where the last character of `text` begins.
std::size_t last_character(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && U8_IS_TRAIL(text[at])) --at;
  return at;
}

}  // namespace

// Collects a word's characters and writes its pieces when it ends.
class Tokenizer::Writer {
 public:
  explicit Writer(const Tokenizer& tokenizer) : tokenizer_(tokenizer) { push(kBegin); }

  bool full() const { return tokens_.size() + 1 >= kMostTokens; }
  void put_special(std::int32_t number) {
    end_word();
    if (!full()) tokens_.push_back(number);
  }
  void put(char32_t character);
  void put_ascii(char character);
  void end_word();
  Tokens finish() {
    end_word();
    push(kEnd);
    return std::move(tokens_);
  }

 private:
  void put_folded(char32_t folded);
  bool cut_word();
  std::int32_t longest_piece(std::string_view rest, bool inside, std::size_t& length) const;
  void push(SpecialIndex special) { tokens_.push_back(tokenizer_.specials_[special].number); }

  const Tokenizer& tokenizer_;
  Tokens tokens_;
  std::string word_;
  std::size_t characters_ = 0;
};

void Tokenizer::Writer::put_ascii(char character) {
  switch (class_of(static_cast<unsigned char>(character))) {
    case Ascii::dropped:
      return;
    case Ascii::space:
      return end_word();
    case Ascii::letter:
      if (++characters_ <= kMostWordCharacters) word_ += lower(character);
      return;
    case Ascii::punctuation:
      end_word();
      word_ = character;
      characters_ = 1;
      return end_word();
  }
}

void Tokenizer::Writer::put(char32_t character) {
  const CharacterRole role = role_of(character);
  if (role == CharacterRole::dropped) return;
  if (role != CharacterRole::other) end_word();
  if (role == CharacterRole::space) return;
  const FoldedCharacter folded = fold(character);
  for (std::size_t i = 0; i < folded.count; ++i) put_folded(folded.points[i]);
  if (role == CharacterRole::ideograph) end_word();
}

void Tokenizer::Writer::put_folded(char32_t folded) {
  const bool alone = is_punctuation(folded);
  if (alone) end_word();
  if (++characters_ <= kMostWordCharacters) append_utf8(word_, folded);
  if (alone) end_word();
}

void Tokenizer::Writer::end_word() {
  if (characters_ > 0 && !full()) {
    const std::size_t before = tokens_.size();
    if (characters_ > kMostWordCharacters || !cut_word()) {
      tokens_.resize(before);
      push(kUnknown);
    }
    tokens_.resize(std::min(tokens_.size(), kMostTokens - 1));
  }
  word_.clear();
  characters_ = 0;
}

// Appends the word's pieces; false where it is not made of known ones.
bool Tokenizer::Writer::cut_word() {
  for (std::size_t at = 0; at < word_.size();) {
    std::size_t length = 0;
    const std::int32_t piece = longest_piece(std::string_view(word_).substr(at), at > 0, length);
    if (piece < 0) return false;
    tokens_.push_back(piece);
    at += length;
  }
  return true;
}

std::int32_t Tokenizer::Writer::longest_piece(std::string_view rest, bool inside, std::size_t& length) const {
  const Vocabulary& vocabulary = tokenizer_.vocabulary_;
  length = std::min(rest.size(), vocabulary.longest_bytes());
  if (length < rest.size()) {  // not in the middle of a character
    while (length > 0 && U8_IS_TRAIL(rest[length])) --length;
  }
  for (; length > 0; length = last_character(rest.substr(0, length))) {
    const std::string_view piece = rest.substr(0, length);
    const auto found = inside ? vocabulary.find_inside(piece) : vocabulary.find_start(piece);
    if (found) return *found;
  }
  return -1;
}

base::Result<Tokenizer> Tokenizer::create(Vocabulary vocabulary) {
  Tokenizer result(std::move(vocabulary));
  for (std::size_t i = 0; i < kSpecialNames.size(); ++i) {
    const auto number = result.vocabulary_.find_start(kSpecialNames[i]);
    if (!number) {
      return base::fail(ErrorCode::corrupt, fmt::format("the vocabulary has no {}", kSpecialNames[i]));
    }
    result.specials_[i] = {std::string(kSpecialNames[i]), *number};
  }
  return result;
}

const Tokenizer::Special* Tokenizer::special_at(std::string_view text) const {
  const auto found =
      std::ranges::find_if(specials_, [&](const Special& special) { return text.starts_with(special.name); });
  return found == specials_.end() ? nullptr : &*found;
}

Tokens Tokenizer::tokens(std::string_view text) const {
  Writer writer(*this);
  while (!text.empty() && !writer.full()) {
    const char first = text.front();
    if (const Special* special = first == '[' ? special_at(text) : nullptr) {
      writer.put_special(special->number);
      text.remove_prefix(special->name.size());
    } else if (U8_IS_SINGLE(first)) {
      writer.put_ascii(first);
      text.remove_prefix(1);
    } else {
      writer.put(take_character(text));
    }
  }
  return writer.finish();
}

}  // namespace embedding
