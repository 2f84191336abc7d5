#include "apps/memory_api/api/call.h"

#include <fmt/format.h>

#include "apps/memory_api/api/problem.h"
#include "base/json.h"

namespace memory_api::api {

base::Result<std::optional<std::string>> Call::query(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : request_.parsed.query) {
    if (key != name) continue;
    if (found)
      return base::fail(base::ErrorCode::invalid_argument, fmt::format("{}: given more than once", name));
    found = value;
  }
  return found;
}

std::vector<std::string> Call::query_values(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : request_.parsed.query) {
    if (key == name) values.push_back(value);
  }
  return values;
}

void Call::answer(const nlohmann::ordered_json& body, int status) {
  reply_({status, {{"Content-Type", "application/json"}}, base::dump(body)});
}

void Call::answer_message(std::string_view message) {
  answer(base::OrderedJson{{"message", message}});
}

void Call::fail(const base::Error& error) {
  if (status_of(error.code) >= 500) {
    context_->log.write(telemetry::Level::error, "request failed", trace_,
                        {{"code", base::to_string(error.code)}, {"error", error.message}});
  }
  reply_(problem(error, trace_));
}

void Call::fail(int status, std::string_view detail) {
  reply_(problem(status, detail, trace_));
}

}  // namespace memory_api::api
