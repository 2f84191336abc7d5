#include "apps/memory_api/api/application.h"

#include <fmt/format.h>

#include "apps/memory_api/api/authorization.h"
#include "apps/memory_api/api/fault.h"
#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/openapi.h"
#include "apps/memory_api/api/problem.h"
#include "apps/memory_api/api/routes.h"
#include "apps/memory_api/resilience/rate_limiter.h"

namespace memory_api::api {
namespace {

using telemetry::TraceContext;

// The caller's trace goes on with a span of ours; otherwise a new one begins.
TraceContext trace_of(const net::Request& request) {
  const std::string* header = net::find_header(request.headers, "traceparent");
  const auto parent = header ? telemetry::parse_traceparent(*header) : std::nullopt;
  return parent ? telemetry::start_span(*parent) : telemetry::start_trace();
}

bool is_read(const net::Request& request) {
  return request.method == "GET" || request.parsed.path.find("/search") != std::string::npos ||
         request.parsed.path == "/v3/memories/" || request.parsed.path == "/v2/memories/";
}

std::vector<std::string_view> route_names() {
  std::vector<std::string_view> names;
  for (const Route& route : routes()) names.push_back(route.pattern);
  return names;
}

net::Response with_header(net::Response response, std::string_view name, std::string value) {
  net::set_header(response.headers, name, std::move(value));
  return response;
}

}  // namespace

Application::Application(memory::MemoryService& service, telemetry::Log& log, telemetry::Registry& metrics,
                         Fault& fault, llm::FactAdder* facts, resilience::RateLimiter* limits)
    : context_{.service = service,
               .log = log,
               .metrics = metrics,
               .fault = fault,
               .facts = facts,
               .limits = limits,
               .openapi = openapi_text()},
      request_metrics_(metrics, route_names()),
      workers_(service.is_remote() ? std::make_unique<resilience::Workers>() : nullptr) {
  if (!workers_) return;
  auto& shed = metrics.counter("memory_requests_shed_total", "Requests refused since too many were waiting.");
  metrics.on_collect([this, &shed] { shed.add(workers_->refused() - shed.value()); });
}

net::Response Application::refuse(int status, const std::string& detail) {
  const TraceContext trace = telemetry::start_trace();
  context_.log.write(telemetry::Level::debug, "request refused", trace,
                     {{"status", status}, {"detail", detail}});
  return problem(status, detail, trace);
}

void Application::handle(net::Request request, net::Responder respond) {
  const auto started = std::chrono::steady_clock::now();
  const TraceContext trace = trace_of(request);
  Match match = match_route(request.method, request.parsed.segments);
  const std::string_view pattern = match.route ? match.route->pattern : "unknown";
  const std::string method = request.method;
  auto finish = [this, respond = std::move(respond), started, trace, pattern,
                 method](net::Response response) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    request_metrics_.record(pattern, method, response.status, took.count());
    context_.log.write(
        telemetry::Level::debug, "request", trace,
        {{"method", method}, {"route", pattern}, {"status", response.status}, {"seconds", took.count()}});
    respond(std::move(response));
  };
  if (!match.route) {
    if (match.allow.empty()) return finish(problem(404, "there is nothing at this path", trace));
    return finish(with_header(problem(405, fmt::format("this path takes {}", match.allow), trace), "Allow",
                              match.allow));
  }
  if (!match.route->needs_key) {
    return match.route->endpoint(Call(context_, std::move(request), trace, std::move(finish)));
  }
  const bool reads = is_read(request);
  auto reply = [this, reads, finish = std::move(finish)](net::Response response) mutable {
    context_.fault.release(reads, [finish = std::move(finish), response = std::move(response)]() mutable {
      finish(std::move(response));
    });
  };
  Call call(context_, std::move(request), trace, std::move(reply));
  call.path_arguments = std::move(match.arguments);
  if (workers_) return serve_elsewhere(std::move(call), *match.route);
  serve(std::move(call), *match.route);
}

void Application::serve_elsewhere(Call call, const Route& route) {
  workers_->submit([this, call = std::move(call), &route](bool is_accepted) mutable {
    if (is_accepted) return serve(std::move(call), route);
    call.fail({.code = base::ErrorCode::unavailable,
               .message = "too many requests wait for the storage",
               .hint = "send fewer at a time, or try again in a second"});
  });
}

void Application::serve(Call call, const Route& route) {
  if (context_.fault.strikes_request()) return call.fail(500, "a planted fault (--fault errors)");
  auto tenant = authorize(context_.service, call.request());
  if (!tenant && tenant.error().code != base::ErrorCode::permission) return call.fail(tenant.error());
  if (!tenant) {
    return call.answer(with_header(problem(401, tenant.error().message, call.trace()), "WWW-Authenticate",
                                   "Token realm=\"memory_api\""));
  }
  call.tenant = *std::move(tenant);
  if (const auto wait = context_.limits ? context_.limits->refuse(call.tenant.id) : std::nullopt) {
    return call.answer(
        with_header(problem(429, "this key makes more requests than it may (send fewer, or try again later)",
                            call.trace()),
                    "Retry-After", std::to_string(wait->count())));
  }
  if (has_foreign_content_type(call.request())) {
    return call.fail(415, "the body must be JSON: send \"Content-Type: application/json\"");
  }
  route.endpoint(std::move(call));
}

}  // namespace memory_api::api
