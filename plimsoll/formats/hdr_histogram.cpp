#include "plimsoll/formats/hdr_histogram.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <zlib.h>

namespace plimsoll::formats {
namespace {

using base::ErrorCode;

constexpr std::uint32_t v2_cookie = 0x1c849303;
constexpr std::uint32_t v2_compressed_cookie = 0x1c849304;
constexpr std::uint32_t word_size_bits = 0xf0;  // of a cookie: V2 always has 1 there
constexpr std::size_t header_bytes = 40;
constexpr std::size_t most_inflated = std::size_t{16} << 20;
constexpr std::uint64_t most_counted = std::uint64_t{1} << 40;  // in a bucket

// RFC 4648, 4.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i)
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xff);
  }
  return bytes;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

base::Result<std::string> inflate_all(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return base::fail(ErrorCode::internal, "zlib does not start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string bytes;
  int result = Z_OK;
  while (result == Z_OK && bytes.size() <= most_inflated) {
    std::array<char, 16384> piece;
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    result = inflate(&stream, Z_NO_FLUSH);
    bytes.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (bytes.size() > most_inflated)
    return base::fail(ErrorCode::too_large, "the histogram inflates to more than 16 MiB");
  if (result != Z_STREAM_END)
    return base::fail(ErrorCode::corrupt, "the histogram does not inflate: it is cut or broken");
  return bytes;
}

// ZigZag LEB128 of at most 9 bytes, the last of which is whole. Nothing where the bytes end first.
std::optional<std::int64_t> take_zigzag(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 9; ++i) {
    if (bytes.empty()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    const bool is_last = i == 8 || (byte & 0x80) == 0;
    value |= static_cast<std::uint64_t>(i == 8 ? byte : byte & 0x7f) << (7 * i);
    if (is_last) break;
  }
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

int width_of(std::uint64_t value) {
  return static_cast<int>(std::bit_width(value));
}

// How an index becomes a value; see AbstractHistogram.init and valueFromIndex.
struct Layout {
  int half_magnitude = 0;
  int unit_magnitude = 0;

  std::optional<HdrCount> bucket(std::uint64_t index, std::uint64_t count) const {
    const std::uint64_t half = std::uint64_t{1} << half_magnitude;
    const auto bucket = static_cast<std::int64_t>(index >> half_magnitude) - 1;
    const std::uint64_t sub_bucket = bucket < 0 ? index : (index & (half - 1)) + half;
    const std::int64_t shift = std::max<std::int64_t>(bucket, 0) + unit_magnitude;
    if (shift + width_of(sub_bucket) > 63) return std::nullopt;
    const std::uint64_t low = sub_bucket << shift;
    return HdrCount{low, low + (std::uint64_t{1} << shift) - 1, count};
  }
};

base::Result<Layout> layout_of(std::string_view header) {
  const std::uint64_t digits = big_endian(header.substr(12, 4));
  const std::uint64_t lowest = big_endian(header.substr(16, 8));
  if (digits > 5 || lowest == 0 || lowest > std::uint64_t{1} << 62)
    return base::fail(ErrorCode::corrupt,
                      fmt::format("the histogram says {} digits from {}", digits, lowest));
  const auto largest_single = static_cast<std::uint64_t>(2 * std::pow(10, digits));
  const int count_magnitude = width_of(largest_single - 1);
  return Layout{std::max(count_magnitude, 1) - 1, width_of(lowest) - 1};
}

base::Result<std::vector<HdrCount>> decode_counts(std::string_view bytes, const Layout& layout) {
  std::vector<HdrCount> counts;
  std::uint64_t index = 0;
  while (!bytes.empty()) {
    const auto value = take_zigzag(bytes);
    if (!value) return base::fail(ErrorCode::corrupt, "the histogram's counts are cut");
    if (*value < 0) {
      index += -static_cast<std::uint64_t>(*value);
    } else {
      const auto bucket = layout.bucket(index, static_cast<std::uint64_t>(*value));
      if (!bucket || bucket->count > most_counted)
        return base::fail(ErrorCode::corrupt, "the histogram counts what cannot be");
      if (bucket->count > 0) counts.push_back(*bucket);
      ++index;
    }
    if (index > std::uint64_t{1} << 32)
      return base::fail(ErrorCode::corrupt, "the histogram has no such bucket");
  }
  return counts;
}

base::Status expect_cookie(std::string_view bytes, std::uint32_t expected) {
  const auto cookie = static_cast<std::uint32_t>(big_endian(bytes.substr(0, 4)));
  if ((cookie & ~word_size_bits) == expected) return {};
  const bool is_older = cookie >> 8 == expected >> 8;
  return base::fail(
      is_older ? ErrorCode::unsupported : ErrorCode::corrupt,
      fmt::format("expected a V2 histogram of HdrHistogram, found the cookie {:#010x}", cookie));
}

}  // namespace

base::Result<std::vector<HdrCount>> decode_hdr_histogram(std::string_view base64) {
  const auto outer = from_base64(base64);
  if (!outer || outer->size() < 8) return base::fail(ErrorCode::corrupt, "expected a histogram in base64");
  BASE_TRY(expect_cookie(*outer, v2_compressed_cookie));
  const std::string_view compressed = std::string_view(*outer).substr(8);
  if (big_endian(std::string_view(*outer).substr(4, 4)) != compressed.size())
    return base::fail(ErrorCode::corrupt, "the histogram is cut: its length says otherwise");
  BASE_ASSIGN(const std::string bytes, inflate_all(compressed));
  const std::string_view histogram = bytes;
  if (histogram.size() < header_bytes) return base::fail(ErrorCode::corrupt, "the histogram's header is cut");
  BASE_TRY(expect_cookie(histogram, v2_cookie));
  if (big_endian(histogram.substr(4, 4)) != histogram.size() - header_bytes)
    return base::fail(ErrorCode::corrupt, "the histogram's counts are cut");
  if (big_endian(histogram.substr(8, 4)) != 0)
    return base::fail(ErrorCode::unsupported, "a histogram with a shifted index cannot be read");
  BASE_ASSIGN(const Layout layout, layout_of(histogram));
  return decode_counts(histogram.substr(header_bytes), layout);
}

}  // namespace plimsoll::formats
