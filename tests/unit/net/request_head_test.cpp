#include "net/request_head.h"

#include <gtest/gtest.h>

namespace net {
namespace {

TEST(RequestHead, EndsAtItsEmptyLine) {
  EXPECT_EQ(head_length("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"), 27u);
  EXPECT_FALSE(head_length("GET / HTTP/1.1\r\nHost: a\r\n\r"));
  EXPECT_EQ(skip_empty_lines("\r\n\r\nGET"), 4u);
  EXPECT_EQ(skip_empty_lines("GET"), 0u);
}

TEST(RequestHead, AllowsOnlyPairedLineEnds) {
  EXPECT_FALSE(check_characters("GET / HTTP/1.1\r\nA: \tb\xc3\xa4\r\n\r"));
  for (const char* text : {"GET /\n", "a\rb", "\x01", "a\x7f", "a: b\x1b[0m"})
    EXPECT_TRUE(check_characters(text));
  EXPECT_TRUE(check_characters(std::string_view("a\0b", 3)));
}

TEST(RequestHead, RefusesFoldedAndNamelessLines) {
  const std::string start = "GET / HTTP/1.1\r\n";
  EXPECT_FALSE(check_head_lines(start + "Host: a\r\nX-Empty:\r\n\r\n"));
  for (const char* lines : {"A: b\r\n c\r\n\r\n", "A: b\r\n\tc\r\n\r\n", "A : b\r\n\r\n", ": b\r\n\r\n",
                            "Ab\r\n\r\n", "A(: b\r\n\r\n"}) {
    EXPECT_TRUE(check_head_lines(start + lines)) << lines;
  }
  EXPECT_TRUE(check_head_lines("GET\t/ HTTP/1.1\r\n\r\n"));
}

int status_of(int version, Headers headers) {
  const auto problem = check_head_fields(version, headers);
  return problem ? problem->status : 200;
}

TEST(RequestHead, WantsOneHost) {
  EXPECT_EQ(status_of(11, {{"Host", "a:80"}}), 200);
  EXPECT_EQ(status_of(11, {{"Host", ""}}), 200);
  EXPECT_EQ(status_of(11, {{"host", "[::1]:80"}}), 200);
  EXPECT_EQ(status_of(10, {}), 200);
  EXPECT_EQ(status_of(11, {}), 400);
  EXPECT_EQ(status_of(11, {{"Host", "a"}, {"HOST", "a"}}), 400);
  for (const char* host : {"a b", "a/b", "a?b", "a:b", "u@a", "a,b"})
    EXPECT_EQ(status_of(11, {{"Host", host}}), 400);
}

TEST(RequestHead, WantsOneFraming) {
  const auto with = [](Headers more) {
    more.push_back({"Host", "a"});
    return status_of(11, std::move(more));
  };
  EXPECT_EQ(with({{"Content-Length", "12"}}), 200);
  EXPECT_EQ(with({{"Transfer-Encoding", "Chunked"}}), 200);
  EXPECT_EQ(with({{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}}), 400);
  EXPECT_EQ(with({{"Content-Length", "1"}, {"Content-Length", "1"}}), 400);
  EXPECT_EQ(with({{"Content-Length", "1, 1"}}), 400);
  EXPECT_EQ(with({{"Content-Length", "+1"}}), 400);
  EXPECT_EQ(with({{"Content-Length", ""}}), 400);
  EXPECT_EQ(with({{"Content-Length", "99999999999999999999"}}), 400);
  EXPECT_EQ(with({{"Transfer-Encoding", "gzip, chunked"}}), 400);
  EXPECT_EQ(with({{"Transfer-Encoding", "identity"}}), 400);
  EXPECT_EQ(with({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}), 400);
  EXPECT_EQ(status_of(10, {{"Transfer-Encoding", "chunked"}}), 400);
}

TEST(RequestHead, KnowsOneExpectation) {
  EXPECT_EQ(status_of(11, {{"Host", "a"}, {"Expect", "100-Continue"}}), 200);
  EXPECT_EQ(status_of(11, {{"Host", "a"}, {"Expect", "a miracle"}}), 417);
}

}  // namespace
}  // namespace net
