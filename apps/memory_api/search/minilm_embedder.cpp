#include "apps/memory_api/search/minilm_embedder.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <mutex>
#include <optional>

#include "embedding/model.h"

namespace memory_api::search {
namespace {

struct Count {
  std::size_t words = 0;  // runs of letters and digits; beyond ASCII everything is one
  std::size_t signs = 0;  // of ASCII: each is a token of its own
};

Count count_words(std::string_view text) {
  Count count;
  bool in_word = false;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    const bool is_letter = value >= 0x80 || std::isalnum(value) != 0;
    if (is_letter && !in_word) ++count.words;
    if (value < 0x80 && std::ispunct(value) != 0) ++count.signs;
    in_word = is_letter;
  }
  return count;
}

class MiniLmEmbedder final : public Embedder {
 public:
  explicit MiniLmEmbedder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  base::Result<Identity> start() override {
    const std::lock_guard lock(loading_);
    if (!loaded_.load()) {
      BASE_ASSIGN(auto model, embedding::Model::load(folder_));
      model_.emplace(std::move(model));
      loaded_ = true;
    }
    return Identity{"all-MiniLM-L6-v2", embedding::kDimensions};
  }

  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                      std::chrono::milliseconds /*patience*/) override {
    if (!loaded_) return base::fail(base::ErrorCode::unavailable, "the model is being read");
    return model_->embed(texts);
  }

  bool is_remote() const override { return false; }

  // The model knows English. Of other languages it has to spell what it does not know: over the questions of
  // XQuAD-R there is a word for each token in English (95 % above 0.71), half a one in Spanish and German (95
  // % below 0.69), a sixth in Russian, and Chinese is mostly unknown. There BM25 alone is better: in German
  // MRR is 0.73 by words and 0.68 with half of the trust.
  double trust(std::string_view text) const override {
    constexpr double foreign = 0.65, english = 0.75;
    return std::clamp((words_a_token(text) - foreign) / (english - foreign), 0.0, 1.0);
  }

 private:
  double words_a_token(std::string_view text) const {
    constexpr std::int32_t unknown = 100;      // [UNK] in the model's vocabulary
    constexpr std::size_t longest_look = 500;  // hardly a text of that size is cut by the tokenizer
    text = text.substr(0, longest_look);
    const embedding::Tokens tokens = model_->tokens(text);
    const auto unknown_tokens = static_cast<double>(std::ranges::count(tokens, unknown));
    const Count count = count_words(text);
    const double pieces = static_cast<double>(tokens.size()) - 2 - static_cast<double>(count.signs);
    if (pieces < 1) return 0;
    return static_cast<double>(count.words) / pieces * (1 - unknown_tokens / pieces);
  }

  std::filesystem::path folder_;
  std::mutex loading_;
  std::atomic<bool> loaded_ = false;
  std::optional<embedding::Model> model_;
};

}  // namespace

std::unique_ptr<Embedder> make_minilm_embedder(std::filesystem::path folder) {
  return std::make_unique<MiniLmEmbedder>(std::move(folder));
}

}  // namespace memory_api::search
