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

struct Characters {
  std::size_t letters = 0;  // and digits; beyond ASCII everything
  std::size_t signs = 0;    // of ASCII: each is a token of its own
};

Characters count_characters(std::string_view text) {
  Characters count;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    const bool continues = (value & 0xC0) == 0x80;
    if (value >= 0x80 ? !continues : std::isalnum(value) != 0) ++count.letters;
    if (value < 0x80 && std::ispunct(value) != 0) ++count.signs;
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

  // The model knows English. Of other languages it has to spell what it does not know, so its tokens are
  // short: over the questions of XQuAD-R 4.4 letters in English (95 % above 3.2), 2.7 in Spanish and German
  // (95 % below 3.4), 1.0 in Russian, Arabic and Hindi, and Chinese is mostly unknown. There BM25 alone is
  // better: in German MRR is 0.73 by words and 0.68 with half of the trust.
  double trust(std::string_view text) const override {
    constexpr double foreign = 3.0, english = 3.4;
    return std::clamp((letters_a_token(text) - foreign) / (english - foreign), 0.0, 1.0);
  }

 private:
  double letters_a_token(std::string_view text) const {
    constexpr std::int32_t unknown = 100;      // [UNK] in the model's vocabulary
    constexpr std::size_t longest_look = 500;  // no text of that size is cut by the tokenizer
    text = text.substr(0, longest_look);
    const embedding::Tokens tokens = model_->tokens(text);
    const auto unknown_tokens = std::ranges::count(tokens, unknown);
    const Characters characters = count_characters(text);
    const double words = static_cast<double>(tokens.size()) - 2 - static_cast<double>(characters.signs);
    if (words < 1) return 0;
    return static_cast<double>(characters.letters) / words *
           (1 - static_cast<double>(unknown_tokens) / words);
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
