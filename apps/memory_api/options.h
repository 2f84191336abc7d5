// The command line of memory_api.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "apps/memory_api/api/fault.h"
#include "apps/memory_api/resilience/redis_counters.h"
#include "net/url.h"
#include "telemetry/log.h"

namespace memory_api {

// What makes vectors. `automatic`: the model where it is found beside the program, else nothing.
struct EmbedderChoice {
  enum class Kind { automatic, none, minilm, openai };

  Kind kind = Kind::automatic;
  std::filesystem::path folder = {};  // of minilm; empty: beside the program
  net::Url url = {};                  // of openai: the base, which ends in /v1
};

struct Options {
  enum class Command { serve, add_key };

  Command command = Command::serve;
  int port = 8080;
  std::filesystem::path data = "memory_data";
  std::filesystem::path key_file = {};
  bool open_keys = false;
  std::string storage_url = {};  // postgresql://…; empty: SQLite in `data`
  std::size_t storage_connections = 8;
  std::optional<resilience::RedisAddress> redis = {};
  std::uint64_t rate_limit = 0;      // requests a second of one key; 0: no limit
  std::optional<net::Url> llm = {};  // base of an OpenAI-compatible server; none: no facts are extracted
  std::string llm_model = "gpt-4o-mini";
  EmbedderChoice embedder = {};
  std::string embedder_model = "text-embedding-3-small";
  api::FaultKind fault = api::FaultKind::none;
  telemetry::Level log_level = telemetry::Level::info;
};

// The options; or, where there is nothing to run, the exit code: 0 after --help, 2 after wrong usage, which
// is explained on standard error.
std::expected<Options, int> parse_options(int argc, const char* const* argv);

}  // namespace memory_api
