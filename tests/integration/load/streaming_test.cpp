// Streamed responses: when their first byte, their first event and each further one came.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/process.h"
#include "tests/integration/load/load_runs.h"
#include "tests/support/waiting.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto pause_before_event = 30ms;

std::string as_chunk(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

bool send_slowly(Peer& peer, const std::string& head, const std::vector<std::string>& events) {
  if (!peer.send(head)) return false;
  for (const std::string& event : events) {
    testing_support::take_time(pause_before_event);
    if (!peer.send(as_chunk(event))) return false;
  }
  return peer.send("0\r\n\r\n");
}

bool stream_events(Peer& peer, int) {
  return send_slowly(
      peer, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
      {"data: one\n\n", "data: two\n\n: alive\n\n", "data: three\r\n\r\n", "data: [DONE]\n\n"});
}

TEST(Streaming, TimesTheEventsOfAStream) {
  const ScriptedServer server(stream_events);
  const LoadResult result = run(server, closed(2, 6));
  EXPECT_EQ(result.all.responses.at(200), 6);
  EXPECT_EQ(result.all.first_byte.count(), 6);
  EXPECT_EQ(result.all.first_event.count(), 6);
  EXPECT_EQ(result.all.event_gap.count(), 18);
  EXPECT_GE(result.all.first_event.min(), 0.029);
  EXPECT_GE(result.all.latency.min(), 0.119);
  EXPECT_GE(result.all.latency.min(), result.all.first_event.min());
  EXPECT_LE(result.all.first_byte.min(), result.all.first_event.min());
  EXPECT_GT(result.all.event_gap.mean(), 0.02);
  expect_sound(result);
}

TEST(Streaming, EventsThatComeAtOnceHaveNoGap) {
  const ScriptedServer server([](Peer& peer, int) {
    return peer.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 27\r\n\r\n"
        "data: 1\n\ndata: 2\n\ndata: 3\n\n");
  });
  const LoadResult result = run(server, closed(1, 5));
  EXPECT_EQ(result.all.first_event.count(), 5);
  EXPECT_EQ(result.all.event_gap.count(), 10);
}

TEST(Streaming, ChunksOfAnyOtherStreamAreItsEvents) {
  const ScriptedServer server([](Peer& peer, int) {
    return send_slowly(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", {"{\"a\":", "1", "}"});
  });
  const LoadResult result = run(server, closed(1, 3));
  EXPECT_EQ(result.all.first_event.count(), 3);
  EXPECT_EQ(result.all.event_gap.count(), 6);
}

TEST(Streaming, WhatComesWholeIsNoStream) {
  const ScriptedServer server([](Peer& peer, int request) {
    return peer.send(request % 2 == 0 ? std::string(ok_response)
                                      : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                            as_chunk("a") + as_chunk("b") + "0\r\n\r\n");
  });
  const LoadResult result = run(server, closed(1, 20));
  EXPECT_EQ(result.all.first_byte.count(), 20);
  EXPECT_EQ(result.all.first_event.count(), 0);
  EXPECT_EQ(result.all.event_gap.count(), 0);
}

TEST(Streaming, AStreamThatBreaksOffIsNotForgotten) {
  const ScriptedServer server([](Peer& peer, int request) {
    if (request % 2 == 0) return stream_events(peer, request);
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n");
    testing_support::take_time(pause_before_event);
    peer.reset();
    return false;
  });
  base::Histogram first_event;
  base::Histogram gap;
  const LoadEvents events{.on_slice =
                              [&](const LoadSlice& slice) {
                                first_event.merge(slice.routes[0].first_event);
                                gap.merge(slice.routes[0].event_gap);
                              },
                          .stop = {}};
  const LoadResult result = run(plan_for(server.url(), closed(1, 6)), events);
  EXPECT_EQ(count(result, ErrorKind::reset), 3);
  EXPECT_EQ(first_event.infinite(), 3);
  EXPECT_EQ(gap.infinite(), 3);
  EXPECT_EQ(result.all.event_gap.count(), 3 * 3 + 3);
  expect_sound(result);
}

TEST(Streaming, IsInTheDocumentAndInRules) {
  const ScriptedServer server(stream_events);
  base::ProcessOptions process;
  process.arguments = {PLIMSOLL_BIN_DIR "/plimsoll",
                       "load",
                       server.url(),
                       "-n",
                       "40",
                       "-c",
                       "8",
                       "--json",
                       "--threshold",
                       "load.first_event p50 < 20s",
                       "--threshold",
                       "load.event_gap p50 < 20s",
                       "--threshold",
                       "load.first_byte p50 < 20s"};
  const auto exit = base::run_process(process, 60s);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 0) << exit->error_tail;
  const auto json = base::parse_json(exit->output_tail, "output");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["first_event_seconds"]["count"], 40);
  EXPECT_EQ((*json)["event_gap_seconds"]["count"], 120);
  EXPECT_EQ((*json)["routes"]["/"]["first_byte_seconds"]["count"], 40);
  EXPECT_EQ((*json)["judgements"].size(), 3);
}

}  // namespace
}  // namespace plimsoll::traffic
