// Any server that speaks OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat):
// OpenAI itself behind a proxy that adds TLS, Ollama, vLLM, llama.cpp.
#pragma once

#include <memory>

#include "apps/memory_api/llm/llm_client.h"
#include "apps/memory_api/openai_server.h"

namespace memory_api::llm {

// Asks for JSON at temperature 0. Answers over 1 MiB are refused.
std::unique_ptr<LlmClient> make_openai_client(OpenAiServer server);

}  // namespace memory_api::llm
