#include "plimsoll/formats/mapping.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::formats {
namespace {

using base::yaml::Entry;
using base::yaml::Node;

const std::vector<std::string> series_keys = {"name",    "unit",   "better", "value",
                                              "figures", "labels", "where",  "failed"};
const std::vector<std::string> figure_keys = {"count", "min", "median", "mean", "p95", "max"};
constexpr std::array rooms = {"bench.", "load.", "tests.", "import."};

std::string shown(std::string_view text) {
  return base::printable(base::truncate_utf8(text, 60));
}

bool holds(const std::vector<std::string>& keys, const std::string& key) {
  return std::ranges::find(keys, key) != keys.end();
}

std::unexpected<base::Error> unknown_key(const Entry& entry, const std::vector<std::string>& known) {
  const auto near = base::nearest(entry.key, known);
  return base::fail_at(entry.key_place, fmt::format("format: unknown key \"{}\"", shown(entry.key)),
                       near ? "did you mean " + *near + "?" : "there are " + base::join(known, ", "));
}

base::Status expect_map(const Node& node, std::string_view what) {
  if (node.is_map()) return {};
  return base::fail_at(node.place,
                       fmt::format("format: {}: expected a map, found {}", what, base::yaml::describe(node)));
}

base::Result<std::string> text_of(const Node& node, std::string_view what) {
  if (node.is_scalar()) return node.text;
  return base::fail_at(
      node.place, fmt::format("format: {}: expected a text, found {}", what, base::yaml::describe(node)));
}

base::Result<bool> boolean_of(const Node& node, std::string_view what) {
  if (node.is_scalar() && node.text == "true") return true;
  if (node.is_scalar() && node.text == "false") return false;
  return base::fail_at(node.place, fmt::format("format: {}: expected true or false, found {}", what,
                                               base::yaml::describe(node)));
}

bool is_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

class MappingReader {
 public:
  base::Result<Mapping> read(const Node& node) {
    BASE_TRY(expect_map(node, "the mapping"));
    if (node.entries.size() != 1)
      return base::fail_at(node.place, "format: expected the one key `json` or `csv`",
                           "as in {json: {value: /time}}");
    const Entry& entry = node.entries.front();
    if (entry.key != "json" && entry.key != "csv") return unknown_key(entry, {"json", "csv"});
    mapping_.kind = entry.key == "json" ? Mapping::Kind::json : Mapping::Kind::csv;
    BASE_TRY(expect_map(entry.value, entry.key));
    BASE_TRY(read_file_keys(entry.value));
    BASE_TRY(read_series(entry.value));
    return std::move(mapping_);
  }

 private:
  bool is_json() const { return mapping_.kind == Mapping::Kind::json; }

  std::vector<std::string> file_keys() const {
    return is_json() ? std::vector<std::string>{"rows", "lines"}
                     : std::vector<std::string>{"separator", "header", "skip"};
  }

  // What is said of the whole file; the rest belongs to a series.
  base::Status read_file_keys(const Node& map) {
    if (const Node* rows = is_json() ? map.find("rows") : nullptr) {
      BASE_ASSIGN(mapping_.rows, text_of(*rows, "rows"));
      if (!is_pointer(mapping_.rows)) return no_pointer(*rows, "rows");
    }
    if (const Node* lines = is_json() ? map.find("lines") : nullptr) {
      BASE_ASSIGN(mapping_.lines, boolean_of(*lines, "lines"));
    }
    if (is_json()) return {};
    if (const Node* header = map.find("header")) {
      BASE_ASSIGN(mapping_.header, boolean_of(*header, "header"));
    }
    if (const Node* separator = map.find("separator")) {
      BASE_ASSIGN(const std::string text, text_of(*separator, "separator"));
      const std::string character = text == "tab" ? "\t" : text;
      if (character.size() != 1 || character == "\"" || character == "\n" || character == "\r")
        return base::fail_at(separator->place, "format: separator: expected one character, or tab");
      mapping_.separator = character.front();
    }
    if (const Node* skip = map.find("skip")) {
      const auto count = skip->is_scalar() ? base::parse_integer(skip->text) : std::nullopt;
      if (!count || *count < 0 || *count > 1000)
        return base::fail_at(skip->place, "format: skip: expected a number of lines, 0 to 1000");
      mapping_.skip = static_cast<std::size_t>(*count);
    }
    return {};
  }

  // A list under `series`, or its keys beside the file's where there is but one.
  base::Status read_series(const Node& map) {
    std::vector<std::string> known = file_keys();
    known.emplace_back("series");
    const Node* list = map.find("series");
    if (list == nullptr) known.insert(known.end(), series_keys.begin(), series_keys.end());
    for (const Entry& entry : map.entries) {
      if (!holds(known, entry.key)) return unknown_key(entry, known);
    }
    if (list == nullptr) return read_one(map);
    if (!list->is_sequence() || list->items.empty())
      return base::fail_at(list->place, "format: series: expected a list of maps");
    for (const Node& item : list->items) {
      BASE_TRY(expect_map(item, "series"));
      for (const Entry& entry : item.entries) {
        if (!holds(series_keys, entry.key)) return unknown_key(entry, series_keys);
      }
      BASE_TRY(read_one(item));
    }
    return {};
  }

