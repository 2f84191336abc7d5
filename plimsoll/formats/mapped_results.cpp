#include "plimsoll/formats/mapped_results.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/csv.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/lines.h"
#include "plimsoll/formats/load_results.h"

namespace plimsoll::formats {
namespace {

using base::Json;

constexpr std::array no_values = {"", "NaN", "nan", "N/A", "n/a", "null", "-"};
constexpr std::array no_failures = {"", "0", "false", "null", "[]"};

// What stands at a place of a row.
struct Cell {
  std::string text;
  std::vector<double> numbers;
  std::optional<base::Error> no_number;  // why there is none, where one was written as something else
};

// Nothing where the row has no such place.
using Row = std::function<base::Result<std::optional<Cell>>(const std::string& place)>;

class SeriesReader {
 public:
  SeriesReader(const SeriesMapping& mapping, Collector& collector)
      : mapping_(mapping), collector_(collector) {}

  base::Status take(const Row& row, const std::string& where) {
    BASE_ASSIGN(const bool is_wanted, matches(row));
    if (!is_wanted) return {};
    model::Series series{{mapping_.name, {}}, mapping_.unit.name, mapping_.unit.better};
    for (const auto& [label, place] : mapping_.labels) {
      BASE_ASSIGN(const std::string text, text_at(row, place));
      series.id.labels[label] = label_value(text);
    }
    if (mapping_.failed) {
      BASE_ASSIGN(const std::string failed, text_at(row, *mapping_.failed));
      if (std::ranges::find(no_failures, failed) == no_failures.end()) {
        collector_.skip(where, "failed: " + base::truncate_utf8(failed, 200));
        return {};
      }
    }
    return mapping_.value ? take_samples(row, series, where) : take_figures(row, series);
  }

  // The first place that no row had, though rows were wanted.
  std::optional<std::string> never_found() const {
    for (const std::string& place : missing_) {
      if (!found_.contains(place)) return place;
    }
    return std::nullopt;
  }

 private:
  base::Result<std::optional<Cell>> cell_at(const Row& row, const std::string& place) {
    BASE_ASSIGN(std::optional<Cell> cell, row(place));
    (cell ? found_ : missing_).insert(place);
    return cell;
  }

  base::Result<std::string> text_at(const Row& row, const std::string& place) {
    if (place.starts_with('=')) return place.substr(1);
    BASE_ASSIGN(std::optional<Cell> cell, cell_at(row, place));
    return cell ? std::move(cell->text) : std::string();
  }

  base::Result<std::vector<double>> numbers_at(const Row& row, const std::string& place) {
    BASE_ASSIGN(std::optional<Cell> cell, cell_at(row, place));
    if (!cell) return std::vector<double>();
    if (cell->no_number) return std::unexpected(*std::move(cell->no_number));
    return std::move(cell->numbers);
  }

  base::Result<bool> matches(const Row& row) {
    for (const auto& [place, wanted] : mapping_.where) {
      BASE_ASSIGN(const std::string text, text_at(row, place));
      if (text != wanted) return false;
    }
    return true;
  }

  base::Status take_samples(const Row& row, const model::Series& series, const std::string& where) {
    BASE_ASSIGN(const std::vector<double> numbers, numbers_at(row, *mapping_.value));
    if (numbers.empty()) collector_.skip(where, "holds no number at " + *mapping_.value);
    for (const double number : numbers) collector_.add_sample(series, number * mapping_.unit.scale);
    return {};
  }

  base::Status take_figures(const Row& row, const model::Series& series) {
    Figures figures;
    const std::pair<const char*, std::optional<double>*> targets[] = {{"min", &figures.min},
                                                                      {"median", &figures.median},
                                                                      {"mean", &figures.mean},
                                                                      {"p95", &figures.p95},
                                                                      {"max", &figures.max}};
    for (const auto& [key, place] : mapping_.figures) {
      BASE_ASSIGN(const std::vector<double> numbers, numbers_at(row, place));
      const auto number = numbers.empty() ? std::nullopt : std::optional(numbers.front());
      if (key == "count") figures.count = count_of(number);
      for (const auto& [name, target] : targets) {
        if (key == name) *target = scaled(number, mapping_.unit.scale);
      }
    }
    collector_.figures(series) = figures;
    return {};
  }

