#include "plimsoll/traffic/engine/response_parser.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plimsoll::traffic {
namespace {

using Progress = ResponseParser::Progress;

// What a reader learns from one response on a connection that then closes.
struct Reading {
  Progress progress = Progress::more;
  int status = 0;
  bool keep_alive = false;
  std::uint64_t body = 0;
  std::size_t consumed = 0;

  bool operator==(const Reading&) const = default;
};

Reading read_pieces(const std::vector<std::string>& pieces, bool head = false, bool closes = true) {
  ResponseParser parser;
  parser.start(head);
  Reading reading;
  for (const std::string& piece : pieces) {
    const auto fed = parser.feed(piece);
    reading.progress = fed.progress;
    reading.consumed += fed.consumed;
    if (fed.progress != Progress::more) break;
  }
  if (reading.progress == Progress::more && closes) reading.progress = parser.close();
  reading.status = parser.status();
  reading.body = parser.body_bytes();
  reading.keep_alive = reading.progress == Progress::complete && parser.keep_alive();
  return reading;
}

Reading read(const std::string& bytes, bool head = false, bool closes = true) {
  return read_pieces({bytes}, head, closes);
}

std::vector<std::string> byte_by_byte(const std::string& bytes) {
  std::vector<std::string> pieces;
  for (const char byte : bytes) pieces.emplace_back(1, byte);
  return pieces;
}

const std::vector<std::string> sound_responses = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 204\r\n\r\n",
    "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
    "chunked\r\n\r\n5;ext=\"a\"\r\nhello\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\nConnection: close\r\n\r\nabc",
    "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX-Folded: a\r\n  b\r\nContent-Length: 0\r\n\r\n",
};

const std::vector<std::string> broken_responses = {
    "",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
    "HTTP/1.1 200 OK\r\nContent-Le",
    "HTTP/2 200\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 abc OK\r\n\r\n",
    "HTTP/1.1 099 Low\r\n\r\n",
    "ICY 200 OK\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
    "HTTP/1.1 200 OK\r\nName : value\r\n\r\n",
    "HTTP/1.1 200 OK\r\n: value\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabcd",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    std::string("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", 26),
};

TEST(ResponseParser, ReadsABodyByItsLength) {
  const Reading reading = read(sound_responses[0], false, false);
  EXPECT_EQ(reading, (Reading{Progress::complete, 200, true, 5, sound_responses[0].size()}));
}

TEST(ResponseParser, ReadsChunksAndTrailers) {
  const Reading reading = read(sound_responses[5], false, false);
  EXPECT_EQ(reading, (Reading{Progress::complete, 200, true, 15, sound_responses[5].size()}));
}

TEST(ResponseParser, PassesOverInterimResponses) {
  EXPECT_EQ(read(sound_responses[3]).status, 201);
  EXPECT_EQ(read(sound_responses[4]).status, 200);
}

TEST(ResponseParser, ReadsABodyThatEndsWithTheConnection) {
  const std::string bytes = "HTTP/1.1 200 OK\r\n\r\nall of this";
  EXPECT_EQ(read(bytes, false, false).progress, Progress::more);
  EXPECT_EQ(read(bytes), (Reading{Progress::complete, 200, false, 11, bytes.size()}));
}

TEST(ResponseParser, TakesNoBodyAfterHead) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n";
  EXPECT_EQ(read(bytes, true, false), (Reading{Progress::complete, 200, true, 0, bytes.size()}));
}

TEST(ResponseParser, TakesNoBodyWithStatusesThatHaveNone) {
  EXPECT_EQ(read(sound_responses[1], false, false).progress, Progress::complete);
  EXPECT_EQ(read(sound_responses[9], false, false).progress, Progress::complete);
}

