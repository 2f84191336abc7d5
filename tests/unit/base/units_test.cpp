#include "base/units.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace base {
namespace {

using testing::HasSubstr;

Quantity quantity_of(std::string_view text) {
  const auto quantity = parse_quantity(text);
  EXPECT_TRUE(quantity.has_value()) << text;
  return quantity.value_or(Quantity{std::numeric_limits<double>::quiet_NaN(), Dimension::none});
}

TEST(ParseQuantity, ReadsEachUnitInSiBaseUnits) {
  EXPECT_EQ(quantity_of("7ns"), (Quantity{7e-9, Dimension::seconds}));
  EXPECT_EQ(quantity_of("7us"), (Quantity{7e-6, Dimension::seconds}));
  EXPECT_EQ(quantity_of("7µs"), (Quantity{7e-6, Dimension::seconds}));
  EXPECT_EQ(quantity_of("7μs"), (Quantity{7e-6, Dimension::seconds}));
  EXPECT_EQ(quantity_of("200ms"), (Quantity{0.2, Dimension::seconds}));
  EXPECT_EQ(quantity_of("1.5s"), (Quantity{1.5, Dimension::seconds}));
  EXPECT_EQ(quantity_of("15m"), (Quantity{900, Dimension::seconds}));
  EXPECT_EQ(quantity_of("2h"), (Quantity{7200, Dimension::seconds}));
  EXPECT_EQ(quantity_of("30d"), (Quantity{2'592'000, Dimension::seconds}));
  EXPECT_EQ(quantity_of("3B"), (Quantity{3, Dimension::bytes}));
  EXPECT_EQ(quantity_of("3KB"), (Quantity{3'000, Dimension::bytes}));
  EXPECT_EQ(quantity_of("3MB"), (Quantity{3'000'000, Dimension::bytes}));
  EXPECT_EQ(quantity_of("3GB"), (Quantity{3'000'000'000, Dimension::bytes}));
  EXPECT_EQ(quantity_of("3KiB"), (Quantity{3'072, Dimension::bytes}));
  EXPECT_EQ(quantity_of("64MiB"), (Quantity{67'108'864, Dimension::bytes}));
  EXPECT_EQ(quantity_of("2GiB"), (Quantity{2'147'483'648, Dimension::bytes}));
  EXPECT_EQ(quantity_of("0.1%"), (Quantity{0.001, Dimension::share}));
  EXPECT_EQ(quantity_of("0.75"), (Quantity{0.75, Dimension::none}));
}

TEST(ParseQuantity, RefusesWhatIsNotExactlyANumberAndAUnit) {
  for (const auto* text :
       {"",      "ms",   "-5ms", "+5ms", "5 ms", " 5ms", "5ms ", "1e3", "1e3s",  ".5",    "5.",
        "1.2.3", "0x10", "inf",  "nan",  "5sec", "5MS",  "5kb",  "5%%", "1,000", "5m30s", "５ms"}) {
    EXPECT_FALSE(parse_quantity(text).has_value()) << text;
  }
}

TEST(ParseQuantity, RefusesNumbersBeyondADouble) {
  EXPECT_FALSE(parse_quantity(std::string(400, '9')).has_value());
  EXPECT_FALSE(parse_quantity(std::string(307, '9') + "GiB").has_value());
}

TEST(ParseQuantity, SaysWhatItFoundAndWhichUnitsThereAre) {
  const auto quantity = parse_quantity("5 parsecs\x1b[31m");
  ASSERT_FALSE(quantity.has_value());
  EXPECT_EQ(quantity.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(quantity.error().message, HasSubstr("5 parsecs\\x1b[31m"));
  EXPECT_THAT(quantity.error().hint, HasSubstr("MiB"));
}

TEST(ParseDuration, TakesOnlyTimesAboveZero) {
  EXPECT_EQ(parse_duration("200ms"), std::chrono::milliseconds(200));
  EXPECT_EQ(parse_duration("1ns"), std::chrono::nanoseconds(1));
  EXPECT_EQ(parse_duration("1.5h"), std::chrono::minutes(90));
  for (const auto* text : {"0", "5", "0s", "0.0ms", "0.1ns", "5MiB", "5%", "300000d"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_EQ(duration.error().code, ErrorCode::invalid_argument);
  }
}

TEST(ParseSize, TakesWholeBytes) {
  EXPECT_EQ(parse_size("64MiB"), 67'108'864U);
  EXPECT_EQ(parse_size("1.5KiB"), 1'536U);
  EXPECT_EQ(parse_size("0B"), 0U);
  EXPECT_EQ(parse_size("4096"), 4'096U);
  EXPECT_FALSE(parse_size("0.3B").has_value());
  EXPECT_FALSE(parse_size("5s").has_value());
  EXPECT_FALSE(parse_size("18446744073709551616").has_value());
}

TEST(PrintQuantity, WritesAsPeopleWrite) {
  EXPECT_EQ(print_quantity({0.2, Dimension::seconds}), "200ms");
  EXPECT_EQ(print_quantity({1.5, Dimension::seconds}), "1.5s");
  EXPECT_EQ(print_quantity({90, Dimension::seconds}), "90s");
  EXPECT_EQ(print_quantity({900, Dimension::seconds}), "15m");
  EXPECT_EQ(print_quantity({0.0025, Dimension::seconds}), "2.5ms");
  EXPECT_EQ(print_quantity({604'800, Dimension::seconds}), "7d");
  EXPECT_EQ(print_quantity({67'108'864, Dimension::bytes}), "64MiB");
  EXPECT_EQ(print_quantity({1'000, Dimension::bytes}), "1KB");
  EXPECT_EQ(print_quantity({0.001, Dimension::share}), "0.1%");
  EXPECT_EQ(print_quantity({0.75, Dimension::none}), "0.75");
  EXPECT_EQ(print_quantity({1e21, Dimension::none}), "1000000000000000000000");
  EXPECT_EQ(print_quantity({0, Dimension::seconds}), "0ns");
}

// Any mantissa, and exponents that leave a unit room within the range of doubles.
RC_GTEST_PROP(PrintQuantity, ReadsBackAsTheSameNumber, (std::uint64_t mantissa)) {
  const double value = std::ldexp(static_cast<double>(mantissa), *rc::gen::inRange(-900, 900));
  const auto dimension =
      *rc::gen::element(Dimension::none, Dimension::seconds, Dimension::bytes, Dimension::share);
  const Quantity quantity{value, dimension};
  RC_ASSERT(parse_quantity(print_quantity(quantity)).value() == quantity);
}

RC_GTEST_PROP(PrintQuantity, ReadsBackOrdinaryNumbersAndStaysShort, (std::uint32_t whole)) {
  const auto power = *rc::gen::inRange(0, 7);
  const auto dimension =
      *rc::gen::element(Dimension::none, Dimension::seconds, Dimension::bytes, Dimension::share);
  const Quantity quantity{whole / std::pow(10.0, power), dimension};
  const auto text = print_quantity(quantity);
  RC_ASSERT(parse_quantity(text).value() == quantity);
  RC_ASSERT(text.size() <= 22U);
}

TEST(Format, ShowsThreeSignificantDigitsInAFittingUnit) {
  EXPECT_EQ(format_seconds(0.01234), "12.3 ms");
  EXPECT_EQ(format_seconds(0.2), "200 ms");
  EXPECT_EQ(format_seconds(1.5e-6), "1.5 µs");
  EXPECT_EQ(format_seconds(42), "42 s");
  EXPECT_EQ(format_seconds(90), "1.5 min");
  EXPECT_EQ(format_seconds(0), "0 s");
  EXPECT_EQ(format_seconds(-0.25), "-250 ms");
  EXPECT_EQ(format_bytes(1'490'000), "1.42 MiB");
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_share(0.0012), "0.12 %");
  EXPECT_EQ(format_share(0.5), "50 %");
  EXPECT_EQ(format_share(1.3), "130 %");
  EXPECT_EQ(format_count(1234), "1,234");
  EXPECT_EQ(format_count(1'234'567), "1,234,567");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(0.75), "0.75");
  EXPECT_EQ(format_count(999.96), "1,000");
  EXPECT_EQ(format_count(-1234), "-1,234");
}

TEST(Format, CarriesIntoTheNextUnitWhenRoundingDoes) {
  EXPECT_EQ(format_seconds(0.9999), "1 s");
  EXPECT_EQ(format_seconds(59.99), "1 min");
  EXPECT_EQ(format_bytes(1024.0 * 1024 - 1), "1 MiB");
}

TEST(Format, NeverRoundsAShareUpToAll) {
  EXPECT_EQ(format_share(0.9995), "99.95 %");
  EXPECT_EQ(format_share(0.99987), "99.987 %");
  EXPECT_EQ(format_share(0.912345), "91.2 %");
  EXPECT_EQ(format_share(1), "100 %");
}

TEST(Format, SaysWhereThereIsNoNumber) {
  EXPECT_EQ(format_seconds(std::nan("")), "n/a");
  EXPECT_EQ(format_share(std::nan("")), "n/a");
  EXPECT_EQ(format_seconds(std::numeric_limits<double>::infinity()), "∞");
  EXPECT_EQ(format_count(-std::numeric_limits<double>::infinity()), "-∞");
  EXPECT_EQ(format_share(1e308), "∞");  // finite, but not in per cent
}

TEST(Format, ValueGoesByTheUnitOfItsSeries) {
  EXPECT_EQ(format_value(0.2, "seconds"), "200 ms");
  EXPECT_EQ(format_value(2048, "bytes"), "2 KiB");
  EXPECT_EQ(format_value(0.25, "share"), "25 %");
  EXPECT_EQ(format_value(0.8333, "ratio"), "0.833");
  EXPECT_EQ(format_value(3 * 1024 * 1024, "bytes_per_hour"), "3 MiB/h");
  EXPECT_EQ(format_value(2, "count_per_hour"), "2/h");
  EXPECT_EQ(format_value(1234, "count"), "1,234");
  EXPECT_EQ(format_value(1234, "requests/s"), "1,234 requests/s");
  EXPECT_EQ(format_value(1234, "per_second"), "1,234/s");
  EXPECT_EQ(format_value(2048, "bytes_per_second"), "2 KiB/s");
}

}  // namespace
}  // namespace base
