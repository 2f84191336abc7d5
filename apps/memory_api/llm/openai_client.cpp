#include "apps/memory_api/llm/openai_client.h"

#include <fmt/format.h>

#include "base/json.h"

namespace memory_api::llm {
namespace {

using base::Json;
using base::Result;

constexpr auto patience = std::chrono::seconds(20);
constexpr std::size_t longest_answer = 1u << 20;

std::uint64_t count_in(const Json& usage, const char* key) {
  const Json* value = base::find(usage, key);
  return value && value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
}

// Only what is needed is looked at: servers differ in the rest.
Result<Reply> read_reply(const std::string& body) {
  const auto garbage = [] {
    return base::fail(base::ErrorCode::corrupt, "the language model's answer is no chat completion");
  };
  const auto json = base::parse_json(body, "answer", {.bytes = longest_answer, .allow_duplicate_keys = true});
  if (!json) return garbage();
  const Json* choices = base::find(*json, "choices");
  if (!choices || !choices->is_array() || choices->empty()) return garbage();
  const Json* message = base::find(choices->front(), "message");
  const Json* content = message ? base::find(*message, "content") : nullptr;
  if (!content || !content->is_string()) return garbage();
  Reply reply{content->get<std::string>(), {}};
  if (const Json* usage = base::find(*json, "usage")) {
    reply.tokens = {count_in(*usage, "prompt_tokens"), count_in(*usage, "completion_tokens")};
  }
  return reply;
}

class OpenAiClient final : public LlmClient {
 public:
  explicit OpenAiClient(OpenAiServer server) : server_(std::move(server)) {}

  Result<Reply> ask(const Question& question) override {
    const Json body{{"model", server_.model},
                    {"temperature", 0},
                    {"response_format", {{"type", "json_object"}}},
                    {"messages",
                     {{{"role", "system"}, {"content", question.system}},
                      {{"role", "user"}, {"content", question.user}}}}};
    BASE_ASSIGN(const net::ClientResponse response,
                post_openai(server_, "/chat/completions", base::dump(body),
                            {.timeout = patience, .max_body_bytes = longest_answer}));
    if (!response.ok()) {
      return base::fail(base::ErrorCode::unavailable,
                        fmt::format("the language model answered {}", response.status));
    }
    return read_reply(response.body);
  }

 private:
  const OpenAiServer server_;
};

}  // namespace

std::unique_ptr<LlmClient> make_openai_client(OpenAiServer server) {
  return std::make_unique<OpenAiClient>(std::move(server));
}

}  // namespace memory_api::llm
