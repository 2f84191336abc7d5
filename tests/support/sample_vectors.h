// Unit vectors like those of texts: in themes, and within these about subjects. Deterministic.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace memory_api::testing {

// A vector is a subject's centre and noise, `spread` times as long; a subject's centre lies about a theme's
// in the same way, eight to a theme. With a spread of 0.5 two of one subject have a cosine of about 0.8, two
// of one theme of 0.64, and others of 0; a large spread leaves no clusters at all.
class SampleVectors {
 public:
  SampleVectors(std::size_t dimensions, std::size_t subjects, double spread, std::uint64_t seed)
      : dimensions_(dimensions), spread_(spread), random_(seed) {
    constexpr std::size_t subjects_a_theme = 8;
    const std::vector<float> nowhere(dimensions);
    std::vector<float> theme;
    for (std::size_t i = 0; i < subjects; ++i) {
      if (i % subjects_a_theme == 0) theme = near(nowhere);
      centres_.push_back(near(theme));
    }
  }

  std::vector<float> next() { return near(centres_[random_() % centres_.size()]); }

 private:
  std::vector<float> near(const std::vector<float>& centre) {
    const double deviation = spread_ / std::sqrt(static_cast<double>(dimensions_));
    std::vector<float> vector(dimensions_);
    double squares = 0;
    for (std::size_t i = 0; i < dimensions_; ++i) {
      vector[i] = centre[i] + static_cast<float>(deviation * normal_(random_));
      squares += static_cast<double>(vector[i]) * vector[i];
    }
    for (float& value : vector) value = static_cast<float>(value / std::sqrt(squares));
    return vector;
  }

  std::size_t dimensions_;
  double spread_;
  std::mt19937_64 random_;
  std::normal_distribution<float> normal_;
  std::vector<std::vector<float>> centres_;
};

}  // namespace memory_api::testing
