#include "base/text.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using Words = std::vector<std::string>;

TEST(Text, TrimsSplitsAndJoins) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_EQ(join(Words{"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join(Words{}, ", "), "");
}

RC_GTEST_PROP(Text, JoinUndoesSplit, (const std::string& text)) {
  RC_ASSERT(join(split(text, 'a'), "a") == text);
}

TEST(Text, LowersOnlyAscii) {
  EXPECT_EQ(to_lower_ascii("AbZ-Ä"), "abz-Ä");
}

TEST(Text, ReplacesAllWithoutReadingItsOwnOutput) {
  EXPECT_EQ(replace_all("a.b.c", ".", ".."), "a..b..c");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
}

TEST(ParseNumber, TakesOnlyWholeStringsOfFiniteNumbers) {
  EXPECT_EQ(parse_double("-1.5e3"), -1500);
  EXPECT_EQ(parse_double("0"), 0);
  for (const auto* text : {"", " 1", "1 ", "1x", "inf", "nan", "-inf", "1e999", "0x1p3", "1,5"}) {
    EXPECT_EQ(parse_double(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_integer("-42"), -42);
  EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<long long>::max());
  for (const auto* text : {"", "1.0", "9223372036854775808", "0x10", " 1", "1e3"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
}

RC_GTEST_PROP(ShortestDouble, ReadsBackAsTheSameDouble, (std::int64_t mantissa)) {
  const double value = std::ldexp(static_cast<double>(mantissa), *rc::gen::inRange(-1000, 950));
  RC_ASSERT(parse_double(shortest_double(value)) == value);
}

TEST(ShortestDouble, IsShortAndNullWhereThereIsNoNumber) {
  EXPECT_EQ(shortest_double(0.1), "0.1");
  EXPECT_EQ(shortest_double(3), "3");
  EXPECT_EQ(shortest_double(std::nan("")), "null");
  EXPECT_EQ(shortest_double(std::numeric_limits<double>::infinity()), "null");
}

TEST(Utf8, AcceptsWellFormedText) {
  for (const auto* text :
       {"", "plain", "é", "€", "😀", "\x7f", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
}

TEST(Utf8, RefusesSurrogatesOverlongFormsAndWhatIsCut) {
  for (const auto* text : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                           "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
                           "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xe2\x28\xa1"}) {
    EXPECT_FALSE(is_valid_utf8(text));
  }
}

std::string encode(char32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  const unsigned tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  const unsigned lead = tail == 1 ? 0xc0 : tail == 2 ? 0xe0 : 0xf0;
  std::string text = {static_cast<char>(lead | (c >> (6 * tail)))};
  for (unsigned i = tail; i-- > 0;) text += static_cast<char>(0x80U | ((c >> (6 * i)) & 0x3fU));
  return text;
}

RC_GTEST_PROP(Utf8, KnowsExactlyTheCodePoints, ()) {
  const auto c = static_cast<char32_t>(*rc::gen::inRange(0U, 0x110000U));
  const bool surrogate = c >= 0xd800 && c <= 0xdfff;
  RC_ASSERT(is_valid_utf8(encode(c)) == !surrogate);
}

TEST(TruncateUtf8, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(truncate_utf8("short", 5), "short");
  EXPECT_EQ(truncate_utf8("longer text", 8), "longe…");
  EXPECT_EQ(truncate_utf8("aé€😀zz", 9), "aé€…");
  EXPECT_EQ(truncate_utf8("abc", 2), "ab");
  EXPECT_EQ(truncate_utf8("€€", 2), "");
}

RC_GTEST_PROP(TruncateUtf8, NeverExceedsItsLengthNorBreaksText, ()) {
  std::string text;
  for (const auto c : *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(1U, 0xd800U)))
    text += encode(c);
  const auto bytes = *rc::gen::inRange<std::size_t>(0, 40);
  const auto cut = truncate_utf8(text, bytes);
  RC_ASSERT(cut.size() <= bytes);
  RC_ASSERT(is_valid_utf8(cut));
}

TEST(Printable, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(printable("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
  EXPECT_EQ(printable("a\nb"), "a\\x0ab");
  EXPECT_EQ(printable("a\nb\r", true), "a\nb\\x0d");
  EXPECT_EQ(printable("user\u202egnp.exe"), "user\\u202egnp.exe");
  EXPECT_EQ(printable("\u200e\u2066\u061c"), "\\u200e\\u2066\\u061c");
  EXPECT_EQ(printable("\u009b"), "\\u009b");
  EXPECT_EQ(printable("ok \xff\xc3"), "ok \\xff\\xc3");
  EXPECT_EQ(printable("naïve 😀 مرحبا"), "naïve 😀 مرحبا");
}

RC_GTEST_PROP(Printable, LeavesNoControlCharacterAndIsStable, (const std::string& text)) {
  const auto shown = printable(text);
  RC_ASSERT(is_valid_utf8(shown));
  for (const char c : shown) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  RC_ASSERT(printable(shown) == shown);
}

TEST(Nearest, FindsASlipOfThePen) {
  const Words keys = {"service", "store", "probes", "rules", "ready_timeout"};
  EXPECT_EQ(nearest("sevrice", keys), "service");
  EXPECT_EQ(nearest("rule", keys), "rules");
  EXPECT_EQ(nearest("Probes", keys), "probes");
  EXPECT_EQ(nearest("ready_time_out", keys), "ready_timeout");
  EXPECT_EQ(nearest("kubernetes", keys), std::nullopt);
  EXPECT_EQ(nearest("", keys), std::nullopt);
  EXPECT_EQ(nearest("x", Words{"y"}), std::nullopt);
  EXPECT_EQ(nearest(std::string(5000, 'a'), keys), std::nullopt);
}

TEST(ShellWords, QuoteAsAPosixShell) {
  EXPECT_EQ(split_shell_words("bin/api --port {port}"), (Words{"bin/api", "--port", "{port}"}));
  EXPECT_EQ(split_shell_words(R"(a 'b c' "d e" f\ g)"), (Words{"a", "b c", "d e", "f g"}));
  EXPECT_EQ(split_shell_words(R"(a"b"'c'd)"), (Words{"abcd"}));
  EXPECT_EQ(split_shell_words(R"('' "")"), (Words{"", ""}));
  EXPECT_EQ(split_shell_words(R"("\$\"\\\x" '\n')"), (Words{R"($"\\x)", R"(\n)"}));
  EXPECT_EQ(split_shell_words("a\\\nb \"c\\\nd\""), (Words{"ab", "cd"}));
  EXPECT_EQ(split_shell_words(" \t\n"), Words{});
  EXPECT_EQ(split_shell_words("$HOME * ~ | ; #x"), (Words{"$HOME", "*", "~", "|", ";", "#x"}));
}

TEST(ShellWords, RefuseWhatIsNotClosed) {
  for (const std::string_view text :
       {std::string_view("a 'b"), std::string_view("a \"b"), std::string_view("a\\"),
        std::string_view("\"a\\"), std::string_view("a\0b", 3)}) {
    const auto words = split_shell_words(text);
    ASSERT_FALSE(words.has_value()) << text;
    EXPECT_EQ(words.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_THAT(split_shell_words("ab 'c").error().message, HasSubstr("' at character 4"));
}

std::string shell_quoted(const std::string& word) {
  return "'" + replace_all(word, "'", "'\\''") + "'";
}

RC_GTEST_PROP(ShellWords, ReadBackWhatWasQuoted, (std::vector<std::string> words)) {
  std::string line;
  for (auto& word : words) {
    std::erase(word, '\0');
    line += " " + shell_quoted(word);
  }
  RC_ASSERT(split_shell_words(line).value() == words);
}

TEST(MaskSecrets, HidesHeadersKeysAndTokens) {
  EXPECT_EQ(mask_secrets("Authorization: Token abc def"), "Authorization: ***");
  EXPECT_EQ(mask_secrets("GET /x\nauthorization: Bearer q\nnext"), "GET /x\nauthorization: ***\nnext");
  EXPECT_EQ(mask_secrets(R"({"authorization":"Token k1","n":1})"), R"({"authorization":"***","n":1})");
  EXPECT_EQ(mask_secrets("Set-Cookie: sid=1; Path=/"), "Set-Cookie: ***");
  EXPECT_EQ(mask_secrets("password=hunter2&user=ann"), "password=***&user=ann");
  EXPECT_EQ(mask_secrets("X-Api-Key: k, n"), "X-Api-Key: ***, n");
  EXPECT_EQ(mask_secrets("OPENAI_API_KEY=sk-1 ./run"), "OPENAI_API_KEY=*** ./run");
  EXPECT_EQ(mask_secrets("run --db-password hunter2 -v"), "run --db-password *** -v");
  EXPECT_EQ(mask_secrets("postgresql://ann:s3cret@db/x"), "postgresql://ann:***@db/x");
  EXPECT_EQ(mask_secrets("used Bearer abcdefgh12 here"), "used Bearer *** here");
  EXPECT_EQ(mask_secrets("key ghp_0123456789abcdefABCD!"), "key ***!");
  EXPECT_EQ(mask_secrets("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end"), "jwt *** end");
  EXPECT_EQ(mask_secrets("got q9X2mPz7LkT4vB8nR1sW6yC3dF5gH0jA"), "got ***");
}

TEST(MaskSecrets, LeavesOrdinaryTextAlone) {
  for (const auto* text :
       {"listening on http://127.0.0.1:8080", "max_tokens: 128", "a token was refused",
        "basic_api_load_p95_latency_regression_test", "6f1e1a2c-8f0e-4d51-9a57-0c3f1f3f9b10",
        R"({"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"})",
        "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 slow", "/usr/lib/x86_64-linux-gnu/libssl.so.3",
        "12345678901234567890123456789012345", "basic auth"}) {
    EXPECT_EQ(mask_secrets(text), text);
  }
}

TEST(MaskSecrets, HidesWhatOnlyCallsItselfATrace) {
  EXPECT_EQ(mask_secrets("trace_id=q9X2mPz7LkT4vB8nR1sW6yC3dF5gH0jA"), "trace_id=***");
  EXPECT_EQ(mask_secrets("trace_id: 4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6a3ce929d0e0e4736"),
            "trace_id: ***");
  EXPECT_EQ(mask_secrets("id 4bf92f3577b34da6a3ce929d0e0e4736"), "id ***");
}

RC_GTEST_PROP(MaskSecrets, NeverShowsAKeyThatIsNamed, ()) {
  const auto secret = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', '{')));
  RC_PRE(secret.size() > 3U);
  const auto before = *rc::gen::container<std::string>(rc::gen::element(' ', '.', '\n', '{', '"'));
  const auto name = *rc::gen::element<std::string>("api_key", "db.password", "ACCESS-TOKEN", "clientSecret");
  const auto mark = *rc::gen::element<std::string>("=", ": ", " = ", "\": \"");
  const std::string line = before + name + mark + secret;
  RC_PRE(!before.contains(secret) && !name.contains(secret));
  RC_ASSERT(!mask_secrets(line).contains(secret));
}

}  // namespace
}  // namespace base
