// Load accounting without a socket: outcomes with times of our own, and what becomes of them.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "plimsoll/traffic/engine/collector.h"
#include "plimsoll/traffic/engine/tally.h"
#include "plimsoll/traffic/load_document.h"
#include "plimsoll/traffic/slice_keeper.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;

Outcome answered(base::Nanoseconds due, base::Nanoseconds sent, base::Nanoseconds done, int status = 200) {
  return {0, due, sent, done, status, error_of(status, StatusSet::success())};
}

TEST(Accounting, LatencyRunsFromDueAndServiceTimeFromSent) {
  RouteTally tally;
  tally.record(answered(100ms, 300ms, 400ms));
  const RouteSlice slice = tally.slice();
  EXPECT_NEAR(slice.latency.max(), 0.3, 1e-9);
  EXPECT_NEAR(slice.service_time.max(), 0.1, 1e-9);
}

TEST(Accounting, EveryDueRequestCounts) {
  RouteTally tally;
  tally.record(answered(0ms, 0ms, 10ms));
  tally.record({0, 0ms, 1ms, 30ms, 0, ErrorKind::reset});           // sent and lost
  tally.record({0, 0ms, std::nullopt, 5s, 0, ErrorKind::timeout});  // never sent
  tally.record(answered(0ms, 0ms, 20ms, 503));
  const RouteSlice slice = tally.slice();
  EXPECT_EQ(slice.requests, 4);
  EXPECT_EQ(total(slice.errors), 3);
  EXPECT_EQ(slice.latency.count(), 4);
  EXPECT_EQ(slice.service_time.count(), 3);
}

TEST(Accounting, ErrorsAreInfiniteForRulesAndHaveTheirAgeInTheResult) {
  RouteTally tally;
  tally.record(answered(0ms, 0ms, 10ms));
  tally.record({0, 0ms, std::nullopt, 5s, 0, ErrorKind::timeout});
  tally.record(answered(0ms, 0ms, 20ms, 500));
  EXPECT_EQ(tally.slice().latency.infinite(), 2);
  RouteResult result;
  tally.add_to(result);
  EXPECT_EQ(result.latency.infinite(), 0);
  EXPECT_NEAR(result.latency.max(), 5, 1e-9);
  EXPECT_EQ(result.latency.count(), 3);
  EXPECT_EQ(result.responses, (std::map<int, std::uint64_t>{{200, 1}, {500, 1}}));
}

TEST(Accounting, OpenRequestsHaveTheirAgeAndAreNoErrors) {
  RouteTally tally;
  tally.record_open({0, 1s, 1s, 3s, 0, std::nullopt});
  EXPECT_EQ(tally.slice().requests, 1);
  EXPECT_EQ(total(tally.slice().errors), 0);
  EXPECT_NEAR(tally.slice().latency.max(), 2, 1e-9);
}

TEST(Accounting, AResponseThatCameWholeHadItsFirstByteWithItsLast) {
  RouteTally tally;
  tally.record(answered(0ms, 1ms, 10ms));
  Outcome streamed = answered(0ms, 1ms, 500ms);
  streamed.first_byte = 20ms;
  streamed.first_event = 30ms;
  tally.record(streamed);
  const RouteSlice slice = tally.slice();
  EXPECT_EQ(slice.latency.count(), 2);
  EXPECT_NEAR(slice.latency.max(), 0.5, 1e-9);
  EXPECT_EQ(slice.first_byte.count(), 2);
  EXPECT_NEAR(slice.first_byte.min(), 0.01, 1e-9);
  EXPECT_NEAR(slice.first_byte.max(), 0.02, 1e-9);
  EXPECT_EQ(slice.first_event.count(), 1);
  EXPECT_NEAR(slice.first_event.max(), 0.03, 1e-9);
}

TEST(Accounting, AStreamThatBreaksOffHasALastGap) {
  RouteTally tally;
  tally.record_gap({100ms, 1});
  tally.record_gap({0ms, 3});
  Outcome broken{0, 0ms, 1ms, 900ms, 0, ErrorKind::reset};
  broken.first_byte = broken.first_event = 20ms;
  broken.last_event = 400ms;
  tally.record(broken);
  EXPECT_EQ(tally.slice().event_gap.count(), 5);
  EXPECT_EQ(tally.slice().event_gap.infinite(), 1);
  EXPECT_EQ(tally.slice().first_byte.infinite(), 1);
  RouteResult result;
  tally.add_to(result);
  EXPECT_EQ(result.event_gap.infinite(), 0);
  EXPECT_NEAR(result.event_gap.max(), 0.5, 1e-9);
}

TEST(Accounting, BoundsOnTheFirstByteAreCountedExactly) {
  LoadPlan plan;
  plan.routes.resize(1);
  plan.latency_edges = {0.2};
  plan.first_byte_edges = {0.015};
  SliceTally tally = make_slice_tally(plan);
  tally[0].record(answered(0ms, 0ms, 14ms));
  Outcome pieces = answered(0ms, 0ms, 300ms);
  pieces.first_byte = 16ms;
  tally[0].record(pieces);
  EXPECT_EQ(tally[0].slice().first_byte.count_at_or_below(0.015), 1);
  EXPECT_EQ(tally[0].slice().latency.count_at_or_below(0.2), 1);
}

TEST(Accounting, SortsErrorsByKind) {
  const StatusSet ok = StatusSet::success();
  EXPECT_FALSE(error_of(200, ok));
  EXPECT_FALSE(error_of(304, ok));
  EXPECT_EQ(error_of(404, ok), ErrorKind::http_4xx);
  EXPECT_EQ(error_of(599, ok), ErrorKind::http_5xx);
  StatusSet created;
  created.add(201, 201);
  EXPECT_EQ(error_of(200, created), ErrorKind::check);
  StatusSet missing;
  missing.add(404, 404);
  EXPECT_FALSE(error_of(404, missing));
}

