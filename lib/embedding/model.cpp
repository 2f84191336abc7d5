#include "embedding/model.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"

namespace embedding {
namespace {

using base::ErrorCode;
namespace fs = std::filesystem;

constexpr std::string_view kWeights = "model.safetensors";
constexpr std::string_view kVocabulary = "vocab.txt";
constexpr int kDeepest = 4;

// A pass serves about so many tokens: enough that reading the weights costs nothing beside the arithmetic,
// few enough that what it writes stays in the cache.
constexpr std::size_t kTokensOfPass = 128;

bool holds_model(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kWeights, error) && fs::is_regular_file(folder / kVocabulary, error);
}

// The first in order of name, so that the same one is found each time.
std::optional<fs::path> find_model(const fs::path& folder, int depth = 0) {
  if (holds_model(folder)) return folder;
  if (depth == kDeepest) return std::nullopt;
  const auto names = base::system_files().list(folder);
  if (!names) return std::nullopt;
  for (const std::string& name : *names) {
    std::error_code error;
    if (!fs::is_directory(folder / name, error)) continue;
    if (auto found = find_model(folder / name, depth + 1)) return found;
  }
  return std::nullopt;
}

// Texts that go through the weights together, [begin, end).
struct Pass {
  std::size_t begin, end;
};

std::vector<Pass> plan_passes(std::span<const Tokens> texts) {
  std::vector<Pass> passes;
  std::size_t tokens = kTokensOfPass;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (tokens + texts[i].size() > kTokensOfPass) {
      passes.push_back({i, i});
      tokens = 0;
    }
    passes.back().end = i + 1;
    tokens += texts[i].size();
  }
  return passes;
}

// Takes passes until none is left or one fails, on as many threads as asked for.
class Passes {
 public:
  Passes(const Encoder& encoder, std::span<const Tokens> texts)
      : encoder_(encoder),
        texts_(texts),
        passes_(plan_passes(texts)),
        failures_(passes_.size()),
        vectors_(texts.size()) {}

  base::Result<std::vector<Vector>> run(int threads) {
    const auto wanted = std::min<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)), passes_.size());
    {
      std::vector<std::jthread> helpers;
      for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back([this] { work(); });
      work();
    }
    for (auto& failure : failures_) {
      if (failure) return std::unexpected(*std::move(failure));
    }
    return std::move(vectors_);
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < passes_.size(); i = next_++) {
      const Pass pass = passes_[i];
      auto vectors = encoder_.encode(texts_.subspan(pass.begin, pass.end - pass.begin));
      if (!vectors) {
        failures_[i] = std::move(vectors).error();
        next_ = passes_.size();
        return;
      }
      std::ranges::move(*vectors, vectors_.begin() + static_cast<std::ptrdiff_t>(pass.begin));
    }
  }

  const Encoder& encoder_;
  std::span<const Tokens> texts_;
  std::vector<Pass> passes_;
  std::vector<std::optional<base::Error>> failures_;  // each written by the thread that took its pass
  std::vector<Vector> vectors_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace

base::Result<Model> Model::load(const fs::path& folder) {
  const auto found = find_model(folder);
  if (!found) {
    return base::fail(ErrorCode::not_found,
                      fmt::format("there is no {} with {} in {}", kWeights, kVocabulary, folder.string()),
                      "./dev setup fetches all-MiniLM-L6-v2");
  }
  const fs::path vocabulary_file = *found / kVocabulary;
  BASE_ASSIGN(std::string pieces, base::read_file(vocabulary_file));
  BASE_ASSIGN(Vocabulary vocabulary, Vocabulary::parse(std::move(pieces), vocabulary_file.string()));
  BASE_ASSIGN(Tokenizer tokenizer, Tokenizer::create(std::move(vocabulary)));
  BASE_ASSIGN(SafetensorsFile file, SafetensorsFile::open(*found / kWeights));
  BASE_ASSIGN(Encoder encoder, Encoder::read(std::move(file), best_kernels()));
  if (encoder.words() < tokenizer.vocabulary().size()) {
    return base::fail(ErrorCode::corrupt,
                      fmt::format("{} has {} pieces, {} vectors for {}", vocabulary_file.string(),
                                  tokenizer.vocabulary().size(), kWeights, encoder.words()));
  }
  return Model(std::move(tokenizer), std::move(encoder));
}

base::Result<std::vector<Vector>> Model::embed(std::span<const std::string_view> texts, int threads) const {
  std::vector<Tokens> tokens(texts.size());
  std::ranges::transform(texts, tokens.begin(),
                         [&](std::string_view text) { return tokenizer_.tokens(text); });
  return Passes(encoder_, tokens).run(threads);
}

base::Result<Vector> Model::embed(std::string_view text) const {
  BASE_ASSIGN(auto vectors, embed(std::span(&text, 1)));
  return std::move(vectors.front());
}

bool has_model(const fs::path& folder) {
  return find_model(folder).has_value();
}

fs::path model_folder_of(const fs::path& program) {
  return program.parent_path().parent_path() / "share" / "plimsoll";
}

}  // namespace embedding
