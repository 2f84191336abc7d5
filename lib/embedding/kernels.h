// The arithmetic of the forward pass, once for each instruction set; the best this machine has is chosen when
// the program runs. Every result depends only on its own row: a text gets the same bits alone and in a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace embedding {

// out = left × right + bias, all row-major floats except `right`, which is packed (pack.h).
struct Product {
  const float* left;  // rows × depth, rows `left_stride` apart
  std::size_t rows;
  std::size_t depth;
  std::size_t left_stride;
  const float* right;   // depth × columns, packed for these kernels; aligned to 64 bytes
  std::size_t columns;  // a multiple of panel_columns
  const float* bias;    // `columns` values, or nullptr for none
  float* out;           // rows × columns, rows `out_stride` apart
  std::size_t out_stride;
};

// Thread-safe; none of them allocates. Lengths are multiples of 32 unless said otherwise.
struct Kernels {
  std::string_view name;      // "avx512", "avx2" or "portable"
  std::size_t panel_columns;  // columns of a packed panel; divides 32

  void (*multiply)(const Product& product);

  // x -> x Φ(x) for each of `count` values, |error| < 1e-6 · max(1, |x|).
  void (*gelu)(float* values, std::size_t count);

  // One row of attention: the first `columns` values (any number) become softmax(scale · value). The row is
  // readable and writable up to the next multiple of 32; what lies there afterwards is 0.
  void (*softmax)(float* row, std::size_t columns, float scale);

  // row = layer_norm(row + added) · gain + bias, of `columns` values; epsilon 1e-12 as the model was trained.
  void (*add_and_normalize)(float* row, const float* added, const float* gain, const float* bias,
                            std::size_t columns);

  // out[r] = sum over c of codes[r · columns + c] · query[c], for each of `rows` rows that lie close
  // together; any length. The caller sees to it that no partial sum leaves 32 bits.
  void (*multiply_codes)(const std::int8_t* codes, std::size_t rows, std::size_t columns,
                         const std::int16_t* query, std::int32_t* out);
};

// The fastest that this processor runs.
const Kernels& best_kernels();

// All that this processor runs, the fastest first.
std::span<const Kernels* const> usable_kernels();

}  // namespace embedding
