#include "plimsoll/probes/omitted_waiting.h"

#include <gtest/gtest.h>

namespace plimsoll::probes {
namespace {

TEST(OmittedWaiting, WarnsOfClosedLoopsAlone) {
  for (const char* format : {"k6-summary", "k6-csv", "locust-stats", "oha", "autocannon"}) {
    const auto warning = omitted_waiting(format, "mix");
    ASSERT_TRUE(warning) << format;
    EXPECT_EQ(warning->rule, "latency-omits-waiting");
    EXPECT_EQ(warning->severity, model::Severity::low);
    EXPECT_FALSE(warning->fingerprint.empty());
    EXPECT_NE(warning->fingerprint, omitted_waiting(format, "other")->fingerprint);
  }
  EXPECT_TRUE(judges_by_exit_code("k6-csv"));
  EXPECT_FALSE(judges_by_exit_code("oha"));
  for (const char* format : {"vegeta", "junit", ""}) EXPECT_FALSE(omitted_waiting(format, "mix")) << format;
}

}  // namespace
}  // namespace plimsoll::probes
