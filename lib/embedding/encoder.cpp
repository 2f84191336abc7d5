#include "embedding/encoder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace embedding {
namespace {

using base::ErrorCode;

constexpr std::size_t kLayers = 6;
constexpr std::size_t kHeads = 12;
constexpr std::size_t kHeadDimensions = kDimensions / kHeads;
constexpr std::size_t kFeedForward = 1536;
constexpr std::size_t kPositions = 512;   // in the file; texts have fewer
constexpr std::size_t kTypes = 2;         // first and second text of a pair; there is only a first here
constexpr std::size_t kRowMultiple = 32;  // kernels work on rows of such lengths

std::size_t round_up(std::size_t count) {
  return (count + kRowMultiple - 1) / kRowMultiple * kRowMultiple;
}

base::Result<std::vector<float>> read_all(const SafetensorsFile& file, std::string_view name,
                                          const std::vector<std::uint64_t>& shape) {
  BASE_ASSIGN(const Tensor tensor, file.find(name, shape));
  std::vector<float> values((tensor.end - tensor.begin) / sizeof(float));
  BASE_TRY(file.read(tensor, 0, values));
  return values;
}

// The mean of some rows, divided by its length.
Vector pooled(const float* rows, std::size_t count) {
  std::array<double, kDimensions> sum = {};
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t i = 0; i < kDimensions; ++i) sum[i] += rows[row * kDimensions + i];
  }
  double square = 0;
  for (const double value : sum) square += value * value;
  const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
  Vector vector(kDimensions);
  std::ranges::transform(sum, vector.begin(),
                         [&](double value) { return static_cast<float>(value * scale); });
  return vector;
}

}  // namespace

// What one pass writes: a row for each token, and one head's scores.
struct Encoder::Work {
  Work(std::size_t all_tokens, std::size_t longest_text)
      : tokens(all_tokens),
        hidden(all_tokens * kDimensions),
        query_key_value(all_tokens * kDimensions * 3),
        context(all_tokens * kDimensions),
        projected(all_tokens * kDimensions),
        inner(all_tokens * kFeedForward),
        keys(kHeadDimensions * round_up(longest_text)),
        values(kHeadDimensions * longest_text),
        scores(longest_text * round_up(longest_text)) {}

  std::size_t tokens;
  AlignedFloats hidden, query_key_value, context, projected, inner;
  AlignedFloats keys, values, scores;
};

base::Result<Encoder> Encoder::read(SafetensorsFile file, const Kernels& kernels) {
  Encoder encoder(std::move(file), kernels);
  BASE_TRY(encoder.read_embeddings());
  for (std::size_t i = 0; i < kLayers; ++i) {
    BASE_ASSIGN(Layer layer, encoder.read_layer(i));
    encoder.layers_.push_back(std::move(layer));
  }
  return encoder;
}

base::Status Encoder::read_embeddings() {
  constexpr std::string_view words = "embeddings.word_embeddings.weight";
  const auto found = file_.tensors().find(words);
  if (found != file_.tensors().end() && !found->second.shape.empty()) words_ = found->second.shape.front();
  BASE_ASSIGN(word_vectors_, file_.find(words, {words_, kDimensions}));
  BASE_ASSIGN(positions_,
              read_all(file_, "embeddings.position_embeddings.weight", {kPositions, kDimensions}));
  BASE_ASSIGN(const auto types,
              read_all(file_, "embeddings.token_type_embeddings.weight", {kTypes, kDimensions}));
  positions_.resize(kMostTokens * kDimensions);
  for (std::size_t i = 0; i < positions_.size(); ++i) positions_[i] += types[i % kDimensions];
  BASE_ASSIGN(after_look_up_, read_norm("embeddings.LayerNorm"));
  return {};
}

base::Result<Encoder::Norm> Encoder::read_norm(const std::string& name) const {
  Norm norm;
  BASE_ASSIGN(norm.gain, read_all(file_, name + ".weight", {kDimensions}));
  BASE_ASSIGN(norm.bias, read_all(file_, name + ".bias", {kDimensions}));
  return norm;
}

base::Result<Encoder::Layer> Encoder::read_layer(std::size_t number) const {
  const std::string name = fmt::format("encoder.layer.{}.", number);
  const auto dense = [&](std::vector<std::string> names, std::size_t inputs, std::size_t outputs) {
    for (std::string& each : names) each.insert(0, name);
    return DenseLayer::read(file_, names, inputs, outputs, *kernels_);
  };
  Layer layer;
  BASE_ASSIGN(layer.query_key_value,
              dense({"attention.self.query", "attention.self.key", "attention.self.value"}, kDimensions,
                    kDimensions));
  BASE_ASSIGN(layer.attention_out, dense({"attention.output.dense"}, kDimensions, kDimensions));
  BASE_ASSIGN(layer.after_attention, read_norm(name + "attention.output.LayerNorm"));
  BASE_ASSIGN(layer.up, dense({"intermediate.dense"}, kDimensions, kFeedForward));
  BASE_ASSIGN(layer.down, dense({"output.dense"}, kFeedForward, kDimensions));
  BASE_ASSIGN(layer.after_feed_forward, read_norm(name + "output.LayerNorm"));
  return layer;
}

