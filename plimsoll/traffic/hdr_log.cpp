#include "plimsoll/traffic/hdr_log.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "plimsoll/traffic/slice_keeper.h"

namespace plimsoll::traffic {
namespace {

constexpr std::uint32_t v2_cookie = 0x1c849303 | 0x10;
constexpr std::uint32_t v2_compressed_cookie = 0x1c849304 | 0x10;
constexpr std::uint32_t significant_digits = 3;
constexpr std::uint64_t lowest = 1;
constexpr std::uint64_t highest = 86'400'000'000'000;  // a day in nanoseconds
constexpr int half_magnitude = 10;                     // 2,048 sub-buckets hold 3 digits
constexpr std::uint64_t half_count = 1u << half_magnitude;

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int byte = bytes - 1; byte >= 0; --byte) out += static_cast<char>(value >> (8 * byte));
}

std::uint64_t index_of(std::uint64_t value) {
  const int bucket = std::bit_width(value | (2 * half_count - 1)) - (half_magnitude + 1);
  const std::uint64_t sub_bucket = value >> bucket;
  return (static_cast<std::uint64_t>(bucket + 1) << half_magnitude) + sub_bucket - half_count;
}

// ZigZag LEB128 of at most 9 bytes, the last of which is whole.
void append_zigzag(std::string& out, std::int64_t value) {
  auto rest = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  for (int byte = 0; byte < 8 && rest >= 0x80; ++byte, rest >>= 7) out += static_cast<char>(rest | 0x80);
  out += static_cast<char>(rest);
}

// Counts in order; a run of zeros is its length, negated.
std::string encode_counts(const base::Histogram& histogram) {
  std::map<std::uint64_t, std::uint64_t> counts;
  for (const auto& [index, count] : histogram.sparse()) {
    const double last = base::Histogram::bucket_high(index) - 1e-9;  // whole nanoseconds
    const double middle = (base::Histogram::bucket_low(index) + last) / 2;
    const double held =
        std::clamp(middle, histogram.min(), std::isfinite(histogram.max()) ? histogram.max() : middle);
    counts[index_of(std::min(static_cast<std::uint64_t>(std::llround(held * 1e9)), highest))] += count;
  }
  std::string out;
  std::uint64_t next = 0;
  for (const auto& [index, count] : counts) {
    if (index > next) append_zigzag(out, -static_cast<std::int64_t>(index - next));
    append_zigzag(out, static_cast<std::int64_t>(count));
    next = index + 1;
  }
  return out;
}

std::uint32_t adler32(std::string_view bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char byte : bytes) {
    a = (a + static_cast<unsigned char>(byte)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

// zlib (RFC 1950) with stored blocks (RFC 1951, 3.2.4): our counts are small already.
std::string store_as_zlib(std::string_view bytes) {
  std::string out = "\x78\x01";
  const std::uint32_t checksum = adler32(bytes);
  do {
    const std::string_view block = bytes.substr(0, 0xffff);
    bytes.remove_prefix(block.size());
    const auto size = static_cast<std::uint16_t>(block.size());
    const auto complement = static_cast<std::uint16_t>(~size);
    out += bytes.empty() ? '\1' : '\0';
    for (const std::uint16_t length : {size, complement}) {
      out += static_cast<char>(length & 0xff);
      out += static_cast<char>(length >> 8);
    }
    out += block;
  } while (!bytes.empty());
  append_big_endian(out, checksum, 4);
  return out;
}

// RFC 4648, 4.
std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) out += i <= group.size() ? digits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

// All routes of a slice, errors at their age.
base::Histogram latencies_of(const LoadSlice& slice) {
  base::Histogram all;
  for (const RouteSlice& route : slice.routes) all.merge(latency_at_age(route));
  return all;
}

}  // namespace

std::string encode_hdr(const base::Histogram& histogram) {
  const std::string counts = encode_counts(histogram);
  std::string payload;
  append_big_endian(payload, v2_cookie, 4);
  append_big_endian(payload, counts.size(), 4);
  append_big_endian(payload, 0, 4);  // normalizing index offset
  append_big_endian(payload, significant_digits, 4);
  append_big_endian(payload, lowest, 8);
  append_big_endian(payload, highest, 8);
  append_big_endian(payload, std::bit_cast<std::uint64_t>(1.0), 8);  // conversion ratio
  payload += counts;
  const std::string compressed = store_as_zlib(payload);
  std::string out;
  append_big_endian(out, v2_compressed_cookie, 4);
  append_big_endian(out, compressed.size(), 4);
  return base64(out + compressed);
}

std::string hdr_log(std::span<const LoadSlice> slices, double began_at) {
  std::string out = "#[Logged by plimsoll " PLIMSOLL_VERSION "]\n#[Histogram log format version 1.3]\n";
  out += fmt::format("#[StartTime: {:.3f} (seconds since epoch)]\n", began_at);
  out += "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
  for (const LoadSlice& slice : slices) {
    const base::Histogram all = latencies_of(slice);
    const double most_milliseconds = all.count() == 0 ? 0 : all.max() * 1e3;
    out += fmt::format("{:.3f},{:.3f},{:.3f},{}\n", slice.start_seconds, slice.seconds, most_milliseconds,
                       encode_hdr(all));
  }
  return out;
}

}  // namespace plimsoll::traffic
