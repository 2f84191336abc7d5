#include "apps/memory_api/search/openai_embedder.h"

#include <atomic>
#include <cmath>

#include <fmt/format.h>

#include "base/json.h"

namespace memory_api::search {
namespace {

using base::ErrorCode;
using base::Json;
using Vectors = std::vector<std::vector<float>>;

constexpr std::size_t longest_answer = 8u << 20;
constexpr std::size_t most_dimensions = 4'096;
constexpr auto start_patience = std::chrono::milliseconds(1'000);

std::unexpected<base::Error> garbage(std::string_view what) {
  return base::fail(ErrorCode::corrupt, fmt::format("the embedder's answer is garbage: {}", what));
}

base::Result<std::vector<float>> read_vector(const Json& values) {
  if (!values.is_array() || values.empty() || values.size() > most_dimensions) {
    return garbage("a vector is no list of 1 to 4096 numbers");
  }
  std::vector<float> vector;
  double squares = 0;
  for (const Json& value : values) {
    if (!value.is_number()) return garbage("a vector holds something else than numbers");
    vector.push_back(value.get<float>());
    squares += static_cast<double>(vector.back()) * vector.back();
  }
  const double length = std::sqrt(squares);
  if (!std::isfinite(length) || length < 1e-12) return garbage("a vector has no direction");
  for (float& value : vector) value = static_cast<float>(value / length);
  return vector;
}

bool is_of_one_length(const Vectors& vectors) {
  for (const auto& vector : vectors) {
    if (vector.empty() || vector.size() != vectors.front().size()) return false;
  }
  return true;
}

class OpenAiEmbedder final : public Embedder {
 public:
  explicit OpenAiEmbedder(OpenAiServer server) : server_(std::move(server)) {}

  base::Result<Identity> start() override {
    const std::string_view text = "ready?";
    BASE_ASSIGN(const Vectors vectors, ask({&text, 1}, start_patience));
    dimensions_ = vectors.front().size();
    return Identity{"openai/" + server_.model, dimensions_};
  }

  base::Result<Vectors> embed(std::span<const std::string_view> texts,
                              std::chrono::milliseconds patience) override {
    BASE_ASSIGN(Vectors vectors, ask(texts, patience));
    const std::size_t expected = dimensions_;
    if (!vectors.empty() && vectors.front().size() != expected) {
      return garbage(fmt::format("{} dimensions, expected {}", vectors.front().size(), expected));
    }
    return vectors;
  }

  bool is_remote() const override { return true; }
  double trust(std::string_view /*text*/) const override { return 1; }

 private:
  base::Result<Vectors> ask(std::span<const std::string_view> texts,
                            std::chrono::milliseconds patience) const {
    Json input = Json::array();
    for (const std::string_view text : texts) input.push_back(text);
    const Json body{{"model", server_.model}, {"input", std::move(input)}, {"encoding_format", "float"}};
    BASE_ASSIGN(const net::ClientResponse response,
                post_openai(server_, "/embeddings", base::dump(body),
                            {.timeout = patience, .max_body_bytes = longest_answer}));
    if (response.ok()) return read_embeddings(response.body, texts.size());
    const bool is_refusal = response.status == 400 || response.status == 413 || response.status == 422;
    return base::fail(is_refusal ? ErrorCode::invalid_argument : ErrorCode::unavailable,
                      fmt::format("the embedder answered {}", response.status));
  }

  const OpenAiServer server_;
  std::atomic<std::size_t> dimensions_ = 0;
};

}  // namespace

base::Result<Vectors> read_embeddings(std::string_view body, std::size_t texts) {
  const auto json = base::parse_json(body, "answer", {.bytes = longest_answer, .allow_duplicate_keys = true});
  if (!json) return garbage("no JSON");
  const Json* data = base::find(*json, "data");
  if (!data || !data->is_array() || data->size() != texts) return garbage("not one entry for each text");
  Vectors vectors(texts);
  for (std::size_t i = 0; i < texts; ++i) {
    const Json* index = base::find((*data)[i], "index");
    const std::size_t place = index && index->is_number_unsigned() ? index->get<std::size_t>() : i;
    const Json* values = base::find((*data)[i], "embedding");
    if (!values || place >= texts) return garbage("an entry without an embedding or with a wrong index");
    BASE_ASSIGN(vectors[place], read_vector(*values));
  }
  if (!is_of_one_length(vectors)) return garbage("vectors of different lengths, or an index twice");
  return vectors;
}

std::unique_ptr<Embedder> make_openai_embedder(OpenAiServer server) {
  return std::make_unique<OpenAiEmbedder>(std::move(server));
}

}  // namespace memory_api::search
