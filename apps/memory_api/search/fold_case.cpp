#include "apps/memory_api/search/fold_case.h"

namespace memory_api::search {
namespace {

bool is_between(unsigned c, unsigned first, unsigned last) {
  return c >= first && c <= last;
}

// In these stretches upper and lower case alternate.
unsigned fold_alternating(unsigned c) {
  const bool upper_is_even = is_between(c, 0x100, 0x137) || is_between(c, 0x14A, 0x177) ||
                             is_between(c, 0x460, 0x481) || is_between(c, 0x48A, 0x4BF) ||
                             is_between(c, 0x4D0, 0x52F);
  const bool upper_is_odd =
      is_between(c, 0x139, 0x148) || is_between(c, 0x179, 0x17E) || is_between(c, 0x4C1, 0x4CE);
  if (upper_is_even && c != 0x130 && c != 0x131) return c | 1u;
  if (upper_is_odd && c % 2 == 1) return c + 1;
  return c;
}

// Only what two bytes of UTF-8 hold.
unsigned fold(unsigned c) {
  if (is_between(c, 0xC0, 0xDE) && c != 0xD7) return c + 32;
  if (c == 0x178) return 0xFF;
  if (is_between(c, 0x391, 0x3AB) && c != 0x3A2) return c + 32;
  if (c == 0x3C2) return 0x3C3;  // final sigma
  if (c == 0x386) return 0x3AC;
  if (is_between(c, 0x388, 0x38A)) return c + 37;
  if (c == 0x38C) return 0x3CC;
  if (c == 0x38E || c == 0x38F) return c + 63;
  if (is_between(c, 0x410, 0x42F)) return c + 32;
  if (is_between(c, 0x400, 0x40F)) return c + 80;
  return fold_alternating(c);
}

}  // namespace

std::string fold_case(std::string_view utf8) {
  std::string folded(utf8);
  for (std::size_t at = 0; at < folded.size(); ++at) {
    const auto byte = static_cast<unsigned char>(folded[at]);
    if (byte >= 'A' && byte <= 'Z') folded[at] = static_cast<char>(byte + 32);
    if (byte < 0xC3 || byte > 0xD4 || at + 1 == folded.size()) continue;
    const auto next = static_cast<unsigned char>(folded[at + 1]);
    if ((next & 0xC0u) != 0x80u) continue;
    const unsigned c = fold((byte & 0x1Fu) << 6 | (next & 0x3Fu));
    folded[at] = static_cast<char>(0xC0u | c >> 6);
    folded[at + 1] = static_cast<char>(0x80u | (c & 0x3Fu));
    ++at;
  }
  return folded;
}

}  // namespace memory_api::search
