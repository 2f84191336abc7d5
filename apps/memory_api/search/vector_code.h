// Vectors as bytes, so that a search reads a quarter of them, with bounds that make it exact all the same.
//
// A vector v is kept as s · c: c are whole numbers of -127 … 127, s its largest value / 127. What that loses,
// e = v - s · c, has a length |e| that is kept too. A query q becomes t · d in the same way, of 16 bits, and
// loses f. Then
//
//   <q, v> = s t <d, c> + <f, s c> + <q, e>,   |<f, s c>| ≤ |f| |s c|,   |<q, e>| ≤ |q| |e|
//
// by the Cauchy–Schwarz inequality: two numbers between which <q, v> must lie, typically 0.02 apart for 384
// dimensions. Only vectors whose upper number reaches the best exact products need to be read in full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace memory_api::search {

struct VectorCode {
  float scale = 0;   // s
  float loss = 0;    // |e|, rounded up
  float length = 0;  // |s c|, rounded up
};

// `codes` has as many places as `values`, all of which are finite.
VectorCode encode(std::span<const float> values, std::span<std::int8_t> codes);

// A query, ready to be multiplied with codes of as many dimensions (1–4,096). Immutable.
class EncodedQuery {
 public:
  explicit EncodedQuery(std::span<const float> values);

  std::span<const float> values() const { return values_; }
  const std::int16_t* codes() const { return codes_.data(); }

  // What <q, v> is at most, given <d, c>.
  float upper_bound(std::int32_t product, const VectorCode& code) const {
    return scale_ * code.scale * static_cast<float>(product) + loss_ * code.length + length_ * code.loss +
           rounding_;
  }

  // <q, v> itself, in double precision.
  double product(std::span<const float> vector) const;

 private:
  std::vector<float> values_;
  std::vector<std::int16_t> codes_;
  float scale_ = 0;
  float loss_ = 0;
  float length_ = 0;
  float rounding_ = 0;  // what upper_bound's own arithmetic may lose
};

}  // namespace memory_api::search
