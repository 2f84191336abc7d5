#if defined(__x86_64__)
#include <array>
#include <string_view>
#include <utility>

#include "embedding/kernel_sets.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), \
                             apply_to = function)
#include "embedding/arithmetic.h"
#pragma clang attribute pop

namespace embedding {
namespace {

struct Avx512Width {
  static constexpr std::size_t lanes = 16;
  static constexpr std::size_t rows = 12;  // 24 of 32 registers hold sums
};

}  // namespace

const Kernels& avx512_kernels() {
  static constexpr Kernels kernels = kernels_of<Avx512Width>("avx512");
  return kernels;
}

}  // namespace embedding
#endif
