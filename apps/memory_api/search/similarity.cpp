#include "apps/memory_api/search/similarity.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace memory_api::search {
namespace {

constexpr double k1 = 0.2;
constexpr double b = 0.75;

constexpr std::array<std::size_t, length_classes - 1> longest = {4, 8, 12, 16, 24, 40, 80};
constexpr std::array<double, length_classes> typical = {3, 6, 10, 14, 20, 32, 60, 120};

}  // namespace

double Collection::average_length() const {
  if (memories == 0) return 1;
  return std::max(1.0, static_cast<double>(terms) / static_cast<double>(memories));
}

double inverse_document_frequency(const Collection& collection, std::size_t memories_with_term) {
  return std::log1p((static_cast<double>(collection.memories) + 1) /
                    (static_cast<double>(memories_with_term) + 0.5));
}

double saturation(const Collection& collection, double count, double length) {
  return count / (count + k1 * (1 - b + b * length / collection.average_length()));
}

int length_class(std::size_t terms) {
  return static_cast<int>(std::ranges::lower_bound(longest, terms) - longest.begin());
}

double typical_length(int length_class) {
  return typical[static_cast<std::size_t>(std::clamp(length_class, 0, length_classes - 1))];
}

}  // namespace memory_api::search
