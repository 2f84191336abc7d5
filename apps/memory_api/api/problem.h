// Errors as clients get them: application/problem+json (RFC 9457) with the trace that the log knows them by.
#pragma once

#include <string_view>

#include "base/error.h"
#include "net/http_server.h"
#include "telemetry/trace_context.h"

namespace memory_api::api {

// {"type", "title", "status", "detail", "trace_id"}; the title is HTTP's phrase for the status.
net::Response problem(int status, std::string_view detail, const telemetry::TraceContext& trace);

// What an error of the service means in HTTP: 400, 404, 409, 413, 503 (with Retry-After), 504, 507, 500. The
// detail of a 500 says nothing about the inside.
int status_of(base::ErrorCode code);
net::Response problem(const base::Error& error, const telemetry::TraceContext& trace);

}  // namespace memory_api::api
