#include "plimsoll/probes/load/load_series.h"

#include <algorithm>
#include <set>

#include "plimsoll/model/rule.h"

namespace plimsoll::probes::load {
namespace {

using model::Better;

}  // namespace

std::vector<plan::SeriesPattern> load_series_patterns() {
  return {{"load.latency", "seconds", Better::lower},    {"load.service_time", "seconds", Better::lower},
          {"load.first_byte", "seconds", Better::lower}, {"load.first_event", "seconds", Better::lower},
          {"load.event_gap", "seconds", Better::lower},  {"load.errors", "ratio", Better::lower},
          {"load.rate", "per_second", Better::higher}};
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
                                                 const traffic::LoadPlan& plan, double began_at,
                                                 const std::set<std::string>& named) {
  SeriesWriter writer(recorder, began_at);
  writer.first_byte_is_asked_ = !plan.first_byte_edges.empty() || named.contains("load.first_byte");
  for (const traffic::Route& route : plan.routes) {
    const std::string& owner = route.scenario.empty() ? scenario : route.scenario;
    const model::Labels labels = {{"route", std::string(route.label())}, {"scenario", owner}};
    RouteHandles handles{};
    handles.labels = labels;
    BASE_ASSIGN(handles.latency, recorder.declare({{"load.latency", labels}, "seconds", Better::lower}));
    BASE_ASSIGN(handles.service_time,
                recorder.declare({{"load.service_time", labels}, "seconds", Better::lower}));
    BASE_ASSIGN(handles.errors, recorder.declare({{"load.errors", labels}, "ratio", Better::lower}));
    BASE_ASSIGN(handles.rate, writer.rate_of(owner));
    writer.routes_.push_back(handles);
  }
  return writer;
}

base::Result<std::size_t> SeriesWriter::rate_of(const std::string& scenario) {
  using Rate = std::pair<std::string, model::SeriesHandle>;
  const auto known = std::ranges::find(rates_, scenario, &Rate::first);
  if (known != rates_.end()) return static_cast<std::size_t>(known - rates_.begin());
  BASE_ASSIGN(const model::SeriesHandle handle,
              recorder_->declare({{"load.rate", {{"scenario", scenario}}}, "per_second", Better::higher}));
  rates_.emplace_back(scenario, handle);
  return rates_.size() - 1;
}

base::Status SeriesWriter::write(const traffic::LoadSlice& slice) {
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    BASE_TRY(write_route(routes_[route], slice.routes[route], slice));
  }
  return slice.offered && slice.seconds > 0 ? write_rates(slice) : base::Status{};
}

// One of several scenarios that is silent has not begun, or has ended.
base::Status SeriesWriter::write_rates(const traffic::LoadSlice& slice) {
  std::vector<std::uint64_t> requests(rates_.size());
  for (std::size_t route = 0; route < routes_.size(); ++route)
    requests[routes_[route].rate] += slice.routes[route].requests;
  for (std::size_t rate = 0; rate < rates_.size(); ++rate) {
    if (requests[rate] == 0 && rates_.size() > 1) continue;
    BASE_TRY(observe(rates_[rate].second, slice, static_cast<double>(requests[rate]) / slice.seconds));
  }
  return {};
}

base::Status SeriesWriter::write_route(RouteHandles& handles, const traffic::RouteSlice& route,
                                       const traffic::LoadSlice& slice) {
  BASE_TRY(write_streams(handles, route, slice));
  if (route.requests == 0) return {};
  BASE_TRY(observe(handles.latency, slice, route.latency));
  if (route.service_time.count() > 0) BASE_TRY(observe(handles.service_time, slice, route.service_time));
  return observe(handles.errors, slice, model::Proportion{traffic::total(route.errors), route.requests});
}

base::Status SeriesWriter::write_streams(RouteHandles& handles, const traffic::RouteSlice& route,
                                         const traffic::LoadSlice& slice) {
  BASE_TRY(write_stream(handles.event_gap, "load.event_gap", handles.labels, route.event_gap, slice));
  BASE_TRY(write_stream(handles.first_event, "load.first_event", handles.labels, route.first_event, slice));
  if (!handles.first_event && !first_byte_is_asked_) return {};
  return write_stream(handles.first_byte, "load.first_byte", handles.labels, route.first_byte, slice);
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

base::Status SeriesWriter::observe(model::SeriesHandle series, const traffic::LoadSlice& slice,
                                   model::Value value) {
  return recorder_->observe({.series = series,
                             .slice_start = began_at_ + slice.start_seconds,
                             .slice_seconds = slice.seconds,
                             .value = std::move(value)});
}

}  // namespace plimsoll::probes::load
