// Bytes in and out of a blob: little-endian numbers, LEB128 varints, zigzag. The reader never runs past its
// end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace plimsoll::evidence {

static_assert(std::endian::native == std::endian::little, "blobs are little-endian");

inline std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

class ByteWriter {
 public:
  void byte(std::uint8_t value) { bytes_ += static_cast<char>(value); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
  }
  void signed_varint(std::int64_t value) { varint(zigzag(value)); }
  void fixed(std::uint64_t value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
  }
  void number(double value) { fixed(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) { bytes_.append(value); }

  std::size_t size() const { return bytes_.size(); }
  std::string take() { return std::move(bytes_); }
  std::string_view view() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

// After a read past the end every further read gives 0 and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t byte() {
    if (rest_.empty()) return give_up();
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    return give_up();
  }
  std::int64_t signed_varint() { return unzigzag(varint()); }
  std::uint64_t fixed() {
    std::uint64_t value = 0;
    const auto raw = text(sizeof value);
    if (ok_) std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }
  double number() { return std::bit_cast<double>(fixed()); }
  std::string_view text(std::uint64_t size) {
    if (size > rest_.size()) {
      give_up();
      return {};
    }
    const auto value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }

  bool ok() const { return ok_; }
  std::size_t remaining() const { return rest_.size(); }
  std::string_view rest() const { return rest_; }

 private:
  std::uint8_t give_up() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace plimsoll::evidence
