#include "plimsoll/formats/measure_unit.h"

#include <gtest/gtest.h>

namespace plimsoll::formats {
namespace {

using model::Better;

TEST(MeasureUnit, TimesAreSecondsAndLowerIsBetter) {
  EXPECT_EQ(measure_unit("ns"), (MeasureUnit{"seconds", 1e-9, Better::lower}));
  EXPECT_EQ(measure_unit("ms/op"), (MeasureUnit{"seconds", 1e-3, Better::lower}));
  EXPECT_EQ(measure_unit("s/op"), (MeasureUnit{"seconds", 1, Better::lower}));
}

TEST(MeasureUnit, OperationsByTimeArePerSecondAndHigherIsBetter) {
  EXPECT_EQ(measure_unit("ops/s"), (MeasureUnit{"per_second", 1, Better::higher}));
  EXPECT_EQ(measure_unit("ops/ms").name, "per_second");
  EXPECT_NEAR(measure_unit("ops/ms").scale, 1000, 1e-9);
  EXPECT_EQ(measure_unit("ops/ms").better, Better::higher);
  EXPECT_EQ(measure_unit("MB/s"), (MeasureUnit{"bytes_per_second", 1e6, Better::higher}));
}

TEST(MeasureUnit, SizesAndSharesAndCounts) {
  EXPECT_EQ(measure_unit("KiB"), (MeasureUnit{"bytes", 1024, Better::lower}));
  EXPECT_EQ(measure_unit("B/op").name, "bytes");
  EXPECT_EQ(measure_unit("allocs/op"), (MeasureUnit{"count", 1, Better::lower}));
  EXPECT_EQ(measure_unit("%").scale, 0.01);
}

TEST(MeasureUnit, AnythingElseIsKeptAsItStands) {
  EXPECT_EQ(measure_unit("widgets"), (MeasureUnit{"widgets", 1, Better::neither}));
  EXPECT_EQ(measure_unit("/s").name, "/s");
}

}  // namespace
}  // namespace plimsoll::formats
