#include "plimsoll/traffic/hdr_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::traffic {
namespace {

// What HdrHistogram's own Python reader (hdrhistogram 0.10) decodes to 3 × 1 ms, 1 × 2 s and 1 × 5 ns.
TEST(HdrLog, EncodesWhatHdrHistogramReads) {
  base::Histogram histogram;
  histogram.record(0.001, 3);
  histogram.record(2);
  histogram.record(5e-9);
  EXPECT_EQ(encode_hdr(histogram),
            "HISTFAAAAD14AQEyAM3/HISTEwAAAAoAAAAAAAAAAwAAAAAAAAABAABOlJFPAAA/8AAAAAAAAAkCw64BBpOvAQKL3wcO");
}

TEST(HdrLog, EncodesAnEmptyHistogram) {
  EXPECT_EQ(encode_hdr({}),
            "HISTFAAAADN4AQEoANf/HISTEwAAAAAAAAAAAAAAAwAAAAAAAAABAABOlJFPAAA/8AAAAAAAAFASBDw=");
}

TEST(HdrLog, HasALineForEachSliceWithErrorsAtTheirAge) {
  LoadSlice slice{2, 0.5, true, std::vector<RouteSlice>(1)};
  slice.routes[0].latency.record(0.001);
  slice.routes[0].latency.record_infinite();
  slice.routes[0].given_up.record(30);
  const std::string log = hdr_log(std::span(&slice, 1), 1700000000);
  EXPECT_THAT(log, testing::HasSubstr("#[StartTime: 1700000000.000 (seconds since epoch)]\n"));
  EXPECT_THAT(log, testing::HasSubstr("\n2.000,0.500,30000.000,HISTF"));
}

}  // namespace
}  // namespace plimsoll::traffic
