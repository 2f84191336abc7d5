// The seam to what makes vectors of texts.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace memory_api::search {

// Thread-safe.
class Embedder {
 public:
  virtual ~Embedder() = default;

  struct Identity {
    std::string name = {};  // of the model: equal names make comparable vectors
    std::size_t dimensions = 0;

    bool operator==(const Identity&) const = default;
  };
  // Gets ready, or looks whether it still is. Blocks; may be repeated after a failure.
  virtual base::Result<Identity> start() = 0;

  // One vector for each text, in order, finite and of unit length. Blocks for `patience` at most, as far as
  // it waits for others. invalid_argument: these texts are refused, others may not be; timeout: they took
  // longer, fewer may not; every other error means that the embedder does not work now.
  virtual base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                              std::chrono::milliseconds patience) = 0;

  // Whether it waits for another program, and does not compute on the calling thread.
  virtual bool is_remote() const = 0;

  // How much a text's vector can be trusted, 0 … 1, against its words.
  virtual double trust(std::string_view text) const = 0;
};

// Texts of one call, and of how many bytes together: what a batch may hold.
struct BatchLimits {
  std::size_t texts = 16;
  std::size_t bytes = 16u << 10;
};

// The ends of batches of texts that are sorted by length, the first batch from 0; a text that is too long is
// a batch of its own.
std::vector<std::size_t> batch_ends(std::span<const std::string_view> texts, const BatchLimits& limits);

}  // namespace memory_api::search