  base::Status read_one(const Node& map) {
    SeriesMapping series;
    if (const Node* unit = map.find("unit")) {
      BASE_ASSIGN(const std::string written, text_of(*unit, "unit"));
      series.unit = measure_unit(written);
    }
    if (const Node* better = map.find("better")) {
      BASE_ASSIGN(const std::string written, text_of(*better, "better"));
      const auto parsed = model::parse_better(written);
      if (!parsed) return base::fail_at(better->place, "format: better: expected lower, higher or neither");
      series.unit.better = *parsed;
    }
    for (const auto& [key, target] :
         {std::pair{"value", &series.value}, std::pair{"failed", &series.failed}}) {
      if (const Node* place = map.find(key)) {
        BASE_ASSIGN(*target, place_of(*place, key));
      }
    }
    BASE_TRY(read_places(map, "labels", series.labels));
    BASE_TRY(read_places(map, "figures", series.figures));
    BASE_TRY(read_where(map, series.where));
    BASE_TRY(check_figures(map));
    if (series.value.has_value() == !series.figures.empty())
      return base::fail_at(map.place, "format: expected `value` (samples) or `figures`, one of the two");
    BASE_TRY(read_name(map, series));
    mapping_.series.push_back(std::move(series));
    return {};
  }

  base::Status read_name(const Node& map, SeriesMapping& series) {
    const Node* name = map.find("name");
    if (name != nullptr) {
      BASE_ASSIGN(series.name, text_of(*name, "name"));
    }
    const base::Place& place = name == nullptr ? map.place : name->place;
    if (std::ranges::none_of(rooms, [&](const char* room) { return series.name.starts_with(room); }))
      return base::fail_at(
          place, fmt::format("format: name: expected bench.…, load.…, tests.… or import.…, found \"{}\"",
                             shown(series.name)));
    model::Series sample{{series.name, {}}, series.unit.name, series.unit.better};
    for (const auto& [label, from] : series.labels) sample.id.labels[label] = "";
    if (const auto good = model::validate(sample); !good)
      return base::fail_at(place, "format: " + good.error().message);
    return {};
  }

  base::Status check_figures(const Node& map) {
    const Node* figures = map.find("figures");
    if (figures == nullptr) return {};
    for (const Entry& entry : figures->entries) {
      if (!holds(figure_keys, entry.key)) return unknown_key(entry, figure_keys);
    }
    return {};
  }

  base::Status read_places(const Node& map, const char* key, std::map<std::string, std::string>& places) {
    const Node* given = map.find(key);
    if (given == nullptr) return {};
    BASE_TRY(expect_map(*given, key));
    for (const Entry& entry : given->entries) {
      BASE_ASSIGN(places[entry.key], place_of(entry.value, entry.key));
    }
    return {};
  }

  // From places to texts, so the keys are the places.
  base::Status read_where(const Node& map, std::map<std::string, std::string>& where) {
    const Node* given = map.find("where");
    if (given == nullptr) return {};
    BASE_TRY(expect_map(*given, "where"));
    for (const Entry& entry : given->entries) {
      Node place;
      place.kind = base::yaml::Kind::scalar;
      place.text = entry.key;
      place.place = entry.key_place;
      BASE_ASSIGN(const std::string from, place_of(place, "where"));
      BASE_ASSIGN(where[from], text_of(entry.value, entry.key));
    }
    return {};
  }

  base::Result<std::string> place_of(const Node& node, std::string_view what) {
    BASE_ASSIGN(std::string text, text_of(node, what));
    if (text.starts_with('=')) return text;
    if (is_json() && text != "key" && !is_pointer(text)) return no_pointer(node, what);
    if (!is_json() && !mapping_.header) {
      const auto number = base::parse_integer(text);
      if (!number || *number < 1 || *number > 4096)
        return base::fail_at(node.place,
                             fmt::format("format: {}: without a header expected a column's number from 1, "
                                         "found \"{}\"",
                                         what, shown(text)));
    }
    if (!is_json() && text.empty())
      return base::fail_at(node.place, fmt::format("format: {}: expected a column", what));
    return text;
  }

  std::unexpected<base::Error> no_pointer(const Node& node, std::string_view what) const {
    return base::fail_at(
        node.place, fmt::format("format: {}: expected a JSON pointer, found \"{}\"", what, shown(node.text)),
        "it begins with a slash, as /results/0/time; =TEXT is a text of its own");
  }

  Mapping mapping_;
};

}  // namespace

base::Result<Mapping> read_mapping(const Node& node) {
  return MappingReader().read(node);
}

base::Result<Mapping> parse_mapping(std::string_view text, std::string_view source) {
  BASE_ASSIGN(const Node node, base::yaml::parse(text, source));
  return read_mapping(node);
}

bool is_mapping_text(std::string_view format) {
  return format.find_first_of("{:\n") != std::string_view::npos;
}

}  // namespace plimsoll::formats
