// The kernels that were compiled in, whether this processor runs them or not; kernels.cpp chooses.
#pragma once

#include "embedding/kernels.h"

namespace embedding {

const Kernels& portable_kernels();
#if defined(__x86_64__)
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();
#endif

}  // namespace embedding
