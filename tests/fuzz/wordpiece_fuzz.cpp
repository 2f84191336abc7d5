// Any bytes as a text, and as a vocabulary: at most 256 tokens, each one that the vocabulary has, [CLS] first
// and [SEP] last.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "embedding/tokenizer.h"

namespace {

constexpr std::string_view kSpecials = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

void check(const embedding::Tokenizer& tokenizer, std::string_view text) {
  const auto tokens = tokenizer.tokens(text);
  if (tokens.size() < 2 || tokens.size() > embedding::kMostTokens || tokens.front() != 2 ||
      tokens.back() != 3) {
    std::abort();
  }
  for (const auto token : tokens) {
    if (token < 0 || static_cast<std::size_t>(token) >= tokenizer.vocabulary().size()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  const std::size_t middle = input.find('\0') == std::string::npos ? 0 : input.find('\0');
  static const embedding::Tokenizer fixed =
      embedding::Tokenizer::create(
          embedding::Vocabulary::parse(std::string(kSpecials) + "a\n##a\nb\n##b\n!\n日\nthe\n##ing\n",
                                       "fixed")
              .value())
          .value();
  check(fixed, input);
  auto vocabulary = embedding::Vocabulary::parse(std::string(kSpecials) + input.substr(0, middle), "input");
  if (!vocabulary) return 0;
  const auto tokenizer = embedding::Tokenizer::create(*std::move(vocabulary));
  if (!tokenizer) std::abort();
  check(*tokenizer, std::string_view(input).substr(middle));
  return 0;
}
