// Any server that speaks OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat):
// OpenAI itself behind a proxy that adds TLS, Ollama, vLLM, llama.cpp.
#pragma once

#include <memory>
#include <string>

#include "apps/memory_api/llm/llm_client.h"
#include "net/url.h"

namespace memory_api::llm {

struct OpenAiOptions {
  net::Url base;        // ends in /v1; /chat/completions is appended
  std::string model;    // as the server names it
  std::string api_key;  // empty: none is sent
};

// Asks for JSON at temperature 0. Answers over 1 MiB are refused.
std::unique_ptr<LlmClient> make_openai_client(OpenAiOptions options);

}  // namespace memory_api::llm
