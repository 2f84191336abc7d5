// The right side of a product in the order in which the kernels read it.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "base/error.h"
#include "embedding/kernels.h"
#include "embedding/safetensors.h"

namespace embedding {

// Floats that begin at a cache line; not initialised. The size is fixed.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(std::size_t size);

  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Release {
    void operator()(float* values) const { ::operator delete[](values, std::align_val_t{64}); }
  };
  std::unique_ptr<float[], Release> values_;
  std::size_t size_ = 0;
};

// Panel after panel of `panel` columns; in a panel row after row. Column c of row k comes from
// values[c · column_step + k · row_step]; columns from `columns` to the next multiple of `panel` are 0.
struct Source {
  const float* values;
  std::size_t rows;
  std::size_t columns;
  std::size_t row_step;
  std::size_t column_step;
};
void pack(const Source& source, std::size_t panel, float* out);

// A dense layer: out = in × weights + bias, with what PyTorch calls weight (outputs × inputs) and bias.
// Several of the same inputs may stand side by side, as query, key and value do.
class DenseLayer {
 public:
  // `names` without ".weight" and ".bias". Outputs are a multiple of 32.
  static base::Result<DenseLayer> read(const SafetensorsFile& file, std::span<const std::string> names,
                                       std::size_t inputs, std::size_t outputs_each, const Kernels& kernels);

  // `rows` rows, close together on both sides.
  void apply(const Kernels& kernels, const float* in, std::size_t rows, float* out) const;

  std::size_t outputs() const { return bias_.size(); }

 private:
  std::size_t inputs_ = 0;
  AlignedFloats weights_;
  std::vector<float> bias_;
};

}  // namespace embedding
