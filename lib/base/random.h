// Randomness as a value that is handed in: the same seed gives the same numbers on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace base {

// xoshiro256** 1.0 (Blackman, Vigna, https://prng.di.unimi.it), seeded through SplitMix64.
// A UniformRandomBitGenerator. Not thread-safe: one per thread, `split` makes more.
class Random {
 public:
  using result_type = std::uint64_t;

  explicit Random(std::uint64_t seed);
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

  double uniform();                      // [0, 1)
  std::uint64_t below(std::uint64_t n);  // [0, n), unbiased; n > 0
  double normal();                       // mean 0, variance 1
  double exponential();                  // mean 1
  Random split();                        // an independent stream

  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t state_[4];
};

// A seed from the operating system's entropy.
std::uint64_t entropy_seed();

// A random version 4 UUID in lower case (RFC 9562), from the operating system's entropy. Thread-safe.
std::string random_uuid();

// `bytes` random bytes as lower-case hexadecimal, from the operating system's entropy. Thread-safe.
std::string random_hex(std::size_t bytes);

}  // namespace base
