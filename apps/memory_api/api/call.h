// One request on its way through the API, and what every endpoint may use.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/memory_api/memory/memory_service.h"
#include "base/error.h"
#include "net/http_server.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"
#include "telemetry/trace_context.h"

namespace memory_api::llm {
class FactAdder;
}

namespace memory_api::resilience {
class RateLimiter;
}

namespace memory_api::api {

class Fault;

// What all requests share; outlives them.
struct Context {
  memory::MemoryService& service;
  telemetry::Log& log;
  telemetry::Registry& metrics;
  Fault& fault;
  llm::FactAdder* facts = nullptr;            // nullptr: no language model is configured
  resilience::RateLimiter* limits = nullptr;  // nullptr: none
  std::atomic<bool> draining = false;
  std::string openapi = {};
};

// Movable. Answered exactly once, by answer or fail; from any thread.
class Call {
 public:
  using Reply = std::move_only_function<void(net::Response)>;

  Call(Context& context, net::Request request, const telemetry::TraceContext& trace, Reply reply)
      : context_(&context), request_(std::move(request)), trace_(trace), reply_(std::move(reply)) {}

  Context& context() const { return *context_; }
  memory::MemoryService& service() const { return context_->service; }
  const net::Request& request() const { return request_; }
  const telemetry::TraceContext& trace() const { return trace_; }

  // Gives back the memory of a body that was read, while the answer is waited for.
  void drop_body() { request_.body = std::string(); }

  // Set before the endpoint runs: the route's {arguments} in order, and who is asking.
  std::vector<std::string> path_arguments;
  memory::Tenant tenant;

  // The one value of a query parameter; nothing where it is absent. invalid_argument where it is given twice.
  base::Result<std::optional<std::string>> query(std::string_view name) const;

  std::vector<std::string> query_values(std::string_view name) const;  // for one that may come more than once

  void answer(net::Response response) { reply_(std::move(response)); }
  void answer(const nlohmann::ordered_json& body, int status = 200);
  void answer_message(std::string_view message);  // {"message": …}
  void fail(const base::Error& error);            // logs it where it is the server's own
  void fail(int status, std::string_view detail);

  // The answer to a read: `to_json(value)`, or the problem.
  template <class T, class ToJson>
  void answer_with(base::Result<T> result, const ToJson& to_json) {
    if (result)
      answer(to_json(*result));
    else
      fail(result.error());
  }

 private:
  Context* context_;
  net::Request request_;
  telemetry::TraceContext trace_;
  Reply reply_;
};

using Endpoint = void (*)(Call call);

}  // namespace memory_api::api
