#include "apps/memory_api/search/vector_code.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace memory_api::search {
namespace {

constexpr float up = 1.000001F;  // more than rounding to float can take away

float largest(std::span<const float> values) {
  float most = 0;
  for (const float value : values) most = std::max(most, std::abs(value));
  return most;
}

// The whole number nearest to value / scale.
float level(float value, float scale, float most) {
  return scale == 0 ? 0 : std::clamp(std::nearbyint(value / scale), -most, most);
}

// Codes are summed in 32 bits: the more dimensions, the fewer levels the query may have.
float most_levels(std::size_t dimensions) {
  constexpr std::size_t most = std::numeric_limits<std::int32_t>::max() / 127;
  constexpr std::size_t of_16_bits = std::numeric_limits<std::int16_t>::max();
  return static_cast<float>(std::min(of_16_bits, most / std::max<std::size_t>(dimensions, 1)));
}

}  // namespace

VectorCode encode(std::span<const float> values, std::span<std::int8_t> codes) {
  constexpr float levels = 127;
  const float scale = largest(values) / levels;
  double loss = 0, length = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float code = level(values[i], scale, levels);
    codes[i] = static_cast<std::int8_t>(code);
    const double kept = static_cast<double>(scale) * code;
    loss += (values[i] - kept) * (values[i] - kept);
    length += kept * kept;
  }
  return {scale, static_cast<float>(std::sqrt(loss)) * up, static_cast<float>(std::sqrt(length)) * up};
}

EncodedQuery::EncodedQuery(std::span<const float> values)
    : values_(values.begin(), values.end()), codes_(values.size()) {
  const float levels = most_levels(values.size());
  scale_ = largest(values) / levels;
  double loss = 0, length = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float code = level(values[i], scale_, levels);
    codes_[i] = static_cast<std::int16_t>(code);
    const double lost = values[i] - static_cast<double>(scale_) * code;
    loss += lost * lost;
    length += static_cast<double>(values[i]) * values[i];
  }
  loss_ = static_cast<float>(std::sqrt(loss)) * up;
  length_ = static_cast<float>(std::sqrt(length)) * up;
  rounding_ = length_ * 2e-6F;  // vectors are of unit length: a few units in the last place of |q| |v|
}

double EncodedQuery::product(std::span<const float> vector) const {
  double sum = 0;
  const std::size_t dimensions = std::min(vector.size(), values_.size());
  for (std::size_t i = 0; i < dimensions; ++i) sum += static_cast<double>(values_[i]) * vector[i];
  return sum;
}

}  // namespace memory_api::search
