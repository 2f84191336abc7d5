// The kernels' code, written once on vectors of Width::lanes floats. Each kernels_*.cpp names its instruction
// set in a `#pragma clang attribute` around this header, so that no function of the standard library is
// compiled for a processor that may not be there. A Width is a type of one such file alone: { lanes, rows },
// where `rows` rows of two vectors each are summed in registers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "embedding/kernels.h"

namespace embedding {

template <class Width>
struct Arithmetic {
  static constexpr std::size_t lanes = Width::lanes;
  static constexpr std::size_t panel = 2 * lanes;
  using Vector = float __attribute__((vector_size(lanes * sizeof(float))));
  using Bits = std::int32_t __attribute__((vector_size(lanes * sizeof(float))));
  using Tile = void (*)(const Product&, std::size_t row, std::size_t column);

  static void multiply(const Product& product) {
    const std::size_t tiles = (product.rows + Width::rows - 1) / Width::rows;
    for (std::size_t column = 0; column < product.columns; column += panel) {
      for (std::size_t tile = 0; tile < tiles; ++tile) {  // of nearly equal height: 13 rows are 7 and 6
        const std::size_t row = product.rows * tile / tiles;
        const std::size_t end = product.rows * (tile + 1) / tiles;
        tile_of[end - row - 1](product, row, column);
      }
    }
  }

  static void gelu(float* values, std::size_t count) {
    for (std::size_t i = 0; i < count; i += lanes) store(values + i, gelu(load(values + i)));
  }

  static void softmax(float* row, std::size_t columns, float scale) {
    const std::size_t end = (columns + 31) / 32 * 32;
    for (std::size_t i = columns; i < end; ++i) row[i] = -1e30F;  // e^x of it is 0
    const Vector top = all(largest(row, end) * scale);
    Vector sum = {};
    for (std::size_t i = 0; i < end; i += lanes) {
      const Vector power = exp(load(row + i) * scale - top);
      sum += power;
      store(row + i, power);
    }
    const float share = 1.0F / total(sum);
    for (std::size_t i = 0; i < end; i += lanes) store(row + i, load(row + i) * share);
  }

  static void add_and_normalize(float* row, const float* added, const float* gain, const float* bias,
                                std::size_t columns) {
    Vector sum = {};
    for (std::size_t i = 0; i < columns; i += lanes) {
      const Vector value = load(row + i) + load(added + i);
      sum += value;
      store(row + i, value);
    }
    const float mean = total(sum) / static_cast<float>(columns);
    Vector squares = {};
    for (std::size_t i = 0; i < columns; i += lanes) {
      const Vector away = load(row + i) - mean;
      squares += away * away;
    }
    const float scale = 1.0F / __builtin_sqrtf(total(squares) / static_cast<float>(columns) + 1e-12F);
    for (std::size_t i = 0; i < columns; i += lanes) {
      store(row + i, (load(row + i) - mean) * scale * load(gain + i) + load(bias + i));
    }
  }

  // In the one form of which compilers make the instruction for it (vpmaddwd, smlal).
  static void multiply_codes(const std::int8_t* codes, std::size_t rows, std::size_t columns,
                             const std::int16_t* query, std::int32_t* out) {
    for (std::size_t row = 0; row < rows; ++row, codes += columns) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < columns; ++i) sum += std::int32_t{codes[i]} * std::int32_t{query[i]};
      out[row] = sum;
    }
  }

 private:
  static Vector load(const float* from) {
    Vector value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
  }
  static void store(float* to, Vector value) { __builtin_memcpy(to, &value, sizeof value); }
  static Vector all(float value) { return value - Vector{}; }

  static float total(Vector value) {
    float sum = 0;
    for (std::size_t i = 0; i < lanes; ++i) sum += value[i];
    return sum;
  }

  static float largest(const float* row, std::size_t count) {
    Vector top = load(row);
    for (std::size_t i = lanes; i < count; i += lanes) {
      const Vector value = load(row + i);
      top = value > top ? value : top;
    }
    float largest = top[0];
    for (std::size_t i = 1; i < lanes; ++i) largest = top[i] > largest ? top[i] : largest;
    return largest;
  }

  // Rows × panel sums in registers; each goes once over the depth, in order.
  template <std::size_t Rows>
  static void tile(const Product& product, std::size_t row, std::size_t column) {
    const std::size_t stride = product.left_stride;
    const float* left = product.left + row * stride;
    const float* right = product.right + column * product.depth;
    Vector sums[Rows][2] = {};
    if (product.bias != nullptr) {
      for (auto& sum : sums) {
        sum[0] = load(product.bias + column);
        sum[1] = load(product.bias + column + lanes);
      }
    }
    for (std::size_t k = 0; k < product.depth; ++k, right += panel) {
      const Vector first = load(right), second = load(right + lanes);
#pragma unroll
      for (std::size_t i = 0; i < Rows; ++i) {
        const Vector value = all(left[i * stride + k]);
        sums[i][0] += value * first;
        sums[i][1] += value * second;
      }
    }
    float* out = product.out + row * product.out_stride + column;
    for (const auto& sum : sums) {
      store(out, sum[0]);
      store(out + lanes, sum[1]);
      out += product.out_stride;
    }
  }

  static constexpr auto tile_of = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<Tile, sizeof...(I)>{&tile<I + 1>...};
  }(std::make_index_sequence<Width::rows>());

  // e^x for x <= 0: 2^n times the Taylor series on |r| <= ln 2 / 2, whose rest is below 6e-9; 0 below -87.
  static Vector exp(Vector x) {
    constexpr float round = 12582912.0F;  // 1.5 · 2^23: adding it leaves no room for a fraction
    const Vector clamped = x < -87.0F ? all(-87.0F) : x;
    const Vector n = (clamped * 1.44269504F + round) - round;
    const Vector r = clamped - n * 0.693145752F - n * 1.42860677e-6F;  // ln 2 in two parts
    Vector power = all(1.0F / 5040);
    for (const float factor : {1.0F / 720, 1.0F / 120, 1.0F / 24, 1.0F / 6, 0.5F, 1.0F, 1.0F}) {
      power = power * r + factor;
    }
    const Bits exponent = (__builtin_convertvector(n, Bits) + 127) << 23;
    Vector scale;
    __builtin_memcpy(&scale, &exponent, sizeof scale);
    return x < -87.0F ? Vector{} : power * scale;
  }

  // x Φ(x) with erf after Abramowitz and Stegun 7.1.26 (|error| <= 1.5e-7).
  static Vector gelu(Vector x) {
    const Vector size = (x < 0.0F ? -x : x) * 0.707106781F;
    const Vector t = 1.0F / (1.0F + 0.3275911F * size);
    Vector tail = all(1.061405429F);
    for (const float factor : {-1.453152027F, 1.421413741F, -0.284496736F, 0.254829592F}) {
      tail = tail * t + factor;
    }
    tail = 0.5F * tail * t * exp(-size * size);  // 1 - Φ(|x|)
    return x * (x < 0.0F ? tail : 1.0F - tail);
  }
};

template <class Width>
constexpr Kernels kernels_of(std::string_view name) {
  using Code = Arithmetic<Width>;
  return {name,
          Code::panel,
          &Code::multiply,
          &Code::gelu,
          &Code::softmax,
          &Code::add_and_normalize,
          &Code::multiply_codes};
}

}  // namespace embedding
