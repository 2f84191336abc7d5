// A user's own format: which places of a CSV or JSON file become which series. docs/import.md shows it.
//
//   json: {rows: /results, name: bench.real_time, value: /times, unit: ms, labels: {benchmark: /name}}
//   csv:  {series: [{value: latency, unit: us, where: {phase: steady}}, {name: bench.errors, value: failed}]}
//
// A place is in JSON a pointer into the row (RFC 6901; "" is the row itself, `key` its key or index among the
// rows), in CSV a column's name, without a header its number from 1. `=TEXT` is that text in every row.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/yaml.h"
#include "plimsoll/formats/measure_unit.h"

namespace plimsoll::formats {

struct SeriesMapping {
  std::string name = "bench.value";
  MeasureUnit unit{"count", 1, model::Better::neither};
  std::optional<std::string> value;            // the place of a number, or in JSON of a list of them: samples
  std::map<std::string, std::string> figures;  // count, min, median, mean, p95, max to their places
  std::map<std::string, std::string> labels;   // label to its place
  std::map<std::string, std::string> where;    // only rows that hold these texts at these places
  std::optional<std::string> failed;  // rows that hold anything but false, 0 or nothing are no samples
};

struct Mapping {
  enum class Kind { json, csv };
  Kind kind = Kind::json;
  std::string rows;      // JSON: pointer to the list or the object of rows; "": the document is the one row
  bool lines = false;    // JSON: every line is a document of its own
  char separator = ',';  // CSV
  bool header = true;    // CSV
  std::size_t skip = 0;  // CSV: lines before the header
  std::vector<SeriesMapping> series;  // at least one
};

// invalid_argument with the place of what is wrong: an unknown key, a pointer without its slash, a series'
// name outside bench, load, tests and import.
base::Result<Mapping> read_mapping(const base::yaml::Node& node);

// The same from its text: YAML or JSON. `source` is its name in errors.
base::Result<Mapping> parse_mapping(std::string_view text, std::string_view source);

// Whether what `--format` was given is a mapping's text and no format's name.
bool is_mapping_text(std::string_view format);

}  // namespace plimsoll::formats
