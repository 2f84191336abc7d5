#include "net/resp_client.h"

#include <gtest/gtest.h>

namespace net {
namespace {

using Kind = RespValue::Kind;

RespValue whole(std::string_view bytes) {
  auto value = read_resp(bytes);
  if (!value || !*value || !bytes.empty()) throw std::runtime_error("not whole");
  return **std::move(value);
}

base::ErrorCode refusal(std::string_view bytes, const RespLimits& limits = {}) {
  const auto value = read_resp(bytes, limits);
  return value ? base::ErrorCode::internal : value.error().code;
}

TEST(Resp, ReadsEveryKind) {
  EXPECT_EQ(whole("+OK\r\n"), (RespValue{.kind = Kind::text, .text = "OK"}));
  EXPECT_EQ(whole("-ERR no\r\n"), (RespValue{.kind = Kind::error, .text = "ERR no"}));
  EXPECT_EQ(whole(":-42\r\n"), (RespValue{.kind = Kind::integer, .integer = -42}));
  EXPECT_EQ(whole("$4\r\na\r\nb\r\n"), (RespValue{.kind = Kind::text, .text = "a\r\nb"}));
  EXPECT_EQ(whole("$-1\r\n"), RespValue{});
  const RespValue list = whole("*2\r\n:1\r\n*1\r\n$0\r\n\r\n");
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[0].integer, 1);
  EXPECT_EQ(list.items[1].items[0].text, "");
}

TEST(Resp, WaitsForTheRest) {
  const std::string_view all = "*2\r\n$5\r\nhello\r\n:7\r\n";
  for (std::size_t size = 0; size < all.size(); ++size) {
    std::string_view part = all.substr(0, size);
    const auto value = read_resp(part);
    ASSERT_TRUE(value) << size;
    EXPECT_FALSE(*value) << size;
    EXPECT_EQ(part.size(), size);
  }
  EXPECT_EQ(whole(all).items.size(), 2u);
}

TEST(Resp, TakesOneValueAtATime) {
  std::string_view bytes = ":1\r\n:2\r\n";
  EXPECT_EQ((*read_resp(bytes))->integer, 1);
  EXPECT_EQ((*read_resp(bytes))->integer, 2);
  EXPECT_TRUE(bytes.empty());
}

TEST(Resp, RefusesGarbageAndExcess) {
  for (const char* garbage :
       {"hello\r\n", "\r\n", ":x\r\n", "$x\r\n", "$-2\r\n", "$1\r\nabc\r\n", "*-7\r\n"}) {
    EXPECT_EQ(refusal(garbage), base::ErrorCode::corrupt) << garbage;
  }
  EXPECT_EQ(refusal("$100\r\n", {.bytes = 99}), base::ErrorCode::too_large);
  EXPECT_EQ(refusal("*11\r\n", {.items = 10}), base::ErrorCode::too_large);
  EXPECT_EQ(refusal("*1\r\n*1\r\n*1\r\n:1\r\n", {.depth = 3}), base::ErrorCode::too_large);
  EXPECT_EQ(refusal(std::string(100'000, '+')), base::ErrorCode::corrupt);
}

TEST(Resp, WritesCommands) {
  const std::string_view words[] = {"SET", "k", ""};
  EXPECT_EQ(write_resp(words), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
}

TEST(RespClient, SaysWhereNobodyListens) {
  const auto client = RespClient::connect("127.0.0.1", 1, std::chrono::seconds(2));
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, base::ErrorCode::unavailable);
}

}  // namespace
}  // namespace net
