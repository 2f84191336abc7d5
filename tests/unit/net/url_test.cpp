#include "net/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(Url, ReadsAllParts) {
  const auto url = parse_url("http://LocalHost:8080/v1/x%2Fy/?a=1&b=2#top");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(*url, (Url{"http", "localhost", 8080, "/v1/x%2Fy/", "a=1&b=2"}));
  EXPECT_EQ(url->target(), "/v1/x%2Fy/?a=1&b=2");
  EXPECT_EQ(url->authority(), "localhost:8080");
}

TEST(Url, FillsPortAndPath) {
  EXPECT_EQ(*parse_url("http://a"), (Url{"http", "a", 80, "/", ""}));
  EXPECT_EQ(*parse_url("HTTPS://a?q"), (Url{"https", "a", 443, "/", "q"}));
  EXPECT_EQ(parse_url("https://a:443/")->authority(), "a");
  EXPECT_EQ(parse_url("http://a:443/")->authority(), "a:443");
}

TEST(Url, KnowsIpv6) {
  const auto url = parse_url("http://[::1]:9/x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority(), "[::1]:9");
  EXPECT_TRUE(url->is_loopback());
}

TEST(Url, SaysWhetherItIsLoopbackByItsTextAlone) {
  EXPECT_TRUE(parse_url("http://localhost")->is_loopback());
  EXPECT_TRUE(parse_url("http://127.1.2.3")->is_loopback());
  for (const char* foreign : {"http://127.example.org", "http://127.0.0.1.example.org", "http://example.org",
                              "http://128.0.0.1", "http://0.0.0.0", "http://127.0.0.evil"}) {
    EXPECT_FALSE(parse_url(foreign)->is_loopback()) << foreign;
  }
}

struct BadUrl {
  const char* text;
  const char* complaint;
};

class UrlRefuses : public testing::TestWithParam<BadUrl> {};

TEST_P(UrlRefuses, WithTheReason) {
  const auto url = parse_url(GetParam().text);
  ASSERT_FALSE(url) << GetParam().text;
  EXPECT_EQ(url.error().code, base::ErrorCode::invalid_argument);
  EXPECT_THAT(url.error().message, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(Each, UrlRefuses,
                         testing::Values(BadUrl{"", "expected http://"},
                                         BadUrl{"localhost:80", "expected http://"},
                                         BadUrl{"ftp://a/", "expected http://"},
                                         BadUrl{"http:/a", "expected http://"}, BadUrl{"http://", "no host"},
                                         BadUrl{"http:///x", "no host"}, BadUrl{"http://:80/", "no host"},
                                         BadUrl{"http://a:0/", "port"}, BadUrl{"http://a:65536/", "port"},
                                         BadUrl{"http://a:/", "port"}, BadUrl{"http://a:8o/", "port"},
                                         BadUrl{"http://a:-1/", "port"}, BadUrl{"http://a:000080/", "port"},
                                         BadUrl{"http://u:p@a/", "user:password@"},
                                         BadUrl{"http://a b/", "blank"}, BadUrl{"http://a/\n", "control"},
                                         BadUrl{"http://a/\xc3\xa4", "ASCII"},
                                         BadUrl{"http://[::1/", "bracket"}, BadUrl{"http://[::1]80/", "port"},
                                         BadUrl{"http://[zz]/", "IPv6"}, BadUrl{"http://a!b/", "host name"}));

RC_GTEST_PROP(Url, PrintsWhatItReads, ()) {
  Url url{"http", "host.example", *rc::gen::inRange(1, 65536),
          "/" + percent_encode(*rc::gen::arbitrary<std::string>()),
          percent_encode(*rc::gen::arbitrary<std::string>())};
  const auto again = parse_url(to_string(url));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == url);
}

RC_GTEST_PROP(PercentEncoding, RoundTrips, (const std::string& text)) {
  RC_ASSERT(percent_decode(percent_encode(text)) == text);
}

TEST(PercentEncoding, RefusesBrokenEscapes) {
  for (const char* text : {"%", "%4", "%zz", "a%2", "%%41"}) EXPECT_FALSE(percent_decode(text)) << text;
  EXPECT_EQ(percent_decode("a+%41%00").value(), std::string("a+A\0", 4));
}

TEST(Query, KeepsOrderRepeatsAndEmptyValues) {
  EXPECT_THAT(parse_query("b=2&a=x+y&&b=%26&flag&=v").value(),
              ElementsAre(Pair("b", "2"), Pair("a", "x y"), Pair("b", "&"), Pair("flag", ""), Pair("", "v")));
  EXPECT_TRUE(parse_query("")->empty());
  EXPECT_FALSE(parse_query("a=%x"));
}

TEST(RequestTarget, SplitsBeforeItDecodes) {
  const auto target = parse_request_target("/v2/entities/user/a%2Fb%20c/?x=1");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v2/entities/user/a%2Fb%20c/");
  EXPECT_THAT(target->segments, ElementsAre("v2", "entities", "user", "a/b c", ""));
  EXPECT_THAT(target->query, ElementsAre(Pair("x", "1")));
}

TEST(RequestTarget, TakesAbsoluteFormAndAsterisk) {
  EXPECT_THAT(parse_request_target("http://h:1/a?b")->segments, ElementsAre("a"));
  EXPECT_THAT(parse_request_target("*")->segments, ElementsAre("*"));
  EXPECT_THAT(parse_request_target("/")->segments, ElementsAre(""));
}

TEST(RequestTarget, RefusesOtherForms) {
  for (const char* text : {"", "a", "host:443", "ftp://h/", "/%", "/?a=%", "/a b", "/\x01", "/\xff"}) {
    EXPECT_FALSE(parse_request_target(text)) << text;
  }
}

}  // namespace
}  // namespace net