  const SeriesMapping& mapping_;
  Collector& collector_;
  std::set<std::string> found_, missing_;
};

class Mapper {
 public:
  Mapper(const Content& content, const Mapping& mapping) : content_(content), mapping_(mapping) {
    for (const SeriesMapping& series : mapping.series) readers_.emplace_back(series, collector_);
  }

  base::Result<ImportedFile> read() {
    if (mapping_.kind == Mapping::Kind::csv) {
      BASE_TRY(read_csv());
    } else {
      BASE_TRY(mapping_.lines ? read_json_lines() : read_json());
    }
    for (const SeriesReader& reader : readers_) {
      if (const auto place = reader.never_found())
        return std::unexpected(content_.wrong(fmt::format("no row has {}", base::printable(*place))));
    }
    ImportedFile file = collector_.take();
    if (file.series.empty() && file.skipped.empty())
      return std::unexpected(content_.wrong("the mapping finds no row in it"));
    return file;
  }

 private:
  base::Status take(const Row& row, const std::string& where) {
    for (SeriesReader& reader : readers_) BASE_TRY(reader.take(row, where));
    return {};
  }

  // --- JSON

  base::Status read_json() {
    if (content_.json() == nullptr) return std::unexpected(content_.json_error());
    return read_document(*content_.json(), "");
  }

  base::Status read_json_lines() {
    return for_each_json_line(content_, [&](const Json& document, int line) {
      return read_document(document, fmt::format("line {}: ", line));
    });
  }

  base::Status read_document(const Json& document, const std::string& before) {
    const Json* rows = at_pointer(document, mapping_.rows);
    if (rows == nullptr) {
      return std::unexpected(
          content_.wrong(fmt::format("{}there is nothing at {}", before, base::printable(mapping_.rows))));
    }
    if (mapping_.rows.empty() && !rows->is_array())
      return take(json_row(*rows, "", before), before + "the document");
    if (!rows->is_array() && !rows->is_object()) {
      return std::unexpected(content_.wrong(
          fmt::format("{}{}: expected a list or an object of rows", before, base::printable(mapping_.rows))));
    }
    for (const auto& [key, row] : rows->items()) {
      const std::string where = before + mapping_.rows + "/" + key;
      BASE_TRY(take(json_row(row, key, where), where));
    }
    return {};
  }

  Row json_row(const Json& row, const std::string& key, const std::string& where) const {
    return [this, &row, key, where](const std::string& place) -> base::Result<std::optional<Cell>> {
      if (place == "key") return Cell{key, {}, content_.wrong(where + ": a key is no number")};
      const Json* value = at_pointer(row, place);
      if (value == nullptr) return std::nullopt;
      return json_cell(*value, where + place);
    };
  }

  Cell json_cell(const Json& value, const std::string& where) const {
    Cell cell{value.is_structured() ? std::string() : plain_text(value), {}, {}};
    if (value.is_structured() && !value.empty()) cell.text = "…";
    if (!add_numbers(value, cell.numbers, 0)) {
      cell.numbers.clear();
      cell.no_number =
          content_.wrong(fmt::format("{}: expected a number, found {}", base::printable(where),
                                     base::printable(base::truncate_utf8(base::dump(value), 60))));
    }
    return cell;
  }

  // A number, a text that is one, or a list of such; null is none.
  static bool add_numbers(const Json& value, std::vector<double>& numbers, int depth) {
    if (value.is_array() && depth < 8)
      return std::ranges::all_of(value,
                                 [&](const Json& item) { return add_numbers(item, numbers, depth + 1); });
    if (value.is_null()) return true;
    if (value.is_number()) numbers.push_back(value.get<double>());
    if (!value.is_string()) return value.is_number();
    return add_number(value.get_ref<const std::string&>(), numbers);
  }

  static bool add_number(std::string_view text, std::vector<double>& numbers) {
    text = base::trim(text);
    if (const auto number = base::parse_double(text)) {
      numbers.push_back(*number);
      return true;
    }
    return std::ranges::find(no_values, text) != no_values.end();
  }

