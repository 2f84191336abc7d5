#include "base/random.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <system_error>
#include <vector>

#include <sys/random.h>

namespace base {
namespace {

__extension__ using Wide = unsigned __int128;

// SplitMix64's output function: a bijection that scatters neighbouring numbers.
std::uint64_t scatter(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void fill_with_entropy(std::span<unsigned char> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void append_hex(std::string& text, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  text += kDigits[byte >> 4];
  text += kDigits[byte & 15];
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (auto& word : state_) word = scatter(seed += 0x9e3779b97f4a7c15);
}

Random::result_type Random::operator()() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() {
  return static_cast<double>((*this)() >> 11) * 0x1.0p-53;
}

// Lemire, Fast Random Integer Generation in an Interval (2019): the high half of a product, with the few low
// halves that would favour some results drawn again.
std::uint64_t Random::below(std::uint64_t n) {
  Wide product = static_cast<Wide>((*this)()) * n;
  const std::uint64_t unfair = (0 - n) % n;
  while (static_cast<std::uint64_t>(product) < unfair) product = static_cast<Wide>((*this)()) * n;
  return static_cast<std::uint64_t>(product >> 64);
}

// Marsaglia's polar method. Its second number is thrown away: a kept one would be state that `split` and
// copies share.
double Random::normal() {
  while (true) {
    const double x = 2 * uniform() - 1;
    const double y = 2 * uniform() - 1;
    const double square = x * x + y * y;
    if (square > 0 && square < 1) return x * std::sqrt(-2 * std::log(square) / square);
  }
}

double Random::exponential() {
  return -std::log1p(-uniform());
}

// Not the generator's jump: a child's own split would then land on its sibling's stream.
Random Random::split() {
  Random child(0);
  for (auto& word : child.state_) word = scatter((*this)());
  return child;
}

std::uint64_t entropy_seed() {
  std::array<unsigned char, sizeof(std::uint64_t)> bytes;
  fill_with_entropy(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

std::string random_uuid() {
  std::array<unsigned char, 16> bytes;
  fill_with_entropy(bytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);  // the variant of RFC 9562
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    append_hex(text, bytes[i]);
  }
  return text;
}

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> drawn(bytes);
  fill_with_entropy(drawn);
  std::string text;
  for (const unsigned char byte : drawn) append_hex(text, byte);
  return text;
}

}  // namespace base
