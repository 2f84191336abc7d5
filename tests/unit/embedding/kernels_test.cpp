#include "embedding/kernels.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "embedding/packed_matrix.h"

namespace embedding {
namespace {

std::vector<float> random_values(std::size_t count, float spread = 1) {
  std::mt19937 random(static_cast<unsigned>(count));
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

// Every instruction set that this processor has.
class EachKernels : public testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels = *GetParam();
};
INSTANTIATE_TEST_SUITE_P(Kernels, EachKernels, testing::ValuesIn(usable_kernels()),
                         [](const auto& info) { return std::string(info.param->name); });

struct Factors {
  std::size_t rows, depth, columns;
  std::vector<float> left = random_values(rows * depth);
  std::vector<float> right = random_values(depth * columns + 1);  // row-major
  std::vector<float> bias = random_values(columns + 2);
};

std::vector<float> multiplied(const Kernels& kernels, const Factors& factors, std::size_t rows) {
  AlignedFloats packed(factors.depth * factors.columns);
  pack({factors.right.data(), factors.depth, factors.columns, factors.columns, 1}, kernels.panel_columns,
       packed.data());
  std::vector<float> out(rows * factors.columns);
  kernels.multiply({factors.left.data(), rows, factors.depth, factors.depth, packed.data(), factors.columns,
                    factors.bias.data(), out.data(), factors.columns});
  return out;
}

TEST_P(EachKernels, MultiplyCodesIsTheExactProductForEveryLength) {
  for (std::size_t columns = 1; columns <= 100; ++columns) {
    std::vector<std::int8_t> codes(3 * columns);
    std::vector<std::int16_t> query(columns);
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::int8_t>(i * 37 % 255 - 127);
    for (std::size_t i = 0; i < columns; ++i)
      query[i] = static_cast<std::int16_t>(i * 7'919 % 65'535 - 32'767);
    std::array<std::int32_t, 3> out{};
    kernels.multiply_codes(codes.data(), 3, columns, query.data(), out.data());
    for (std::size_t row = 0; row < 3; ++row) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < columns; ++i) sum += std::int64_t{codes[row * columns + i]} * query[i];
      ASSERT_EQ(out[row], sum) << columns << " columns, row " << row;
    }
  }
}

TEST_P(EachKernels, MultiplyIsTheProductForEveryNumberOfRows) {
  for (std::size_t rows = 1; rows <= 30; ++rows) {
    const Factors factors{rows, 37, 64};
    const auto out = multiplied(kernels, factors, rows);
    for (std::size_t i = 0; i < out.size(); ++i) {
      double sum = factors.bias[i % 64];
      for (std::size_t k = 0; k < 37; ++k) {
        sum += static_cast<double>(factors.left[i / 64 * 37 + k]) * factors.right[k * 64 + i % 64];
      }
      ASSERT_NEAR(out[i], sum, 2e-5) << rows << " rows, value " << i;
    }
  }
}

TEST_P(EachKernels, ARowIsBitForBitTheSameAloneAndAmongOthers) {
  const Factors factors{29, 384, 96};
  const auto all = multiplied(kernels, factors, 29);
  const auto one = multiplied(kernels, factors, 1);
  EXPECT_EQ(one, std::vector<float>(all.begin(), all.begin() + 96));
}

TEST_P(EachKernels, GeluIsXTimesTheNormalDistribution) {
  std::vector<float> values = random_values(4096, 4);
  values[0] = 0;
  values[1] = 100;
  values[2] = -100;
  const std::vector<float> before = values;
  kernels.gelu(values.data(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = before[i];
    ASSERT_NEAR(values[i], x * 0.5 * std::erfc(-x / std::numbers::sqrt2), 1e-6 * std::max(1.0, std::abs(x)))
        << x;
  }
}

TEST_P(EachKernels, SoftmaxSharesOutOne) {
  for (const std::size_t columns : {1u, 2u, 31u, 32u, 33u, 256u}) {
    std::vector<float> row = random_values(256, 30);
    const std::vector<float> before = row;
    kernels.softmax(row.data(), columns, 0.5F);
    double sum = 0;
    const double top =
        *std::max_element(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(columns));
    for (std::size_t i = 0; i < columns; ++i) sum += std::exp((before[i] - top) * 0.5);
    for (std::size_t i = 0; i < columns; ++i) {
      ASSERT_NEAR(row[i], std::exp((before[i] - top) * 0.5) / sum, 1e-6)
          << columns << " columns, value " << i;
    }
    for (std::size_t i = columns; i < (columns + 31) / 32 * 32; ++i) ASSERT_EQ(row[i], 0);
  }
}

TEST_P(EachKernels, LayerNormHasTheGivenMeanAndSpread) {
  std::vector<float> row = random_values(384, 3);
  const std::vector<float> before = row, added = random_values(384), gain = random_values(384), bias = gain;
  kernels.add_and_normalize(row.data(), added.data(), gain.data(), bias.data(), 384);
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < 384; ++i) mean += (before[i] + added[i]) / 384.0;
  for (std::size_t i = 0; i < 384; ++i) square += std::pow(before[i] + added[i] - mean, 2) / 384;
  for (std::size_t i = 0; i < 384; ++i) {
    ASSERT_NEAR(row[i], (before[i] + added[i] - mean) / std::sqrt(square) * gain[i] + bias[i], 1e-5);
  }
}

TEST(Kernels, TheBestAreUsableAndThePortableAlwaysThere) {
  EXPECT_EQ(&best_kernels(), usable_kernels().front());
  EXPECT_EQ(usable_kernels().back()->name, "portable");
  for (const Kernels* kernels : usable_kernels()) EXPECT_EQ(32 % kernels->panel_columns, 0U);
}

TEST(Pack, FillsTheLastPanelWithZeros) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};  // 2 rows of 3
  std::vector<float> out(8, -1);
  pack({values.data(), 2, 3, 3, 1}, 2, out.data());
  EXPECT_THAT(out, testing::ElementsAre(1, 2, 4, 5, 3, 0, 6, 0));
}

}  // namespace
}  // namespace embedding