base::Result<std::vector<Vector>> Encoder::encode(std::span<const Tokens> texts) const {
  std::size_t tokens = 0, longest = 0;
  for (const Tokens& text : texts) {
    if (text.empty() || text.size() > kMostTokens) {
      return base::fail(ErrorCode::invalid_argument, fmt::format("a text of {} tokens", text.size()));
    }
    tokens += text.size();
    longest = std::max(longest, text.size());
  }
  Work work(tokens, longest);
  BASE_TRY(look_up(texts, work));
  for (const Layer& layer : layers_) apply(layer, texts, work);
  std::vector<Vector> vectors;
  const float* rows = work.hidden.data();
  for (const Tokens& text : texts) {
    vectors.push_back(pooled(rows, text.size()));
    rows += text.size() * kDimensions;
  }
  return vectors;
}

base::Status Encoder::look_up(std::span<const Tokens> texts, Work& work) const {
  float* row = work.hidden.data();
  for (const Tokens& text : texts) {
    const float* position = positions_.data();
    for (const std::int32_t token : text) {
      if (token < 0 || static_cast<std::size_t>(token) >= words_) {
        return base::fail(ErrorCode::invalid_argument, fmt::format("the model has no word {}", token));
      }
      BASE_TRY(
          file_.read(word_vectors_, static_cast<std::uint64_t>(token) * kDimensions, {row, kDimensions}));
      kernels_->add_and_normalize(row, position, after_look_up_.gain.data(), after_look_up_.bias.data(),
                                  kDimensions);
      row += kDimensions;
      position += kDimensions;
    }
  }
  return {};
}

void Encoder::apply(const Layer& layer, std::span<const Tokens> texts, Work& work) const {
  layer.query_key_value.apply(*kernels_, work.hidden.data(), work.tokens, work.query_key_value.data());
  std::size_t first = 0;
  for (const Tokens& text : texts) {
    attend(first, text.size(), work);
    first += text.size();
  }
  layer.attention_out.apply(*kernels_, work.context.data(), work.tokens, work.projected.data());
  add_and_normalize(layer.after_attention, work.projected.data(), work);
  layer.up.apply(*kernels_, work.hidden.data(), work.tokens, work.inner.data());
  kernels_->gelu(work.inner.data(), work.inner.size());
  layer.down.apply(*kernels_, work.inner.data(), work.tokens, work.projected.data());
  add_and_normalize(layer.after_feed_forward, work.projected.data(), work);
}

// softmax(Q Kᵀ / √32) V of one text, head by head.
void Encoder::attend(std::size_t first, std::size_t tokens, Work& work) const {
  constexpr std::size_t stride = kDimensions * 3;
  const float scale = 1 / std::sqrt(static_cast<float>(kHeadDimensions));
  const std::size_t wide = round_up(tokens);
  for (std::size_t head = 0; head < kHeads; ++head) {
    const float* query = work.query_key_value.data() + first * stride + head * kHeadDimensions;
    pack({query + kDimensions, kHeadDimensions, tokens, 1, stride}, kernels_->panel_columns,
         work.keys.data());
    pack({query + 2 * kDimensions, tokens, kHeadDimensions, stride, 1}, kernels_->panel_columns,
         work.values.data());
    const std::size_t columns =
        (tokens + kernels_->panel_columns - 1) / kernels_->panel_columns * kernels_->panel_columns;
    kernels_->multiply({query, tokens, kHeadDimensions, stride, work.keys.data(), columns, nullptr,
                        work.scores.data(), wide});
    for (std::size_t i = 0; i < tokens; ++i) kernels_->softmax(work.scores.data() + i * wide, tokens, scale);
    kernels_->multiply({work.scores.data(), tokens, tokens, wide, work.values.data(), kHeadDimensions,
                        nullptr, work.context.data() + first * kDimensions + head * kHeadDimensions,
                        kDimensions});
  }
}

void Encoder::add_and_normalize(const Norm& norm, const float* added, Work& work) const {
  for (std::size_t i = 0; i < work.tokens; ++i) {
    kernels_->add_and_normalize(work.hidden.data() + i * kDimensions, added + i * kDimensions,
                                norm.gain.data(), norm.bias.data(), kDimensions);
  }
}

}  // namespace embedding
