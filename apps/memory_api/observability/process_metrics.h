// Gauges of the process, its HTTP server and its storage, read when somebody asks for the metrics.
#pragma once

#include "apps/memory_api/memory/memory_service.h"
#include "net/http_server.h"
#include "telemetry/metrics.h"

namespace memory_api::observability {

// process_* as Prometheus' client libraries name them, http_connections, memory_storage_*, memory_vectors_*.
// All references outlive the registry's last exposition.
void watch_process(telemetry::Registry& registry);
void watch_storage(telemetry::Registry& registry, memory::MemoryService& service);
void watch_embedder(telemetry::Registry& registry, memory::MemoryService& service);
void watch_server(telemetry::Registry& registry, const net::HttpServer& server);

}  // namespace memory_api::observability
