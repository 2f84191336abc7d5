#include "plimsoll/traffic/load_document.h"

#include "base/json.h"

namespace plimsoll::traffic {
namespace {

using base::OrderedJson;

OrderedJson number(double value) {
  return base::number_or_null(value);
}

OrderedJson distribution(const base::Histogram& histogram) {
  OrderedJson json;
  json["count"] = histogram.count();
  json["mean"] = number(histogram.mean());
  json["stddev"] = number(histogram.stddev());
  json["min"] = number(histogram.min());
  for (const auto& [name, percent] :
       {std::pair("p50", 50.0), {"p90", 90.0}, {"p95", 95.0}, {"p99", 99.0}, {"p999", 99.9}}) {
    json[name] = number(histogram.percentile(percent));
  }
  json["max"] = number(histogram.max());
  return json;
}

OrderedJson errors(const RouteResult& route) {
  OrderedJson json;
  const std::uint64_t count = total(route.errors);
  json["total"] = count;
  json["rate"] = route.requests == 0
                     ? OrderedJson(nullptr)
                     : number(static_cast<double>(count) / static_cast<double>(route.requests));
  for (std::size_t kind = 0; kind < error_kinds; ++kind) {
    json[std::string(to_string(static_cast<ErrorKind>(kind)))] = route.errors[kind];
  }
  return json;
}

OrderedJson responses(const RouteResult& route) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [status, count] : route.responses) json[std::to_string(status)] = count;
  return json;
}

OrderedJson route_json(const RouteResult& route) {
  OrderedJson json;
  json["requests"] = route.requests;
  json["responses"] = responses(route);
  json["errors"] = errors(route);
  json["latency_seconds"] = distribution(route.latency);
  json["service_time_seconds"] = distribution(route.service_time);
  json["first_byte_seconds"] = distribution(route.first_byte);
  json["first_event_seconds"] = distribution(route.first_event);
  json["event_gap_seconds"] = distribution(route.event_gap);
  return json;
}

OrderedJson checks_json(const LoadResult& result) {
  OrderedJson list = OrderedJson::array();
  for (const CheckResult& check : result.checks) {
    list.push_back({{"route", check.route},
                    {"name", check.name},
                    {"passed", check.counts.passed},
                    {"failed", check.counts.failed}});
  }
  return list;
}

OrderedJson tls_json(const std::optional<TlsSummary>& tls) {
  if (!tls) return nullptr;
  return {{"version", tls->version},
          {"cipher", tls->cipher},
          {"handshakes", tls->handshakes},
          {"resumed", tls->resumed},
          {"problem", tls->problem.empty() ? OrderedJson(nullptr) : OrderedJson(tls->problem)}};
}

OrderedJson generator_json(const GeneratorResult& generator) {
  return {{"saturated", generator.saturated},
          {"cpu_seconds", generator.cpu_seconds},
          {"max_rss_bytes", generator.max_rss_bytes},
          {"late_sends", generator.late_sends},
          {"run_queue_wait_seconds", generator.run_queue_wait_seconds},
          {"threads", generator.threads},
          {"connection_limit",
           generator.connection_limit == 0 ? OrderedJson(nullptr) : OrderedJson(generator.connection_limit)},
          {"connections_opened", generator.connections_opened}};
}

}  // namespace

nlohmann::ordered_json to_json(const LoadResult& result) {
  OrderedJson json;
  json["mode"] = result.open ? "open" : "closed";
  json["corrected"] = result.open;  // a closed loop cannot see what waiting users would have sent
  json["interrupted"] = result.interrupted;
  json["gave_up"] = result.gave_up ? OrderedJson(result.gave_up_because) : OrderedJson(nullptr);
  json["duration_seconds"] = result.duration_seconds;
  const OrderedJson all = route_json(result.all);
  for (const char* key : {"requests", "responses", "errors"}) json[key] = all[key];
  json["rate"] = {{"intended_per_second", base::number_or_null(result.intended_rate)},
                  {"achieved_per_second", number(result.achieved_rate)}};
  for (const char* key : {"latency_seconds", "service_time_seconds", "first_byte_seconds",
                          "first_event_seconds", "event_gap_seconds"}) {
    json[key] = all[key];
  }
  json["bytes"] = {{"sent", result.bytes_sent}, {"received", result.bytes_received}};
  json["tls"] = tls_json(result.tls);
  json["open_at_end"] = result.open_at_end;
  json["generator"] = generator_json(result.generator);
  json["routes"] = OrderedJson::object();
  for (const auto& [name, route] : result.routes) json["routes"][name] = route_json(route);
  json["checks"] = checks_json(result);
  json["flows"] = OrderedJson::object();
  for (const auto& [name, counts] : result.flows)
    json["flows"][name] = {{"completed", counts.completed}, {"failed", counts.failed}};
  json["teardown_error"] =
      result.teardown_error.empty() ? OrderedJson(nullptr) : OrderedJson(result.teardown_error);
  return json;
}

}  // namespace plimsoll::traffic
