#include "plimsoll/model/snapshot.h"

#include <algorithm>
#include <functional>

#include "base/json.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::model {
namespace {

using base::Json;

template <class T, class Read>
base::Result<std::vector<T>> read_list(const Json& object, std::string_view key, Read read) {
  std::vector<T> result;
  const Json* list = base::find(object, key);
  if (list == nullptr || !list->is_array()) {
    return base::fail(base::ErrorCode::corrupt, std::string(key) + ": expected a list");
  }
  for (const Json& item : *list) {
    BASE_ASSIGN(T value, read(item));
    result.push_back(std::move(value));
  }
  return result;
}

template <class T, class Write>
Json write_list(const std::vector<T>& items, Write write) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(write(item));
  return list;
}

// A percentile is +∞ where failures reach it: kept, since a report says so.
Json write_percentile(const std::optional<double>& value) {
  return value ? exact_number(*value) : Json();
}

base::Result<std::optional<double>> read_percentile(const Json& point, std::string_view key) {
  const Json* value = base::find(point, key);
  if (value == nullptr || value->is_null()) return std::optional<double>();
  BASE_ASSIGN(const double number, read_exact_number(*value, key));
  return std::optional(number);
}

Json write_timeline_point(const TimelinePoint& point) {
  return {{"at_seconds", base::number_or_null(point.at_seconds)},
          {"count", point.count},
          {"p50", write_percentile(point.p50)},
          {"p95", write_percentile(point.p95)},
          {"p99", write_percentile(point.p99)}};
}

base::Result<TimelinePoint> read_timeline_point(const Json& json) {
  TimelinePoint point;
  BASE_TRY(expect_object(json, "timeline point"));
  BASE_ASSIGN(point.at_seconds, number_or(json, "at_seconds", 0));
  BASE_ASSIGN(point.count, unsigned_or(json, "count", 0));
  BASE_ASSIGN(point.p50, read_percentile(json, "p50"));
  BASE_ASSIGN(point.p95, read_percentile(json, "p95"));
  BASE_ASSIGN(point.p99, read_percentile(json, "p99"));
  return point;
}

Json write_timeline(const Timeline& timeline) {
  return {{"series", timeline.series},
          {"unit", timeline.unit},
          {"points", write_list(timeline.points, write_timeline_point)}};
}

base::Result<Timeline> read_timeline(const Json& json) {
  Timeline timeline;
  BASE_ASSIGN(timeline.series, base::get_string(json, "series"));
  BASE_ASSIGN(timeline.unit, base::get_string(json, "unit"));
  BASE_ASSIGN(timeline.points, read_list<TimelinePoint>(json, "points", read_timeline_point));
  return timeline;
}

base::Result<double> read_exact(const Json& object, std::string_view key) {
  const Json* value = base::find(object, key);
  return read_exact_number(value == nullptr ? Json() : *value, key);
}

Json write_history_point(const HistoryPoint& point) {
  return {{"run", point.run},
          {"commit", point.commit},
          {"started", base::number_or_null(point.started)},
          {"value", exact_number(point.value)}};
}

base::Result<HistoryPoint> read_history_point(const Json& json) {
  HistoryPoint point;
  BASE_TRY(expect_object(json, "history point"));
  BASE_ASSIGN(point.run, base::get_string(json, "run"));
  BASE_ASSIGN(point.commit, string_or(json, "commit", {}));
  BASE_ASSIGN(point.started, number_or(json, "started", 0));
  BASE_ASSIGN(point.value, read_exact(json, "value"));
  return point;
}

Json write_history_level(const HistoryLevel& level) {
  return {{"first", level.first},
          {"level", exact_number(level.level)},
          {"low", exact_number(level.low)},
          {"high", exact_number(level.high)},
          {"change", to_json(level.change)},
          {"author", level.author},
          {"subject", level.subject}};
}

base::Result<std::optional<Effect>> read_effect(const Json& object, std::string_view key) {
  const Json* effect = base::find(object, key);
  return effect_from_json(effect == nullptr ? Json() : *effect);
}

base::Result<HistoryLevel> read_history_level(const Json& json) {
  HistoryLevel level;
  BASE_TRY(expect_object(json, "history level"));
  BASE_ASSIGN(level.first, unsigned_or(json, "first", 0));
  BASE_ASSIGN(level.level, read_exact(json, "level"));
  BASE_ASSIGN(level.low, read_exact(json, "low"));
  BASE_ASSIGN(level.high, read_exact(json, "high"));
  BASE_ASSIGN(level.change, read_effect(json, "change"));
  BASE_ASSIGN(level.author, string_or(json, "author", {}));
  BASE_ASSIGN(level.subject, string_or(json, "subject", {}));
  return level;
}

