// memory_api: starts the service, waits for a signal, stops it in order.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <sys/resource.h>

#include "apps/memory_api/api/application.h"
#include "apps/memory_api/api/fault.h"
#include "apps/memory_api/llm/fact_adder.h"
#include "apps/memory_api/llm/openai_client.h"
#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/observability/process_metrics.h"
#include "apps/memory_api/options.h"
#include "apps/memory_api/resilience/rate_limiter.h"
#include "apps/memory_api/search/minilm_embedder.h"
#include "apps/memory_api/search/openai_embedder.h"
#include "apps/memory_api/storage/postgres_storage.h"
#include "apps/memory_api/storage/sqlite_storage.h"
#include "base/file.h"
#include "base/process.h"
#include "embedding/model.h"
#include "net/http_server.h"
#include "telemetry/log.h"

namespace memory_api {
namespace {

using base::Result;
using base::Status;
using memory::MemoryService;

constexpr int exit_ok = 0;
constexpr int exit_unusable = 3;
constexpr auto drain_time = std::chrono::seconds(4);  // of the five that a stop may take

int report(telemetry::Log& log, const base::Error& error) {
  log.write(telemetry::Level::fatal, base::to_string(error), {{"code", base::to_string(error.code)}});
  log.flush();
  return exit_unusable;
}

// Each connection is a descriptor; the usual soft limit of 1,024 is too low for a thousand clients.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65'536);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Large blocks go back to the system when they are freed. By default glibc learns from the first one to keep
// them, and a burst of large requests would stay in the resident set for good.
void return_large_blocks() {
  ::mallopt(M_MMAP_THRESHOLD, 256 << 10);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

// A store without any key gets its first one, which is handed out here and never again.
Status provide_first_key(MemoryService& service, const Options& options, telemetry::Log& log) {
  BASE_ASSIGN(const bool has_keys, service.has_keys());
  const bool wanted_elsewhere = !options.key_file.empty() && !base::system_files().exists(options.key_file);
  if (has_keys && wanted_elsewhere) {
    log.warn("the store has its keys already, so none is written to --key-file",
             {{"hint", "memory_api keys add makes another"}});
  }
  if (has_keys) return {};
  BASE_ASSIGN(const std::string key, service.add_key());
  if (options.key_file.empty()) {
    log.info("first key: keep it, it cannot be seen again", {{"key", key}});
    return {};
  }
  return base::system_files().write_atomically(options.key_file, key, 0600);
}

std::string openai_key() {
  const char* key = std::getenv("OPENAI_API_KEY");
  return key ? key : "";
}

std::filesystem::path model_folder() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return embedding::model_folder_of(program);
}

// nullptr where none is wanted. A model that was asked for by name must be there.
Result<std::unique_ptr<search::Embedder>> make_embedder(const Options& options,
                                                        storage::MemoryStorage& storage,
                                                        telemetry::Log& log) {
  using Kind = EmbedderChoice::Kind;
  const EmbedderChoice& choice = options.embedder;
  if (choice.kind == Kind::none) return nullptr;
  const std::filesystem::path folder = choice.folder.empty() ? model_folder() : choice.folder;
  const bool has_model = choice.kind == Kind::openai || embedding::has_model(folder);
  if (!has_model && choice.kind == Kind::minilm) {
    return base::fail(base::ErrorCode::not_found, "there is no all-MiniLM-L6-v2 in " + folder.string(),
                      "./dev setup fetches it; --embedder none works without");
  }
  if (!has_model) {
    log.info("no model beside the program: search goes by words alone", {{"folder", folder.string()}});
    return nullptr;
  }
  // One that was asked for is used as soon as the storage can keep vectors; until then it says why not.
  if (const Status possible = storage.can_keep_vectors(); !possible) {
    log.warn("no vectors can be kept: search goes by words alone",
             {{"reason", base::to_string(possible.error())}});
    if (choice.kind == Kind::automatic) return nullptr;
  }
  if (choice.kind == Kind::openai) {
    return search::make_openai_embedder({choice.url, options.embedder_model, openai_key()});
  }
  return search::make_minilm_embedder(folder);
}

Result<std::unique_ptr<storage::MemoryStorage>> open_storage(const Options& options, bool exclusive) {
  if (options.storage_url.empty()) {
    return storage::open_sqlite_storage(options.data, {.exclusive = exclusive});
  }
  return storage::open_postgres_storage(
      {.url = options.storage_url, .connections = options.storage_connections});
}

std::unique_ptr<MemoryService> make_service(const Options& options,
                                            std::unique_ptr<storage::MemoryStorage> storage,
                                            std::unique_ptr<search::Embedder> embedder) {
  const auto keys = options.open_keys ? MemoryService::Keys::open : MemoryService::Keys::stored;
  return std::make_unique<MemoryService>(std::move(storage), keys, base::system_clock(), std::move(embedder));
}

void wait_for_signal() {
  pollfd waiting{base::interrupts::descriptor(), POLLIN, 0};
  while (base::interrupts::raised() == 0) ::poll(&waiting, 1, -1);
}

net::ServerOptions server_options(const Options& options, api::Application& application) {
  net::ServerOptions result;
  result.port = options.port;
  result.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 2u, 4u));
  result.format_refusal = [&application](int status, const std::string& detail) {
    return application.refuse(status, detail);
  };
  return result;
}