  // RFC 6901.
  static const Json* at_pointer(const Json& document, std::string_view pointer) {
    const Json* at = &document;
    while (!pointer.empty()) {
      pointer.remove_prefix(1);
      const std::string_view token = pointer.substr(0, pointer.find('/'));
      pointer.remove_prefix(token.size());
      const std::string key = base::replace_all(base::replace_all(std::string(token), "~1", "/"), "~0", "~");
      if (at->is_array()) {
        const auto index = base::parse_integer(key);
        if (!index || *index < 0 || static_cast<std::size_t>(*index) >= at->size()) return nullptr;
        at = &(*at)[static_cast<std::size_t>(*index)];
      } else if (at = base::find(*at, key); at == nullptr) {
        return nullptr;
      }
    }
    return at;
  }

  // --- CSV

  base::Status read_csv() {
    CsvReader rows(content_, mapping_.separator);
    for (std::size_t i = 0; i < mapping_.skip; ++i) rows.skip_line();
    std::vector<std::string> columns;
    if (mapping_.header) {
      BASE_ASSIGN(const bool any, rows.next());
      if (!any)
        return std::unexpected(content_.wrong_at(1, 1, "expected a line of column names, found nothing"));
      for (const std::string_view name : rows.cells()) columns.emplace_back(base::trim(name));
      BASE_TRY(check_columns(columns, rows));
    }
    for (;;) {
      BASE_ASSIGN(const bool any, rows.next());
      if (!any) return {};
      if (mapping_.header && rows.cells().size() != columns.size()) {
        return std::unexpected(
            rows.wrong(rows.cells().size(), fmt::format("expected {} cells as the header has, found {}",
                                                        columns.size(), rows.cells().size())));
      }
      BASE_TRY(take(csv_row(rows, columns), fmt::format("line {}", rows.line())));
    }
  }

  // Told at the header, before a row is read.
  base::Status check_columns(const std::vector<std::string>& columns, const CsvReader& header) const {
    for (const SeriesMapping& series : mapping_.series) {
      std::vector<std::string> places;
      if (series.value) places.push_back(*series.value);
      if (series.failed) places.push_back(*series.failed);
      for (const auto& [key, place] : series.figures) places.push_back(place);
      for (const auto& [key, place] : series.labels) places.push_back(place);
      for (const auto& [place, text] : series.where) places.push_back(place);
      for (const std::string& place : places) {
        if (place.starts_with('=') || std::ranges::find(columns, place) != columns.end()) continue;
        base::Error error = header.wrong(0, fmt::format("there is no column \"{}\"", base::printable(place)));
        const auto near = base::nearest(place, columns);
        error.hint =
            base::printable(near ? "did you mean " + *near + "?" : "there are " + base::join(columns, ", "));
        return std::unexpected(std::move(error));
      }
    }
    return {};
  }

  Row csv_row(const CsvReader& row, const std::vector<std::string>& columns) const {
    return [this, &row, &columns](const std::string& place) -> base::Result<std::optional<Cell>> {
      const auto named = std::ranges::find(columns, place);
      const std::size_t column = mapping_.header
                                     ? static_cast<std::size_t>(named - columns.begin())
                                     : static_cast<std::size_t>(base::parse_integer(place).value_or(0) - 1);
      if (column >= row.cells().size()) return std::nullopt;
      Cell cell{std::string(base::trim(row.cells()[column])), {}, {}};
      if (!base::is_valid_utf8(cell.text)) return std::unexpected(row.wrong(column, "is no UTF-8 text"));
      if (!add_number(cell.text, cell.numbers)) {
        cell.no_number = row.wrong(column, fmt::format("expected a number, found \"{}\"",
                                                       base::printable(base::truncate_utf8(cell.text, 60))));
      }
      return cell;
    };
  }

  const Content& content_;
  const Mapping& mapping_;
  Collector collector_;
  std::vector<SeriesReader> readers_;
};

}  // namespace

base::Result<ImportedFile> read_mapped(const Content& content, const Mapping& mapping) {
  return Mapper(content, mapping).read();
}

}  // namespace plimsoll::formats