Json write_history(const History& history) {
  return {{"rule", history.rule},
          {"series", history.series},
          {"stat", history.stat},
          {"unit", history.unit},
          {"better", to_string(history.better)},
          {"points", write_list(history.points, write_history_point)},
          {"levels", write_list(history.levels, write_history_level)},
          {"trend", to_json(history.trend)}};
}

// Runs of earlier versions know no levels.
base::Status read_levels(const Json& json, History& history) {
  BASE_ASSIGN(history.stat, string_or(json, "stat", {}));
  BASE_ASSIGN(const std::string better, string_or(json, "better", "neither"));
  BASE_ASSIGN(history.better, parse_better(better));
  BASE_ASSIGN(history.trend, read_effect(json, "trend"));
  if (base::find(json, "levels") == nullptr) return {};
  BASE_ASSIGN(history.levels, read_list<HistoryLevel>(json, "levels", read_history_level));
  const auto beyond = [&](const HistoryLevel& level) { return level.first >= history.points.size(); };
  const bool ascending = std::ranges::adjacent_find(history.levels, std::ranges::greater_equal(),
                                                    &HistoryLevel::first) == history.levels.end();
  if (!ascending || std::ranges::any_of(history.levels, beyond)) {
    return base::fail(base::ErrorCode::corrupt, "levels: expected their first points, ascending");
  }
  return {};
}

base::Result<History> read_history(const Json& json) {
  History history;
  BASE_ASSIGN(history.rule, base::get_string(json, "rule"));
  BASE_ASSIGN(history.series, base::get_string(json, "series"));
  BASE_ASSIGN(history.unit, base::get_string(json, "unit"));
  BASE_ASSIGN(history.points, read_list<HistoryPoint>(json, "points", read_history_point));
  BASE_TRY(read_levels(json, history));
  return history;
}

Json write_fact(const Fact& fact) {
  return {{"name", fact.name}, {"value", fact.value}};
}

base::Result<Fact> read_fact(const Json& json) {
  Fact fact;
  BASE_ASSIGN(fact.name, base::get_string(json, "name"));
  BASE_ASSIGN(fact.value, base::get_string(json, "value"));
  return fact;
}

}  // namespace

Json to_json(const Snapshot& snapshot) {
  return {
      {"verdict", to_json(snapshot.verdict)},
      {"timelines", write_list(snapshot.timelines, write_timeline)},
      {"loads", write_list(snapshot.loads, [](const LoadPicture& load) { return to_json(load); })},
      {"histories", write_list(snapshot.histories, write_history)},
      {"repository",
       {{"commit_url", snapshot.repository.commit_url}, {"compare_url", snapshot.repository.compare_url}}},
      {"facts", write_list(snapshot.facts, write_fact)},
      {"log_tail", snapshot.log_tail}};
}

base::Result<Snapshot> snapshot_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "snapshot"));
  Snapshot snapshot;
  const Json* verdict = base::find(json, "verdict");
  if (verdict == nullptr) return base::fail(base::ErrorCode::corrupt, "verdict: missing");
  BASE_ASSIGN(snapshot.verdict, verdict_from_json(*verdict));
  BASE_ASSIGN(snapshot.timelines, read_list<Timeline>(json, "timelines", read_timeline));
  if (base::find(json, "loads") != nullptr) {  // runs of earlier versions have none
    BASE_ASSIGN(snapshot.loads, read_list<LoadPicture>(json, "loads", load_picture_from_json));
  }
  BASE_ASSIGN(snapshot.histories, read_list<History>(json, "histories", read_history));
  if (const Json* repository = base::find(json, "repository"); repository != nullptr) {
    BASE_ASSIGN(snapshot.repository.commit_url, string_or(*repository, "commit_url", {}));
    BASE_ASSIGN(snapshot.repository.compare_url, string_or(*repository, "compare_url", {}));
  }
  BASE_ASSIGN(snapshot.facts, read_list<Fact>(json, "facts", read_fact));
  BASE_ASSIGN(snapshot.log_tail, strings_or_none(json, "log_tail"));
  return snapshot;
}

}  // namespace plimsoll::model