TEST(ResponseParser, KnowsWhenTheConnectionMayBeUsedAgain) {
  EXPECT_TRUE(read(sound_responses[0]).keep_alive);
  EXPECT_FALSE(read(sound_responses[7]).keep_alive);                              // Connection: close
  EXPECT_TRUE(read(sound_responses[8]).keep_alive);                               // 1.0 that offers it
  EXPECT_FALSE(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").keep_alive);  // 1.0 that does not
}

TEST(ResponseParser, LeavesBytesOfNoResponseAlone) {
  const std::string one = sound_responses[0];
  const Reading reading = read(one + "HTTP/1.1 500 Surplus\r\n\r\n");
  EXPECT_EQ(reading.consumed, one.size());
  EXPECT_EQ(reading.status, 200);
}

TEST(ResponseParser, RefusesWhatIsNoResponse) {
  for (const std::string& bytes : broken_responses) {
    EXPECT_EQ(read(bytes).progress, Progress::failed) << bytes;
    EXPECT_EQ(read_pieces(byte_by_byte(bytes)).progress, Progress::failed) << bytes;
  }
}

TEST(ResponseParser, SaysWhatIsWrong) {
  ResponseParser parser;
  parser.start(false);
  parser.feed("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n");
  EXPECT_EQ(parser.problem(), "a Content-Length that is no number");
}

TEST(ResponseParser, RefusesEndlessHeaders) {
  ResponseParser parser({.header_bytes = 4096});
  parser.start(false);
  parser.feed("HTTP/1.1 200 OK\r\n");
  Progress progress = Progress::more;
  for (int line = 0; line < 1000 && progress == Progress::more; ++line)
    progress = parser.feed("X-Line: more\r\n").progress;
  EXPECT_EQ(progress, Progress::failed);
}

TEST(ResponseParser, RefusesALineWithoutEnd) {
  for (const std::string& start : {std::string("HTTP/1.1 200 "),
                                   std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;")}) {
    ResponseParser parser;
    parser.start(false);
    parser.feed(start);
    Progress progress = Progress::more;
    for (int piece = 0; piece < 100'000 && progress == Progress::more; ++piece)
      progress = parser.feed("aaaaaaaa").progress;
    EXPECT_EQ(progress, Progress::failed) << start;
  }
}

TEST(ResponseParser, RefusesEndlessInterimResponses) {
  ResponseParser parser;
  parser.start(false);
  Progress progress = Progress::more;
  for (int i = 0; i < 10'000 && progress == Progress::more; ++i)
    progress = parser.feed("HTTP/1.1 100 Continue\r\n\r\n").progress;
  EXPECT_EQ(progress, Progress::failed);
}

TEST(ResponseParser, ReadsOneResponseAfterTheOther) {
  ResponseParser parser;
  for (int round = 0; round < 3; ++round) {
    for (const std::string& bytes : sound_responses) {
      parser.start(false);
      EXPECT_TRUE(parser.untouched());
      EXPECT_EQ(parser.feed(bytes).progress, Progress::complete) << bytes;
    }
  }
}

ResponseCapture capture_pieces(const std::vector<std::string>& pieces, std::size_t body_limit = 1000) {
  ResponseCapture capture{.body_limit = body_limit, .status = 7, .body = "of the response before"};
  ResponseParser parser;
  parser.start(false, &capture);
  for (const std::string& piece : pieces) parser.feed(piece);
  return capture;
}

TEST(ResponseParser, KeepsWhatACaptureAsksFor) {
  const std::string bytes =
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 201 Created\r\nSet-Cookie: a=1\r\n"
      "Location:  /items/7 \r\nset-cookie: b=2;\r\n\t path=/\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n";
  for (const auto& pieces : {std::vector{bytes}, byte_by_byte(bytes)}) {
    const ResponseCapture capture = capture_pieces(pieces);
    EXPECT_EQ(capture.status, 201);
    EXPECT_EQ(capture.body, "hello world");
    EXPECT_FALSE(capture.body_cut);
    const std::vector<std::pair<std::string, std::string>> fields = {{"Set-Cookie", "a=1"},
                                                                     {"Location", "/items/7"},
                                                                     {"set-cookie", "b=2; path=/"},
                                                                     {"Transfer-Encoding", "chunked"}};
    EXPECT_EQ(capture.fields, fields);
    EXPECT_EQ(capture.field("location"), "/items/7");
    EXPECT_EQ(capture.field("SET-COOKIE"), "a=1");
    EXPECT_EQ(capture.field("X-Interim"), std::nullopt);
  }
}

TEST(ResponseParser, ACaptureHoldsNoMoreOfABodyThanItsLimit) {
  for (const std::string& head : {std::string("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"),
                                  std::string("HTTP/1.0 200 OK\r\n\r\n")}) {
    const std::string bytes = head + "hello world";
    for (const auto& pieces : {std::vector{bytes}, byte_by_byte(bytes)}) {
      EXPECT_EQ(capture_pieces(pieces, 7).body, "hello w");
      EXPECT_TRUE(capture_pieces(pieces, 7).body_cut);
      EXPECT_EQ(capture_pieces(pieces, 11).body, "hello world");
      EXPECT_FALSE(capture_pieces(pieces, 11).body_cut);
    }
  }
}

TEST(ResponseParser, NothingIsCapturedUnasked) {
  ResponseCapture capture;
  ResponseParser parser;
  parser.start(false, &capture);
  parser.feed(sound_responses[0]);
  parser.start(false);
  parser.feed("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_EQ(capture.status, 200);
  EXPECT_EQ(capture.body, "hello");
}

// However the bytes are cut, the same comes out.
RC_GTEST_PROP(ResponseParser, DoesNotCareWhereBytesAreCut, ()) {
  const auto& responses = *rc::gen::elementOf(std::vector{sound_responses, broken_responses});
  std::string rest = *rc::gen::elementOf(responses);
  if (*rc::gen::arbitrary<bool>()) rest += "surplus";
  const bool head = *rc::gen::arbitrary<bool>();
  const Reading whole = read(rest, head);
  std::vector<std::string> pieces;
  while (!rest.empty()) {
    const auto length = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
    pieces.push_back(rest.substr(0, length));
    rest.erase(0, length);
  }
  RC_ASSERT(read_pieces(pieces, head) == whole);
}

RC_GTEST_PROP(ResponseParser, CountsEveryByteOfABody, (const std::vector<std::string>& chunks)) {
  std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::uint64_t body = 0;
  for (const std::string& chunk : chunks) {
    if (chunk.empty()) continue;
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    bytes += size + chunk + "\r\n";
    body += chunk.size();
  }
  bytes += "0\r\n\r\n";
  RC_ASSERT(read(bytes, false, false) == (Reading{Progress::complete, 200, true, body, bytes.size()}));
}

}  // namespace
}  // namespace plimsoll::traffic
