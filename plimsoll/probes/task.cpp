#include "base/json.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes {

nlohmann::json to_json(const Task& task) {
  base::Json edges = base::Json::array();
  for (const EdgeRequest& edge : task.edges)
    edges.push_back({{"series", edge.series_name}, {"bound", edge.bound}});
  return {{"kind", task.kind},
          {"name", task.name},
          {"config", task.config_json},
          {"root", task.root.string()},
          {"workdir", task.workdir.string()},
          {"service_url", task.service_url},
          {"headers", task.headers},
          {"service_pid", task.service_pid},
          {"metrics_path", task.metrics_path},
          {"edges", edges},
          {"named_series", task.named_series},
          {"extend_nanoseconds", task.extend.count()},
          {"seed", task.seed},
          {"has_company", task.has_company}};
}

base::Result<Task> task_from_json(const nlohmann::json& json) {
  Task task;
  std::string root;
  std::string workdir;
  BASE_ASSIGN(task.kind, base::get_string(json, "kind"));
  BASE_ASSIGN(task.name, base::get_string(json, "name"));
  BASE_ASSIGN(task.config_json, base::get_string(json, "config"));
  BASE_ASSIGN(root, base::get_string(json, "root"));
  BASE_ASSIGN(workdir, base::get_string(json, "workdir"));
  BASE_ASSIGN(task.service_url, base::get_string(json, "service_url"));
  BASE_ASSIGN(task.service_pid, base::get_integer(json, "service_pid"));
  if (const base::Json* url = base::find(json, "metrics_path"); url != nullptr && url->is_string())
    task.metrics_path = url->get<std::string>();
  BASE_ASSIGN(const long long extend, base::get_integer(json, "extend_nanoseconds"));
  BASE_ASSIGN(const long long seed, base::get_integer(json, "seed"));
  task.root = root;
  task.workdir = workdir;
  task.extend = std::chrono::nanoseconds(extend);
  task.seed = static_cast<std::uint64_t>(seed);
  if (const base::Json* company = base::find(json, "has_company");
      company != nullptr && company->is_boolean())
    task.has_company = company->get<bool>();
  if (const base::Json* headers = base::find(json, "headers"); headers != nullptr && headers->is_object()) {
    for (const auto& [name, value] : headers->items()) {
      if (value.is_string()) task.headers[name] = value.get<std::string>();
    }
  }
  if (const base::Json* edges = base::find(json, "edges"); edges != nullptr && edges->is_array()) {
    for (const base::Json& edge : *edges) {
      EdgeRequest request;
      BASE_ASSIGN(request.series_name, base::get_string(edge, "series"));
      BASE_ASSIGN(request.bound, base::get_number(edge, "bound"));
      task.edges.push_back(std::move(request));
    }
  }
  if (const base::Json* named = base::find(json, "named_series"); named != nullptr && named->is_array()) {
    for (const base::Json& name : *named) {
      if (name.is_string()) task.named_series.insert(name.get<std::string>());
    }
  }
  return task;
}

}  // namespace plimsoll::probes
