#include <csignal>
#include <future>

#include <gtest/gtest.h>

#include "apps/memory_api/api/fault.h"

namespace memory_api::api {
namespace {

std::vector<memory::Scored> ranked(std::size_t count) {
  std::vector<memory::Scored> found(count);
  for (std::size_t i = 0; i < count; ++i) found[i].score = 1.0 / static_cast<double>(i + 1);
  return found;
}

TEST(Fault, NoneLeavesEverythingAlone) {
  Fault fault(FaultKind::none);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(fault.strikes_request());
  auto found = ranked(3);
  fault.disturb_ranking(found);
  EXPECT_EQ(found.size(), 3u);
  EXPECT_EQ(found.front().score, 1.0);
}

TEST(Fault, ErrorsStrikeThreePercent) {
  Fault fault(FaultKind::errors);
  int struck = 0;
  for (int i = 0; i < 3300; ++i) struck += fault.strikes_request() ? 1 : 0;
  EXPECT_EQ(struck, 100);
}

TEST(Fault, RankingReversesAndLosesTheBest) {
  Fault fault(FaultKind::ranking);
  auto found = ranked(6);
  fault.disturb_ranking(found);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_LT(found.front().score, found.back().score);
  EXPECT_EQ(found.back().score, 1.0 / 3);
  found.clear();
  fault.disturb_ranking(found);
  EXPECT_TRUE(found.empty());
}

TEST(Fault, SlowDelaysEveryThirdReadAndNoWrite) {
  std::atomic<int> at_once = 0;
  std::promise<void> last;
  Fault fault(FaultKind::slow);
  fault.release(false, [&] { ++at_once; });
  fault.release(true, [&] { ++at_once; });
  fault.release(true, [&] { ++at_once; });
  EXPECT_EQ(at_once, 3);
  const auto before = std::chrono::steady_clock::now();
  fault.release(true, [&] { last.set_value(); });
  last.get_future().wait();
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(250));
}

TEST(Fault, SlowForgetsNoAnswerWhenItEnds) {
  int answered = 0;
  {
    Fault fault(FaultKind::slow);
    for (int i = 0; i < 9; ++i) fault.release(true, [&] { ++answered; });
  }
  EXPECT_EQ(answered, 9);
}

TEST(FaultDeathTest, CrashRaisesSigsegv) {
  EXPECT_EXIT(
      {
        Fault fault(FaultKind::crash);
        for (int i = 0; i < 1000; ++i) fault.strikes_request();
      },
      testing::KilledBySignal(SIGSEGV), "");
}

TEST(Fault, HasNames) {
  EXPECT_EQ(parse_fault("crash"), FaultKind::crash);
  EXPECT_FALSE(parse_fault("none"));
}

}  // namespace
}  // namespace memory_api::api
