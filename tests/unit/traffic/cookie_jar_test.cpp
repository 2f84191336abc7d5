#include "plimsoll/traffic/request/cookie_jar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::traffic {
namespace {

constexpr std::int64_t now = 1'700'000'000;

struct Jar {
  CookieJar jar;
  void take(std::string_view text, std::string_view path = "/") {
    jar.take(text, {"api.example.com", path, false}, now);
  }
  std::string sent(std::string_view path = "/", bool secure = false, std::int64_t later = 0) const {
    std::string out;
    jar.append_header({"api.example.com", path, secure}, now + later, out);
    return out;
  }
};

TEST(CookieJar, SendsBackWhatItWasGiven) {
  Jar jar;
  EXPECT_EQ(jar.sent(), "");
  jar.take("session=31d4; Path=/; HttpOnly");
  jar.take("lang=en; path=/");
  EXPECT_EQ(jar.sent(), "Cookie: session=31d4; lang=en\r\n");
  jar.take("session=new; Path=/");
  EXPECT_EQ(jar.sent(), "Cookie: lang=en; session=new\r\n");
}

TEST(CookieJar, KeepsToPaths) {
  Jar jar;
  jar.take("deep=1; Path=/a/b");
  jar.take("root=1; Path=/");
  jar.take("own=1", "/a/list");
  EXPECT_EQ(jar.sent("/a/b/c"), "Cookie: deep=1; own=1; root=1\r\n");
  EXPECT_EQ(jar.sent("/a/bc"), "Cookie: own=1; root=1\r\n");
  EXPECT_EQ(jar.sent("/ab"), "Cookie: root=1\r\n");
}

TEST(CookieJar, ForgetsInTime) {
  Jar jar;
  jar.take("a=1; Path=/; Max-Age=10");
  EXPECT_EQ(jar.sent("/", false, 9), "Cookie: a=1\r\n");
  EXPECT_EQ(jar.sent("/", false, 10), "");
  jar.take("a=; Path=/; Max-Age=0");
  EXPECT_EQ(jar.sent(), "");
  jar.take("b=1; Path=/; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(jar.sent(), "Cookie: b=1\r\n");
  jar.take("b=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(jar.sent(), "");
}

TEST(CookieJar, RefusesOtherDomains) {
  Jar jar;
  jar.take("a=1; Path=/; Domain=example.com");
  jar.take("b=1; Path=/; Domain=.api.example.com");
  jar.take("c=1; Path=/; Domain=evil.com");
  jar.take("d=1; Path=/; Domain=ample.com");
  EXPECT_EQ(jar.sent(), "Cookie: a=1; b=1\r\n");
}

TEST(CookieJar, SendsSecureOnesOverTlsOnly) {
  Jar jar;
  jar.take("a=1; Path=/; Secure");
  EXPECT_EQ(jar.sent(), "");
  EXPECT_EQ(jar.sent("/", true), "Cookie: a=1\r\n");
}

TEST(CookieJar, StaysSmall) {
  Jar jar;
  for (int i = 0; i < 200; ++i) jar.take("c" + std::to_string(i) + "=1; Path=/");
  EXPECT_EQ(std::ranges::count(jar.sent(), '='), 50);
  jar.take("big=" + std::string(5000, 'x') + "; Path=/");
  EXPECT_THAT(jar.sent(), testing::Not(testing::HasSubstr("big")));
}

TEST(SetCookie, RefusesWhatIsNone) {
  for (const char* text : {"", "a", "=b", "; Path=/", "a=b\x01", "a=b\x7f"}) {
    EXPECT_FALSE(parse_set_cookie(text, now)) << text;
  }
}

TEST(CookieDate, ReadsEveryWayToWriteOne) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "6 november 1994 8:49:37"}) {
    EXPECT_EQ(parse_cookie_date(text), 784111777) << text;
  }
  for (const char* text :
       {"", "Sun, 06 Nov 1994", "32 Nov 1994 08:49:37", "06 Nov 1994 25:00:00", "06 Nov 1500 08:49:37"})
    EXPECT_FALSE(parse_cookie_date(text)) << text;
}

}  // namespace
}  // namespace plimsoll::traffic
