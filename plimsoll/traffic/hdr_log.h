// A histogram log in HdrHistogram's format, version 1.3 with V2 encoded, compressed histograms
// (github.com/HdrHistogram/HdrHistogram: HistogramLogWriter, AbstractHistogram), for the tools that draw
// them.
#pragma once

#include <span>
#include <string>

#include "base/histogram.h"
#include "plimsoll/traffic/engine/engine.h"

namespace plimsoll::traffic {

// One line a slice, latencies of all routes in nanoseconds, requests given up at their age. Values are the
// middles of our buckets, kept to 3 significant digits. `began_at` is in unix seconds.
std::string hdr_log(std::span<const LoadSlice> slices, double began_at);

// One histogram, V2 encoded, compressed (with deflate's stored blocks), base64.
std::string encode_hdr(const base::Histogram& histogram);

}  // namespace plimsoll::traffic
