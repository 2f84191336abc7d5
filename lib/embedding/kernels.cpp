#include "embedding/kernels.h"

#include <vector>

#include "embedding/kernel_sets.h"

namespace embedding {
namespace {

std::vector<const Kernels*> find_usable() {
  std::vector<const Kernels*> usable;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") != 0 &&
                      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
  if (avx512) usable.push_back(&avx512_kernels());
  if (avx2) usable.push_back(&avx2_kernels());
#endif
  usable.push_back(&portable_kernels());
  return usable;
}

}  // namespace

std::span<const Kernels* const> usable_kernels() {
  static const std::vector<const Kernels*> usable = find_usable();
  return usable;
}

const Kernels& best_kernels() {
  return *usable_kernels().front();
}

}  // namespace embedding
