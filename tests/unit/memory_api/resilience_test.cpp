#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "apps/memory_api/resilience/circuit_breaker.h"
#include "apps/memory_api/resilience/retries.h"
#include "apps/memory_api/resilience/workers.h"

namespace memory_api::resilience {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker.failed();
  }

  base::ManualClock clock{base::UtcTime()};
  CircuitBreaker breaker{{.failures = 3, .open_time = 1s}, clock, 1};
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  fail(2);
  breaker.succeeded();
  fail(2);
  EXPECT_TRUE(breaker.allows());
  fail(1);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_FALSE(breaker.allows());
}

TEST_F(CircuitBreakerTest, LetsOneTryAfterItsTime) {
  fail(3);
  clock.advance(799ms);
  EXPECT_FALSE(breaker.allows());
  clock.advance(401ms);
  EXPECT_TRUE(breaker.allows());
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_FALSE(breaker.allows()) << "a second one at the same time";
}

TEST_F(CircuitBreakerTest, ClosesWhenTheTryWentWell) {
  fail(3);
  clock.advance(2s);
  ASSERT_TRUE(breaker.allows());
  breaker.succeeded();
  EXPECT_EQ(breaker.state(), State::closed);
  fail(2);
  EXPECT_TRUE(breaker.allows());
}

TEST_F(CircuitBreakerTest, OpensAgainWhenTheTryFailed) {
  fail(3);
  clock.advance(2s);
  ASSERT_TRUE(breaker.allows());
  breaker.failed();
  EXPECT_FALSE(breaker.allows());
  clock.advance(2s);
  EXPECT_TRUE(breaker.allows());
}

TEST_F(CircuitBreakerTest, WaitsForNoOutcomeForEver) {
  fail(3);
  clock.advance(2s);
  ASSERT_TRUE(breaker.allows());
  clock.advance(1s);
  EXPECT_TRUE(breaker.allows());
}

TEST(RetryBudget, HoldsRetriesToAShareOfTheCalls) {
  RetryBudget budget({.earned_by_a_call = 0.25, .most_saved = 2});
  EXPECT_TRUE(budget.take());
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
  for (int i = 0; i < 4; ++i) budget.called();
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
  for (int i = 0; i < 1'000; ++i) budget.called();
  EXPECT_TRUE(budget.take());
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
}

TEST(Backoff, GrowsUpToItsLimitAndIsSpread) {
  base::Random random(1);
  std::chrono::nanoseconds longest{};
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_LT(backoff(1, 10ms, 1s, random), 10ms);
    EXPECT_LT(backoff(3, 10ms, 1s, random), 40ms);
    const auto late = backoff(1'000, 10ms, 1s, random);
    EXPECT_LT(late, 1s);
    longest = std::max(longest, late);
  }
  EXPECT_GT(longest, 900ms);
}

TEST(Workers, RefuseWhatWouldWaitTooLong) {
  std::promise<void> release;
  std::promise<void> started;
  std::atomic<int> done = 0, refused = 0;
  {
    Workers workers({.threads = 1, .most_waiting = 2, .longest_wait = 1h});
    workers.submit([&](bool) {
      started.set_value();
      release.get_future().wait();
    });
    started.get_future().wait();
    for (int i = 0; i < 5; ++i) workers.submit([&](bool accepted) { ++(accepted ? done : refused); });
    EXPECT_EQ(refused, 3);
    EXPECT_EQ(workers.refused(), 3u);
    release.set_value();
  }
  EXPECT_EQ(done + refused, 5);
}

TEST(Workers, RefuseWhatHasWaitedTooLong) {
  std::promise<bool> outcome;
  Workers workers({.threads = 1, .most_waiting = 2, .longest_wait = -1ns});
  workers.submit([&](bool accepted) { outcome.set_value(accepted); });
  EXPECT_FALSE(outcome.get_future().get());
}

}  // namespace
}  // namespace memory_api::resilience
