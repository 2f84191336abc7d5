// From an HTTP request to its answer: trace, route, key, endpoint, metrics, log. Everything else is in the
// endpoints.
#pragma once

#include <memory>

#include "apps/memory_api/api/call.h"
#include "apps/memory_api/observability/request_metrics.h"
#include "apps/memory_api/resilience/workers.h"
#include "net/http_server.h"

namespace memory_api::api {

// Thread-safe; outlives the server that it is given to, and the service outlives it. Without `facts` no
// language model is asked. Where the service's storage is remote, requests are served on threads of their
// own.
class Application {
 public:
  Application(memory::MemoryService& service, telemetry::Log& log, telemetry::Registry& metrics, Fault& fault,
              llm::FactAdder* facts = nullptr, resilience::RateLimiter* limits = nullptr);

  void handle(net::Request request, net::Responder respond);

  // The answer to what HTTP itself forbids; for net::ServerOptions::format_refusal.
  net::Response refuse(int status, const std::string& detail);

  // From now on /ready says 503.
  void start_draining() { context_.draining = true; }

 private:
  void serve(Call call, const struct Route& route);
  void serve_elsewhere(Call call, const struct Route& route);

  Context context_;
  observability::RequestMetrics request_metrics_;
  std::unique_ptr<resilience::Workers> workers_;  // where the storage is remote; ends first
};

}  // namespace memory_api::api
