// The seam to a language model: one question, one answer.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace memory_api::llm {

struct Question {
  std::string system;  // what the model is to do
  std::string user;    // with what
};

struct Tokens {
  std::uint64_t prompt = 0;
  std::uint64_t completion = 0;
};

struct Reply {
  std::string text;
  Tokens tokens = {};  // zero where the model does not tell
};

// Thread-safe.
class LlmClient {
 public:
  virtual ~LlmClient() = default;

  // Blocks, for some 20 seconds at most. unavailable, timeout, or corrupt where the answer is not one.
  virtual base::Result<Reply> ask(const Question& question) = 0;
};

}  // namespace memory_api::llm
