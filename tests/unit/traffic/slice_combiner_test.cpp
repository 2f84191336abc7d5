#include "plimsoll/traffic/slice_combiner.h"

#include <gtest/gtest.h>

namespace plimsoll::traffic {
namespace {

LoadSlice slice_of(double start, std::uint64_t requests) {
  LoadSlice slice{start, 1, true, {}};
  slice.routes.emplace_back().requests = requests;
  return slice;
}

struct Fixture : testing::Test {
  Fixture() {
    LoadSlice empty;
    empty.routes.resize(2);
    combiner = std::make_unique<SliceCombiner>(std::vector<SliceCombiner::Part>{{0, 0}, {1, 2}}, 1.0, empty,
                                               [this](const LoadSlice& slice) { seen.push_back(slice); });
  }
  std::vector<LoadSlice> seen;
  std::unique_ptr<SliceCombiner> combiner;
};

using SliceCombinerTest = Fixture;

TEST_F(SliceCombinerTest, HandsOutWhatNobodyCanAddTo) {
  combiner->add(0, slice_of(0, 5));
  combiner->add(0, slice_of(1, 6));
  ASSERT_EQ(seen.size(), 2);  // the second part begins two seconds later
  combiner->add(0, slice_of(2, 7));
  EXPECT_EQ(seen.size(), 2);
  combiner->add(1, slice_of(0, 9));
  ASSERT_EQ(seen.size(), 3);
  EXPECT_EQ(seen[2].start_seconds, 2);
  EXPECT_EQ(seen[2].routes[0].requests, 7);
  EXPECT_EQ(seen[2].routes[1].requests, 9);
  EXPECT_EQ(seen[0].routes[1].requests, 0);
}

TEST_F(SliceCombinerTest, ADoneOneHoldsUpNobody) {
  combiner->finish(0);
  combiner->add(1, slice_of(0, 1));
  EXPECT_EQ(seen.size(), 1);
  combiner->add(1, slice_of(5, 1));  // empty slices are left out
  combiner->finish(1);
  EXPECT_EQ(seen.size(), 2);
  EXPECT_EQ(seen[1].start_seconds, 7);
}

}  // namespace
}  // namespace plimsoll::traffic