TEST(Accounting, MergedTalliesSayTheSameAsOne) {
  RouteTally one;
  RouteTally left;
  RouteTally right;
  for (int i = 0; i < 100; ++i) {
    const Outcome outcome =
        answered(0ms, 1ms, std::chrono::milliseconds(2 + i), i % 10 == 0 ? 500 : 200 + i % 3);
    one.record(outcome);
    (i % 2 == 0 ? left : right).record(outcome);
  }
  left.merge(right);
  RouteResult whole;
  RouteResult merged;
  one.add_to(whole);
  left.add_to(merged);
  EXPECT_EQ(merged.latency, whole.latency);
  EXPECT_EQ(merged.service_time, whole.service_time);
  EXPECT_EQ(merged.responses, whole.responses);
  EXPECT_EQ(merged.errors, whole.errors);
  EXPECT_EQ(left.slice().latency, one.slice().latency);
}

TEST(Accounting, CountsBoundsOfRulesExactly) {
  const double edge = 0.0501;
  RouteTally tally(std::span(&edge, 1), {});
  for (int i = 0; i < 100; ++i) tally.record(answered(0ms, 0ms, std::chrono::microseconds(50'000 + 2 * i)));
  EXPECT_EQ(tally.slice().latency.count_at_or_below(edge), 51);
}

TEST(Collector, HandsOutASliceWhenEveryWorkerHasAddedToIt) {
  Collector collector(2);
  const auto tally = [] {
    SliceTally made(1);
    made[0].record(answered(0ms, 0ms, 1ms));
    return made;
  };
  collector.deliver(0, 0, tally());
  EXPECT_FALSE(collector.take(0ms));
  collector.deliver(1, 0, tally());
  const auto slice = collector.take(0ms);
  ASSERT_TRUE(slice);
  EXPECT_EQ(slice->index, 0);
  EXPECT_EQ(slice->tally[0].slice().requests, 2);
  collector.deliver(0, 3, tally());
  collector.finish(1);
  EXPECT_TRUE(collector.take(0ms));
  EXPECT_FALSE(collector.finished());
  collector.finish(0);
  EXPECT_TRUE(collector.finished());
}

LoadSlice slice_of(int index, std::uint64_t requests) {
  LoadSlice slice{static_cast<double>(index), 1, true, std::vector<RouteSlice>(1)};
  slice.routes[0].requests = requests;
  slice.routes[0].latency.record(0.001, requests);
  return slice;
}

TEST(SliceKeeper, KeepsEverythingInAtMostSoManySlices) {
  SliceKeeper keeper(8);
  std::uint64_t requests = 0;
  for (int i = 0; i < 1000; ++i) {
    keeper.add(slice_of(i, static_cast<std::uint64_t>(i)));
    requests += static_cast<std::uint64_t>(i);
  }
  const auto slices = keeper.take();
  EXPECT_LE(slices.size(), 8);
  EXPECT_GE(slices.size(), 4);
  double end = 0;
  std::uint64_t kept = 0;
  for (const LoadSlice& slice : slices) {
    EXPECT_DOUBLE_EQ(slice.start_seconds, end);
    end = slice.start_seconds + slice.seconds;
    kept += slice.routes[0].requests;
    EXPECT_EQ(slice.routes[0].latency.count(), slice.routes[0].requests);
  }
  EXPECT_DOUBLE_EQ(end, 1000);
  EXPECT_EQ(kept, requests);
}

TEST(LoadDocument, HasEveryKeyOfTheInterface) {
  LoadResult result;
  result.open = true;
  result.intended_rate = 100;
  RouteTally tally;
  tally.record(answered(0ms, 0ms, 10ms));
  tally.record(answered(0ms, 0ms, 10ms, 404));
  tally.add_to(result.all);
  result.routes.emplace_back("list", result.all);
  const auto json = to_json(result);
  EXPECT_EQ(json["mode"], "open");
  EXPECT_EQ(json["corrected"], true);
  EXPECT_EQ(json["requests"], 2);
  EXPECT_EQ(json["responses"], (base::OrderedJson{{"200", 1}, {"404", 1}}));
  for (const char* key : {"total", "rate", "dns", "connect", "tls", "timeout", "reset", "protocol",
                          "http_4xx", "http_5xx", "check"}) {
    EXPECT_TRUE(json["errors"].contains(key)) << key;
  }
  EXPECT_EQ(json["errors"]["rate"], 0.5);
  for (const char* key : {"count", "mean", "stddev", "min", "p50", "p90", "p95", "p99", "p999", "max"}) {
    EXPECT_TRUE(json["latency_seconds"][key].is_number()) << key;
    EXPECT_TRUE(json["service_time_seconds"].contains(key)) << key;
  }
  for (const char* key : {"saturated", "cpu_seconds", "max_rss_bytes", "late_sends"})
    EXPECT_TRUE(json["generator"].contains(key));
  EXPECT_EQ(json["routes"]["list"]["requests"], 2);
}

TEST(LoadDocument, NumbersThatDoNotExistAreNull) {
  const auto json = to_json(LoadResult{});
  EXPECT_TRUE(json["latency_seconds"]["p99"].is_null());
  EXPECT_TRUE(json["errors"]["rate"].is_null());
  EXPECT_TRUE(json["rate"]["intended_per_second"].is_null());
  EXPECT_EQ(json["corrected"], false);
}

}  // namespace
}  // namespace plimsoll::traffic
