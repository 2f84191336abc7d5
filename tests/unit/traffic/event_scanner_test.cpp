#include "plimsoll/traffic/engine/event_scanner.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "plimsoll/traffic/engine/response_parser.h"

namespace plimsoll::traffic {
namespace {

std::uint64_t events_in(std::string_view stream, std::size_t piece = 1000) {
  EventScanner scanner;
  std::uint64_t events = 0;
  for (std::size_t at = 0; at < stream.size(); at += piece) events += scanner.feed(stream.substr(at, piece));
  return events;
}

struct Stream {
  std::string_view bytes;
  std::uint64_t events;
};

const std::vector<Stream> streams = {
    {"data: one\n\ndata: two\n\n", 2},
    {"data: one\r\n\r\ndata: two\r\n\r\n", 2},
    {"data: one\r\rdata: two\r\r", 2},
    {"data: one\n\r\ndata: two\r\n\r", 2},
    {"event: token\nid: 7\ndata: {\"a\":1}\ndata: more\n\n", 1},
    {": keeps the connection alive\n\n: again\n\ndata: x\n\n", 1},
    {"retry: 1000\n\n", 0},
    {"data\n\n", 1},  // a field with an empty value
    {"data:\n\n", 1},
    {"dat: x\n\ndatax: y\n\n", 0},
    {"data: not ended", 0},
    {"data: not ended\n", 0},
    {"\n\n\n\ndata: x\n\n\n\n", 1},
    {"", 0},
};

TEST(EventScanner, CountsEventsThatABlankLineEnds) {
  for (const Stream& stream : streams) EXPECT_EQ(events_in(stream.bytes), stream.events) << stream.bytes;
}

TEST(EventScanner, DoesNotCareWhereBytesAreCut) {
  for (const Stream& stream : streams) {
    for (std::size_t piece = 1; piece < 6; ++piece)
      EXPECT_EQ(events_in(stream.bytes, piece), stream.events) << stream.bytes << piece;
  }
}

RC_GTEST_PROP(EventScanner, CountsTheSameInAnyPieces, (const std::string& noise)) {
  const auto parts = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("data", "data: x", ":", "\n", "\r", "\r\n", "\n\n", "id: 1", noise));
  std::string stream;
  for (const std::string& part : parts) stream += part;
  const auto piece = *rc::gen::inRange<std::size_t>(1, 9);
  RC_ASSERT(events_in(stream, piece) == events_in(stream, stream.size() + 1));
}

std::uint64_t events_of(const std::string& response) {
  ResponseParser parser;
  parser.start(false);
  parser.feed(response);
  return parser.events();
}

TEST(ResponseParser, CountsTheEventsOfAStream) {
  const std::string stream = "Content-Type: text/event-stream; charset=utf-8\r\n";
  EXPECT_EQ(events_of("HTTP/1.1 200 OK\r\n" + stream + "\r\ndata: 1\n\ndata: 2\n\n"), 2);
  EXPECT_EQ(events_of("HTTP/1.1 200 OK\r\n" + stream +
                      "Transfer-Encoding: chunked\r\n\r\n6\r\ndata: \r\n9\r\n1\n\ndata:2\r\n2\r\n\n\n\r\n"),
            2);
}

TEST(ResponseParser, CountsTheChunksOfAnyOtherBody) {
  EXPECT_EQ(events_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\nx\r\n0\r\n\r\n"),
            2);
  EXPECT_EQ(events_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ndata: 1\n\n"), 0);
}

}  // namespace
}  // namespace plimsoll::traffic
