// For every processor: what the compiler's own target has (SSE2 on x86-64, NEON on arm64).
#include "embedding/arithmetic.h"
#include "embedding/kernel_sets.h"

namespace embedding {
namespace {

struct PortableWidth {
  static constexpr std::size_t lanes = 4;
  static constexpr std::size_t rows = 6;
};

}  // namespace

const Kernels& portable_kernels() {
  static constexpr Kernels kernels = kernels_of<PortableWidth>("portable");
  return kernels;
}

}  // namespace embedding
