// One histogram as HdrHistogram encodes it: V2, compressed, in base64
// (github.com/HdrHistogram/HdrHistogram, AbstractHistogram.encodeIntoCompressedByteBuffer and
// ZigZagEncoding).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace plimsoll::formats {

// A bucket that is not empty: the lowest and the highest value that count as equal there, and how many did.
struct HdrCount {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t count = 0;

  bool operator==(const HdrCount&) const = default;
};

// Ascending. corrupt for what is no such histogram or is cut, unsupported for other versions (V0, V1, double
// histograms, a shifted index), too_large past 16 MiB of counts.
base::Result<std::vector<HdrCount>> decode_hdr_histogram(std::string_view base64);

}  // namespace plimsoll::formats
