#include "apps/memory_api/search/tokenizer.h"

#include <array>
#include <new>

#include <sqlite3.h>

#include "apps/memory_api/search/stop_words.h"

namespace memory_api::search {
namespace {

constexpr const char* stop_filter_name = "content_words";
constexpr std::size_t longest_term = 64;

using TokenCallback = int (*)(void*, int, const char*, int, int, int);

// A tokenizer that stands before another one of FTS5. Only the type differs in what it does with text and
// tokens.
struct Layer {
  fts5_tokenizer methods{};
  Fts5Tokenizer* inner = nullptr;
};

Layer& layer_of(Fts5Tokenizer* tokenizer) {
  return *reinterpret_cast<Layer*>(tokenizer);
}

int create_layer(fts5_api* api, const char* inner, const char** arguments, int count, Fts5Tokenizer** out) {
  auto layer = std::make_unique<Layer>();
  void* user_data = nullptr;
  int status = api->xFindTokenizer(api, inner, &user_data, &layer->methods);
  if (status == SQLITE_OK) status = layer->methods.xCreate(user_data, arguments, count, &layer->inner);
  if (status == SQLITE_OK) *out = reinterpret_cast<Fts5Tokenizer*>(layer.release());
  return status;
}

void delete_layer(Fts5Tokenizer* tokenizer) {
  const std::unique_ptr<Layer> layer(&layer_of(tokenizer));
  layer->methods.xDelete(layer->inner);
}

// --- Stop words go, between unicode61 and the stemmer.

struct Sink {
  void* context = nullptr;
  TokenCallback emit = nullptr;
  std::string term = {};
  std::size_t prefix = 0;
};

int create_stop_filter(void* api, const char**, int, Fts5Tokenizer** out) {
  std::array<const char*, 2> arguments = {"remove_diacritics", "2"};
  return create_layer(static_cast<fts5_api*>(api), "unicode61", arguments.data(), 2, out);
}

int emit_content_word(void* context, int flags, const char* token, int size, int start, int end) {
  const Sink& sink = *static_cast<Sink*>(context);
  if (is_stop_word({token, static_cast<std::size_t>(size)})) return SQLITE_OK;
  return sink.emit(sink.context, flags, token, size, start, end);
}

int tokenize_content(Fts5Tokenizer* tokenizer, void* context, int flags, const char* text, int size,
                     TokenCallback emit) {
  const Layer& layer = layer_of(tokenizer);
  Sink sink{context, emit};
  return layer.methods.xTokenize(layer.inner, &sink, flags, text, size, emit_content_word);
}

// --- The tenant's number before each term, outermost.

int create_prefixer(void* api, const char**, int, Fts5Tokenizer** out) {
  std::array<const char*, 1> arguments = {stop_filter_name};
  return create_layer(static_cast<fts5_api*>(api), "porter", arguments.data(), 1, out);
}

// At most the given bytes, never inside a UTF-8 sequence.
std::size_t cut(std::string_view token) {
  if (token.size() <= longest_term) return token.size();
  std::size_t size = longest_term;
  while (size > 0 && (static_cast<unsigned char>(token[size]) & 0xC0u) == 0x80u) --size;
  return size;
}

int emit_prefixed(void* context, int flags, const char* token, int size, int start, int end) {
  Sink& sink = *static_cast<Sink*>(context);
  sink.term.resize(sink.prefix);
  sink.term.append(token, cut({token, static_cast<std::size_t>(size)}));
  return sink.emit(sink.context, flags, sink.term.data(), static_cast<int>(sink.term.size()), start, end);
}

int tokenize_prefixed(Fts5Tokenizer* tokenizer, void* context, int flags, const char* text, int size,
                      TokenCallback emit) {
  if (size == 0) return SQLITE_OK;
  const Layer& layer = layer_of(tokenizer);
  const auto colon = std::string_view(text, static_cast<std::size_t>(size)).find(':');
  if (colon == std::string_view::npos) return SQLITE_ERROR;
  Sink sink{context, emit, std::string(text, colon + 1), colon + 1};
  const int skipped = static_cast<int>(colon) + 1;
  return layer.methods.xTokenize(layer.inner, &sink, flags, text + skipped, size - skipped, emit_prefixed);
}

// https://www.sqlite.org/fts5.html#extending_fts5
fts5_api* find_api(sqlite3* connection) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

int collect(void* context, int, const char* token, int size, int, int) {
  static_cast<std::vector<std::string>*>(context)->emplace_back(token, static_cast<std::size_t>(size));
  return SQLITE_OK;
}

}  // namespace

struct Tokenizer::Instance {
  Fts5Tokenizer* tokenizer = nullptr;
  ~Instance() {
    if (tokenizer != nullptr) delete_layer(tokenizer);
  }
};

Tokenizer::Tokenizer(std::unique_ptr<Instance> instance) : instance_(std::move(instance)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

std::string indexed_text(std::int64_t tenant, std::string_view text) {
  return std::to_string(tenant).append(":").append(text);
}

base::Result<Tokenizer> Tokenizer::install(sqlite3* connection) {
  const auto failed = [] {
    return base::fail(base::ErrorCode::unsupported, "this SQLite has no full-text search (FTS5)");
  };
  fts5_api* api = find_api(connection);
  if (api == nullptr) return failed();
  fts5_tokenizer stop_filter{create_stop_filter, delete_layer, tokenize_content};
  fts5_tokenizer prefixer{create_prefixer, delete_layer, tokenize_prefixed};
  if (api->xCreateTokenizer(api, stop_filter_name, api, &stop_filter, nullptr) != SQLITE_OK ||
      api->xCreateTokenizer(api, std::string(tokenizer_name).c_str(), api, &prefixer, nullptr) != SQLITE_OK) {
    return failed();
  }
  auto instance = std::make_unique<Instance>();
  if (create_prefixer(api, nullptr, 0, &instance->tokenizer) != SQLITE_OK) return failed();
  return Tokenizer(std::move(instance));
}

std::vector<std::string> Tokenizer::terms(std::int64_t tenant, std::string_view text) const {
  std::vector<std::string> terms;
  const std::string prefixed = indexed_text(tenant, text);
  tokenize_prefixed(instance_->tokenizer, &terms, FTS5_TOKENIZE_DOCUMENT, prefixed.data(),
                    static_cast<int>(prefixed.size()), collect);
  return terms;
}

}  // namespace memory_api::search
