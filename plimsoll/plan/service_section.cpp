#include "plimsoll/plan/service_section.h"

#include <cmath>

#include "base/json.h"
#include "plimsoll/plan/fields.h"
#include "plimsoll/plan/placeholders.h"
#include "plimsoll/plan/plan_fields.h"

namespace plimsoll::plan {
namespace {

using base::Json;
using base::yaml::Node;
using Texts = std::map<std::string, std::string>;

std::chrono::nanoseconds seconds_of(const Json& json, const char* key) {
  return std::chrono::nanoseconds(std::llround(json.at(key).get<double>() * 1e9));
}

base::Status check_path(const Node& node, std::string_view key) {
  const Node* value = node.find(key);
  if (value == nullptr || value->text.starts_with('/')) return {};
  return base::fail_at(value->place, std::string(key) + ": expected a path that starts with /, found " +
                                         base::yaml::describe(*value));
}

base::Status check_start_or_url(const Node& node) {
  const Node* url = node.find("url");
  const bool starts = node.find("start") != nullptr;
  if (url == nullptr && !starts) {
    return base::fail_at(node.place, "service: expected start or url",
                         "start: is the command that starts it, url: where it runs already");
  }
  if (url != nullptr && starts) {
    return base::fail_at(url->place, "service: start and url exclude each other",
                         "leave url out where Plimsoll starts the service");
  }
  return {};
}

}  // namespace

base::Result<Service> read_service(const Node& node, const ReadContext& context) {
  BASE_ASSIGN(const Json json, read_fields(node, service_fields(), "service", {.root = context.root}));
  BASE_TRY(check_start_or_url(node));
  BASE_TRY(check_path(node, "ready"));
  BASE_TRY(check_path(node, "metrics"));
  Service service;
  service.start = json.value("start", std::vector<std::string>{});
  service.url = json.value("url", "");
  service.ready = json.at("ready").get<std::string>();
  service.ready_timeout = seconds_of(json, "ready_timeout");
  service.stop_timeout = seconds_of(json, "stop_timeout");
  service.headers = json.value("headers", Texts{});
  service.environment = json.value("environment", Texts{});
  service.metrics = json.value("metrics", "");
  service.place = node.place;
  if (const Node* url = node.find("url")) BASE_TRY(check_port_is_known(*url, std::nullopt));
  return service;
}

base::Status check_port_is_known(const Node& node, const std::optional<Service>& service) {
  if (service) return {};
  if (node.is_scalar() && uses_placeholder(node.text, "port")) {
    return base::fail_at(node.place, "{port} is not known here: it is the guarded service's",
                         "add service: with the command that starts it, or write the port out");
  }
  for (const auto& item : node.items) BASE_TRY(check_port_is_known(item, service));
  for (const auto& entry : node.entries) BASE_TRY(check_port_is_known(entry.value, service));
  return {};
}

}  // namespace plimsoll::plan
