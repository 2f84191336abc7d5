#if defined(__x86_64__)
#include <array>
#include <string_view>
#include <utility>

#include "embedding/kernel_sets.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "embedding/arithmetic.h"
#pragma clang attribute pop

namespace embedding {
namespace {

struct Avx2Width {
  static constexpr std::size_t lanes = 8;
  static constexpr std::size_t rows = 6;  // 12 of 16 registers hold sums
};

}  // namespace

const Kernels& avx2_kernels() {
  static constexpr Kernels kernels = kernels_of<Avx2Width>("avx2");
  return kernels;
}

}  // namespace embedding
#endif