std::unique_ptr<llm::FactAdder> make_fact_adder(const Options& options, MemoryService& service,
                                                telemetry::Registry& metrics) {
  if (!options.llm) return nullptr;
  auto client = llm::make_openai_client({*options.llm, options.llm_model, openai_key()});
  return std::make_unique<llm::FactAdder>(service, std::move(client), metrics);
}

std::unique_ptr<resilience::RateLimiter> make_rate_limiter(const Options& options,
                                                           telemetry::Registry& metrics) {
  if (options.rate_limit == 0) return nullptr;
  return std::make_unique<resilience::RateLimiter>(options.rate_limit, options.redis, metrics);
}

int serve(const Options& options, telemetry::Log& log) {
  auto storage = open_storage(options, true);
  if (!storage) return report(log, storage.error());
  auto embedder = make_embedder(options, **storage, log);
  if (!embedder) return report(log, embedder.error());
  const auto service = make_service(options, *std::move(storage), *std::move(embedder));
  if (!options.open_keys) {
    if (const Status given = provide_first_key(*service, options, log); !given)
      return report(log, given.error());
  }
  telemetry::Registry metrics;
  api::Fault fault(options.fault);
  const auto facts = make_fact_adder(options, *service, metrics);
  const auto limits = make_rate_limiter(options, metrics);
  api::Application application(*service, log, metrics, fault, facts.get(), limits.get());
  auto server = net::HttpServer::start(server_options(options, application),
                                       [&application](net::Request request, net::Responder respond) {
                                         application.handle(std::move(request), std::move(respond));
                                       });
  if (!server) return report(log, server.error());
  observability::watch_process(metrics);
  observability::watch_storage(metrics, *service);
  observability::watch_embedder(metrics, *service);
  observability::watch_server(metrics, **server);
  fmt::print("listening on http://127.0.0.1:{}\n", (*server)->port());
  std::fflush(stdout);
  log.info("started", {{"port", (*server)->port()},
                       {"data", options.data.string()},
                       {"storage", options.storage_url.empty() ? "sqlite" : "postgresql"}});
  wait_for_signal();
  log.info("stopping", {{"signal", base::signal_name(base::interrupts::raised())}});
  application.start_draining();
  (*server)->stop(drain_time);
  if (facts) facts->close();
  service->close();
  log.info("stopped");
  return exit_ok;
}

int add_key(const Options& options, telemetry::Log& log) {
  auto storage = open_storage(options, false);
  if (!storage) return report(log, storage.error());
  const auto key = make_service(options, *std::move(storage), nullptr)->add_key();
  if (!key) return report(log, key.error());
  fmt::print("{}\n", *key);
  return exit_ok;
}

}  // namespace
}  // namespace memory_api

int main(int argc, char** argv) {
  const auto options = memory_api::parse_options(argc, argv);
  if (!options) return options.error();
  std::signal(SIGPIPE, SIG_IGN);  // a reader of the log that went away must not end the service
  base::interrupts::install();
  memory_api::raise_descriptor_limit();
  memory_api::return_large_blocks();
  telemetry::Log log({.level = options->log_level});
  const bool adds_key = options->command == memory_api::Options::Command::add_key;
  return adds_key ? memory_api::add_key(*options, log) : memory_api::serve(*options, log);
}
