// What is measured. A series is known by project, name and labels; its unit and direction never change.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace plimsoll::model {

enum class Better { lower, higher, neither };

using Labels = std::map<std::string, std::string>;

struct SeriesId {
  std::string name;  // dotted segments [a-z][a-z0-9_]*: load.latency
  Labels labels;     // at most 8; keys are segments, values any text of at most 200 bytes

  auto operator<=>(const SeriesId&) const = default;
};

struct Series {
  SeriesId id;
  std::string unit;  // "seconds", "bytes", "ratio" (0..1), "count", "per_second", or the tool's own word
  Better better = Better::neither;

  bool operator==(const Series&) const = default;
};

// `load.latency{route=/v1/,scenario=list}`: labels sorted; a value with , } " or \ is a JSON string. Reads
// back.
std::string to_string(const SeriesId& id);
base::Result<SeriesId> parse_series_id(std::string_view text);

// invalid_argument, naming what is wrong: a segment, too many labels, a long value, invalid UTF-8, an empty
// unit.
base::Status validate(const Series& series);

std::string_view to_string(Better better);
base::Result<Better> parse_better(std::string_view text);

// {"name","labels","unit","better"}
nlohmann::json to_json(const Series& series);
base::Result<Series> series_from_json(const nlohmann::json& json);

}  // namespace plimsoll::model
