#include "apps/memory_api/memory/uuid.h"

#include "base/hash.h"

namespace memory_api::memory {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_hyphen_place(std::size_t at) {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

}  // namespace

std::optional<std::string> uuid_bytes(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string bytes;
  int high = -1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_hyphen_place(at)) {
      if (text[at] != '-') return std::nullopt;
      continue;
    }
    const int value = digit_value(text[at]);
    if (value < 0) return std::nullopt;
    if (high < 0) {
      high = value;
    } else {
      bytes.push_back(static_cast<char>(high * 16 + value));
      high = -1;
    }
  }
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (const char c : bytes) {
    if (is_hyphen_place(text.size())) text.push_back('-');
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

std::string uuid_of_name(std::string_view name) {
  const std::string digest = base::sha256_hex(name);
  std::string text = digest.substr(0, 8) + "-" + digest.substr(8, 4) + "-8" + digest.substr(13, 3) + "-a" +
                     digest.substr(17, 3) + "-" + digest.substr(20, 12);
  return text;
}

}  // namespace memory_api::memory
