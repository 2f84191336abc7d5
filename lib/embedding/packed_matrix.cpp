#include "embedding/packed_matrix.h"

#include <algorithm>

namespace embedding {
namespace {

// One matrix, panel by panel: the file holds the columns of a panel one after the other.
base::Status read_packed(const SafetensorsFile& file, const Tensor& tensor, std::size_t inputs,
                         std::size_t outputs, std::size_t panel, float* out) {
  std::vector<float> columns(inputs * panel);
  for (std::size_t column = 0; column < outputs; column += panel) {
    BASE_TRY(file.read(tensor, column * inputs, columns));
    pack({columns.data(), inputs, panel, 1, inputs}, panel, out + column * inputs);
  }
  return {};
}

}  // namespace

AlignedFloats::AlignedFloats(std::size_t size)
    : values_(static_cast<float*>(::operator new[](size * sizeof(float), std::align_val_t{64}))),
      size_(size) {}

void pack(const Source& source, std::size_t panel, float* out) {
  for (std::size_t first = 0; first < source.columns; first += panel) {
    const float* from = source.values + first * source.column_step;
    const std::size_t wide = std::min(panel, source.columns - first);
    for (std::size_t row = 0; row < source.rows; ++row, from += source.row_step, out += panel) {
      for (std::size_t i = 0; i < wide; ++i) out[i] = from[i * source.column_step];
      std::fill(out + wide, out + panel, 0.0F);
    }
  }
}

base::Result<DenseLayer> DenseLayer::read(const SafetensorsFile& file, std::span<const std::string> names,
                                          std::size_t inputs, std::size_t outputs_each,
                                          const Kernels& kernels) {
  DenseLayer layer;
  layer.inputs_ = inputs;
  layer.weights_ = AlignedFloats(inputs * outputs_each * names.size());
  layer.bias_.resize(outputs_each * names.size());
  float* weights = layer.weights_.data();
  std::span<float> bias = layer.bias_;
  for (const std::string& name : names) {
    BASE_ASSIGN(const Tensor matrix, file.find(name + ".weight", {outputs_each, inputs}));
    BASE_TRY(read_packed(file, matrix, inputs, outputs_each, kernels.panel_columns, weights));
    BASE_ASSIGN(const Tensor offsets, file.find(name + ".bias", {outputs_each}));
    BASE_TRY(file.read(offsets, 0, bias.first(outputs_each)));
    weights += inputs * outputs_each;
    bias = bias.subspan(outputs_each);
  }
  return layer;
}

void DenseLayer::apply(const Kernels& kernels, const float* in, std::size_t rows, float* out) const {
  kernels.multiply({in, rows, inputs_, inputs_, weights_.data(), outputs(), bias_.data(), out, outputs()});
}

}  // namespace embedding
