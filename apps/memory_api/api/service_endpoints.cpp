#include "apps/memory_api/api/endpoints.h"
#include "apps/memory_api/api/wire.h"
#include "apps/memory_api/llm/fact_adder.h"
#include "apps/memory_api/resilience/rate_limiter.h"
#include "base/json.h"

namespace memory_api::api {

// The process lives and answers; whether it can do its work is /ready's to say.
void health(Call call) {
  call.answer(OutJson{{"status", "ok"}});
}

void ready(Call call) {
  const memory::Readiness storage = call.service().readiness();
  OutJson body = {{"status", to_string(storage.status)}, {"dependencies", {{"storage", to_json(storage)}}}};
  if (const llm::FactAdder* facts = call.context().facts) {
    const memory::Readiness model = facts->readiness();
    body["dependencies"]["llm"] = to_json(model);
    if (storage.status == memory::Readiness::Status::ok) body["status"] = to_string(model.status);
  }
  if (const auto embedder = call.service().embedder_readiness()) {
    body["dependencies"]["embedder"] = to_json(*embedder);
    if (body["status"] == "ok") body["status"] = to_string(embedder->status);
  }
  const auto cache = call.context().limits ? call.context().limits->readiness() : std::nullopt;
  if (cache) {
    body["dependencies"]["cache"] = to_json(*cache);
    if (body["status"] == "ok") body["status"] = to_string(cache->status);
  }
  const bool draining = call.context().draining;
  if (draining) {
    body["status"] = to_string(memory::Readiness::Status::down);
    body["reason"] = "draining";
  }
  const bool works = !draining && storage.status != memory::Readiness::Status::down;
  call.answer(body, works ? 200 : 503);
}

void metrics(Call call) {
  const std::string* accept = net::find_header(call.request().headers, "accept");
  const bool open_metrics = accept && telemetry::wants_open_metrics(*accept);
  const telemetry::Registry& registry = call.context().metrics;
  std::string text = open_metrics ? registry.open_metrics_text() : registry.prometheus_text();
  const auto type = open_metrics ? telemetry::open_metrics_content_type : telemetry::prometheus_content_type;
  call.answer(net::Response{200, {{"Content-Type", std::string(type)}}, std::move(text)});
}

void openapi_document(Call call) {
  call.answer(net::Response{200, {{"Content-Type", "application/json"}}, call.context().openapi});
}

}  // namespace memory_api::api
