// The forward pass of all-MiniLM-L6-v2: a BERT encoder (Devlin et al. 2019, section 3; Vaswani et al. 2017)
// of 6 layers with 384 values a token, 12 heads and feed-forward layers of 1,536; then the mean over a text's
// tokens, at unit length.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "embedding/kernels.h"
#include "embedding/packed_matrix.h"
#include "embedding/safetensors.h"
#include "embedding/tokenizer.h"

namespace embedding {

inline constexpr std::size_t kDimensions = 384;
using Vector = std::vector<float>;

// Immutable once read, so thread-safe; 43 MB resident.
class Encoder {
 public:
  // Takes the file over: a text's word vectors, half of the model, are read from it when needed.
  static base::Result<Encoder> read(SafetensorsFile file, const Kernels& kernels);

  // One vector for each text, in one pass over the weights, on the calling thread. There is no padding: the
  // tokens of all texts stand behind one another. Memory: 17 kB a token. Errors: io, corrupt, and
  // invalid_argument for a text of no token, of more than kMostTokens, or with a token of no word vector.
  base::Result<std::vector<Vector>> encode(std::span<const Tokens> texts) const;

  std::size_t words() const { return words_; }

 private:
  struct Norm {
    std::vector<float> gain, bias;
  };
  struct Layer {
    DenseLayer query_key_value, attention_out, up, down;
    Norm after_attention, after_feed_forward;
  };
  struct Work;

  explicit Encoder(SafetensorsFile file, const Kernels& kernels)
      : file_(std::move(file)), kernels_(&kernels) {}
  base::Status read_embeddings();
  base::Result<Norm> read_norm(const std::string& name) const;
  base::Result<Layer> read_layer(std::size_t number) const;

  base::Status look_up(std::span<const Tokens> texts, Work& work) const;
  void apply(const Layer& layer, std::span<const Tokens> texts, Work& work) const;
  void attend(std::size_t first, std::size_t tokens, Work& work) const;
  void add_and_normalize(const Norm& norm, const float* added, Work& work) const;

  SafetensorsFile file_;
  const Kernels* kernels_;
  Tensor word_vectors_;
  std::size_t words_ = 0;
  std::vector<float> positions_;  // kMostTokens × kDimensions, the type vector added
  Norm after_look_up_;
  std::vector<Layer> layers_;
};

}  // namespace embedding
