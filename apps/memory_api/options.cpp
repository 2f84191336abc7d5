#include "apps/memory_api/options.h"

#include <string>

#include <CLI/CLI.hpp>

namespace memory_api {
namespace {

constexpr int wrong_usage = 2;

const char* const footer = R"text(
Example:
  memory_api --port 8080 --data ./memory_data --key-file ./key &
  curl -H "Authorization: Token $(cat ./key)" http://127.0.0.1:8080/v1/ping/

Exit codes: 0 stopped by a signal, 2 wrong usage, 3 the storage or the port cannot be used.)text";

// What CLI11 reads as words and we as values.
struct Words {
  std::string storage = "sqlite";
  std::string cache = "memory";
  std::string llm;
  std::string embedder;
  std::string fault;
  std::string log_level = "info";
};

base::Result<net::Url> parse_openai(std::string_view text) {
  constexpr std::string_view kind = "openai=";
  if (!text.starts_with(kind)) return base::fail(base::ErrorCode::invalid_argument, "expected openai=URL");
  BASE_ASSIGN(net::Url url, net::parse_url(text.substr(kind.size())));
  if (url.scheme == "http") return url;
  return base::fail(base::ErrorCode::unsupported,
                    "only http is spoken here: put a proxy before it that adds TLS");
}

bool is_postgres(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

std::string check_storage(std::string& text) {
  return text == "sqlite" || is_postgres(text) ? ""
                                               : "expected sqlite or postgresql://USER@HOST:PORT/DATABASE";
}

void add_storage_option(CLI::App& app, Words& words) {
  app.add_option("--storage", words.storage,
                 "sqlite: a file in --data; or postgresql://USER@HOST:PORT/DATABASE")
      ->envname("MEMORY_API_STORAGE")
      ->check(CLI::Validator(check_storage, "sqlite|postgresql://…"));
}

std::string check_cache(std::string& text) {
  const auto address = resilience::parse_redis_url(text);
  return text == "memory" || address ? "" : base::to_string(address.error());
}

void add_limit_options(CLI::App& app, Options& options, Words& words) {
  app.add_option("--rate-limit", options.rate_limit,
                 "Requests that one key may make in a second; more are answered 429. 0: as many as it likes")
      ->check(CLI::Range(0, 1'000'000'000));
  app.add_option("--cache", words.cache,
                 "memory; or redis://[:PASSWORD@]HOST[:PORT][/DATABASE], which several processes share")
      ->envname("MEMORY_API_CACHE")
      ->check(CLI::Validator(check_cache, "memory|redis://…"));
}

std::string check_llm(std::string& text) {
  const auto url = parse_openai(text);
  return url ? "" : base::to_string(url.error());
}

base::Result<EmbedderChoice> parse_embedder(std::string_view text) {
  using Kind = EmbedderChoice::Kind;
  constexpr std::string_view with_folder = "minilm=";
  if (text == "none") return EmbedderChoice{.kind = Kind::none};
  if (text == "minilm") return EmbedderChoice{.kind = Kind::minilm};
  if (text.starts_with(with_folder) && text.size() > with_folder.size()) {
    return EmbedderChoice{.kind = Kind::minilm, .folder = text.substr(with_folder.size())};
  }
  if (!text.starts_with("openai=")) {
    return base::fail(base::ErrorCode::invalid_argument, "expected none, minilm, minilm=DIR or openai=URL");
  }
  BASE_ASSIGN(net::Url url, parse_openai(text));
  return EmbedderChoice{.kind = Kind::openai, .url = std::move(url)};
}

std::string check_embedder(std::string& text) {
  const auto choice = parse_embedder(text);
  return choice ? "" : base::to_string(choice.error());
}

void add_serve_options(CLI::App& app, Options& options, Words& words) {
  app.add_option("--port", options.port, "Port on 127.0.0.1; 0 picks a free one")
      ->check(CLI::Range(0, 65535));
  auto* key_file = app.add_option("--key-file", options.key_file,
                                  "Where the first key is written (mode 0600); else it is logged once");
  app.add_flag("--open-keys", options.open_keys, "Any well-formed key is a tenant of its own (tests, demos)")
      ->excludes(key_file);
  add_storage_option(app, words);
  app.add_option("--storage-connections", options.storage_connections,
                 "Connections to PostgreSQL for reading; who finds none free is answered 503")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_limit_options(app, options, words);
  app.add_option(
         "--llm", words.llm,
         "openai=URL: a server with OpenAI's API extracts facts; URL ends in /v1; the key is taken from "
         "OPENAI_API_KEY")
      ->check(CLI::Validator(check_llm, "openai=URL"));
  app.add_option("--embedder", words.embedder,
                 "What makes vectors: minilm (the model beside the program; the default where it is there), "
                 "minilm=DIR, openai=URL (a server with OpenAI's API; URL ends in /v1) or none")
      ->envname("MEMORY_API_EMBEDDER")
      ->check(CLI::Validator(check_embedder, "none|minilm[=DIR]|openai=URL"));
  app.add_option("--embedder-model", options.embedder_model, "The model's name at openai=URL")
      ->capture_default_str();
  app.add_option("--llm-model", options.llm_model, "The model's name there")->capture_default_str();
  app.add_option("--fault", words.fault, "For developers: plants a fault")
      ->envname("MEMORY_API_FAULT")
      ->check(CLI::IsMember({"slow", "errors", "ranking", "crash"}));
  app.add_option("--log-level", words.log_level, "Debug writes a line a request")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
}

}  // namespace

std::expected<Options, int> parse_options(int argc, const char* const* argv) {
  Options options;
  Words words;
  std::filesystem::path keys_data;
  CLI::App app("memory_api: a memory store for AI agents that speaks mem0's wire.", "memory_api");
  app.footer(footer);
  app.add_option("--data", options.data, "Folder of the store; created where missing");
  add_serve_options(app, options, words);
  CLI::App* keys = app.add_subcommand("keys", "The keys of a store");
  keys->require_subcommand(1);
  CLI::App* add = keys->add_subcommand(
      "add", "Make a key with a tenant of its own, and print it: it cannot be seen again");
  add->add_option("--data", keys_data, "Folder of the store");
  add_storage_option(*add, words);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(app.exit(error) == 0 ? 0 : wrong_usage);
  }
  if (is_postgres(words.storage)) options.storage_url = words.storage;
  if (words.cache != "memory") options.redis = resilience::parse_redis_url(words.cache).value();
  if (!words.llm.empty()) options.llm = parse_openai(words.llm).value();
  if (!words.embedder.empty()) options.embedder = parse_embedder(words.embedder).value();
  options.fault = api::parse_fault(words.fault).value_or(api::FaultKind::none);
  options.log_level = telemetry::parse_level(words.log_level).value_or(telemetry::Level::info);
  if (*add) options.command = Options::Command::add_key;
  if (!keys_data.empty()) options.data = keys_data;
  return options;
}

}  // namespace memory_api
