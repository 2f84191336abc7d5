// all-MiniLM-L6-v2 (384 values a text), computed here: the same tokens as the `tokenizers` library, and
// vectors that agree with sentence-transformers' to a cosine of at least .99999 (docs/embedding.md).
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "embedding/encoder.h"
#include "embedding/tokenizer.h"

namespace embedding {

// Immutable, so thread-safe; share one between all callers. Resident: 44 MB, and 17 kB a token while
// embedding.
class Model {
 public:
  // A folder that holds model.safetensors and vocab.txt, directly or in folders of it (as a wheel has them).
  // not_found where there is none, saying how to get it; corrupt, io.
  static base::Result<Model> load(const std::filesystem::path& folder);

  // The vector of each text, in order, at unit length; bit for bit the same alone and among others. Uses the
  // calling thread alone, unless more `threads` are asked for. Errors: io, corrupt (the file changed).
  base::Result<std::vector<Vector>> embed(std::span<const std::string_view> texts, int threads = 1) const;
  base::Result<Vector> embed(std::string_view text) const;

  // As the model sees a text, with [CLS] and [SEP]; at most kMostTokens.
  Tokens tokens(std::string_view text) const { return tokenizer_.tokens(text); }

  // "avx512", "avx2" or "portable".
  std::string_view instruction_set() const { return best_kernels().name; }

 private:
  Model(Tokenizer tokenizer, Encoder encoder)
      : tokenizer_(std::move(tokenizer)), encoder_(std::move(encoder)) {}

  Tokenizer tokenizer_;
  Encoder encoder_;
};

// Whether load would find its files in a folder; reads none of them.
bool has_model(const std::filesystem::path& folder);

// Where an installed program finds the model: ../share/plimsoll from its own folder.
std::filesystem::path model_folder_of(const std::filesystem::path& program);

}  // namespace embedding
