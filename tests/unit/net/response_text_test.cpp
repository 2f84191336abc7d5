#include "net/response_text.h"

#include <gtest/gtest.h>

namespace net {
namespace {

TEST(ResponseText, FramesTheBody) {
  const Response response{200, {{"Content-Type", "text/plain"}}, "hello"};
  EXPECT_EQ(response_head(response, {.version = 11, .keep_alive = true, .date = "D"}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\n");
}

TEST(ResponseText, SaysWhatBecomesOfTheConnection) {
  const Response response{204, {}, ""};
  EXPECT_EQ(response_head(response, {.version = 11, .keep_alive = false, .date = ""}),
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(response_head(response, {.version = 10, .keep_alive = true, .date = ""}),
            "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
}

TEST(ResponseText, CannotBeSplitByAHeader) {
  const Response response{404, {{"X", "a\r\nSet-Cookie: b"}, {"Bad Name", "c"}, {"Content-Length", "7"}}, ""};
  EXPECT_EQ(response_head(response, {.version = 11, .keep_alive = true, .date = ""}),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nX: a  Set-Cookie: b\r\n\r\n");
}

TEST(ResponseText, WritesTheDateOfHttp) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace net
