#include "plimsoll/probes/load/load_series.h"

#include <set>

#include "base/process.h"
#include "plimsoll/model/rule.h"

namespace plimsoll::probes::load {
namespace {

using model::Better;

constexpr double worth_a_rate = 0.5;  // of a slice's length: shorter ends of a run give wild rates

}  // namespace

std::vector<plan::SeriesPattern> load_series_patterns() {
  return {{"load.latency", "seconds", Better::lower},    {"load.service_time", "seconds", Better::lower},
          {"load.first_byte", "seconds", Better::lower}, {"load.first_event", "seconds", Better::lower},
          {"load.event_gap", "seconds", Better::lower},  {"load.errors", "ratio", Better::lower},
          {"load.rate", "per_second", Better::higher},   {"service.memory", "bytes", Better::lower},
          {"service.cpu", "cores", Better::lower}};
}

std::vector<double> edges_of(std::span<const EdgeRequest> edges, std::string_view series) {
  std::set<double> bounds;
  for (const EdgeRequest& edge : edges) {
    if (model::name_matches(edge.series_name, series)) bounds.insert(edge.bound);
  }
  return {bounds.begin(), bounds.end()};
}

void set_edges(traffic::LoadPlan& plan, std::span<const EdgeRequest> edges) {
  plan.latency_edges = edges_of(edges, "load.latency");
  plan.service_edges = edges_of(edges, "load.service_time");
  plan.first_byte_edges = edges_of(edges, "load.first_byte");
  plan.first_event_edges = edges_of(edges, "load.first_event");
  plan.gap_edges = edges_of(edges, "load.event_gap");
}

base::Result<SeriesWriter> SeriesWriter::declare(Recorder& recorder, const std::string& scenario,
                                                 std::span<const traffic::Route> routes, pid_t service,
                                                 double began_at) {
  SeriesWriter writer(recorder, service, began_at);
  for (const traffic::Route& route : routes) {
    const model::Labels labels = {{"route", route.name}, {"scenario", scenario}};
    RouteHandles handles{};
    handles.labels = labels;
    BASE_ASSIGN(handles.latency, recorder.declare({{"load.latency", labels}, "seconds", Better::lower}));
    BASE_ASSIGN(handles.service_time,
                recorder.declare({{"load.service_time", labels}, "seconds", Better::lower}));
    BASE_ASSIGN(handles.errors, recorder.declare({{"load.errors", labels}, "ratio", Better::lower}));
    BASE_ASSIGN(handles.first_byte,
                recorder.declare({{"load.first_byte", labels}, "seconds", Better::lower}));
    writer.routes_.push_back(handles);
  }
  const model::Labels labels = {{"scenario", scenario}};
  BASE_ASSIGN(writer.rate_, recorder.declare({{"load.rate", labels}, "per_second", Better::higher}));
  if (service != 0) {
    BASE_ASSIGN(writer.memory_, recorder.declare({{"service.memory", labels}, "bytes", Better::lower}));
    BASE_ASSIGN(writer.cpu_, recorder.declare({{"service.cpu", labels}, "cores", Better::lower}));
  }
  return writer;
}

base::Status SeriesWriter::write(const traffic::LoadSlice& slice) {
  std::uint64_t requests = 0;
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    requests += slice.routes[route].requests;
    BASE_TRY(write_route(routes_[route], slice.routes[route], slice));
  }
  if (slice.offered && slice.seconds > 0) {
    BASE_TRY(observe(rate_, slice, static_cast<double>(requests) / slice.seconds));
  }
  return service_ != 0 ? write_service(slice) : base::Status{};
}

base::Status SeriesWriter::write_route(RouteHandles& handles, const traffic::RouteSlice& route,
                                       const traffic::LoadSlice& slice) {
  BASE_TRY(write_stream(handles.event_gap, "load.event_gap", handles.labels, route.event_gap, slice));
  if (route.requests == 0) return {};
  BASE_TRY(observe(handles.latency, slice, route.latency));
  if (route.service_time.count() > 0) BASE_TRY(observe(handles.service_time, slice, route.service_time));
  if (route.first_byte.count() > 0) BASE_TRY(observe(handles.first_byte, slice, route.first_byte));
  BASE_TRY(write_stream(handles.first_event, "load.first_event", handles.labels, route.first_event, slice));
  return observe(handles.errors, slice, model::Proportion{traffic::total(route.errors), route.requests});
}

// Most routes never stream: theirs is declared when there is something to say.
base::Status SeriesWriter::write_stream(std::optional<model::SeriesHandle>& handle, const char* name,
                                        const model::Labels& labels, const base::Histogram& histogram,
                                        const traffic::LoadSlice& slice) {
  if (histogram.count() == 0) return {};
  if (!handle) {
    BASE_ASSIGN(handle, recorder_->declare({{name, labels}, "seconds", Better::lower}));
  }
  return observe(*handle, slice, histogram);
}

// A service that is gone has no usage; that it died is said elsewhere.
base::Status SeriesWriter::write_service(const traffic::LoadSlice& slice) {
  const auto usage = base::process_usage(service_);
  if (!usage) return {};
  BASE_TRY(observe(memory_, slice, static_cast<double>(usage->rss_bytes)));
  const double now = slice.start_seconds + slice.seconds;
  if (last_cpu_ && now - last_cpu_->first >= worth_a_rate * slice.seconds) {
    BASE_TRY(observe(cpu_, slice, (usage->cpu_seconds - last_cpu_->second) / (now - last_cpu_->first)));
  }
  last_cpu_ = {now, usage->cpu_seconds};
  return {};
}

base::Status SeriesWriter::observe(model::SeriesHandle series, const traffic::LoadSlice& slice,
                                   model::Value value) {
  return recorder_->observe({.series = series,
                             .slice_start = began_at_ + slice.start_seconds,
                             .slice_seconds = slice.seconds,
                             .value = std::move(value)});
}

}  // namespace plimsoll::probes::load
