#include "plimsoll/traffic/request/data_table.h"

#include <algorithm>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace plimsoll::traffic {
namespace {

constexpr std::size_t most_rows = 1'000'000;
constexpr std::size_t most_columns = 1'000;

// One record after the other.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& file) : rest_(text), file_(file) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  bool at_end() const { return rest_.empty(); }
  base::Place place() const { return {file_, line_, column_}; }

  // Blank lines are left out: an empty result.
  base::Result<std::vector<std::string>> record() {
    std::vector<std::string> cells;
    if (take_line_end()) return cells;
    while (true) {
      BASE_ASSIGN(std::string cell, next_cell());
      cells.push_back(std::move(cell));
      if (rest_.empty() || take_line_end()) return cells;
      if (rest_.front() != ',') return base::fail_at(place(), "text behind a closing quote");
      drop(1);
    }
  }

 private:
  void drop(std::size_t count) {
    rest_.remove_prefix(count);
    column_ += static_cast<int>(count);
  }

  bool take_line_end() {
    const std::size_t length = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
    if (length == 0) return false;
    rest_.remove_prefix(length);
    ++line_;
    column_ = 1;
    return true;
  }

  base::Result<std::string> next_cell() {
    if (rest_.starts_with('"')) return quoted_cell();
    std::size_t length = std::min(rest_.find_first_of(",\n"), rest_.size());
    if (length > 0 && length < rest_.size() && rest_[length] == '\n' && rest_[length - 1] == '\r') --length;
    std::string cell(rest_.substr(0, length));
    drop(length);
    return cell;
  }

  base::Result<std::string> quoted_cell() {
    const base::Place opened = place();
    std::string cell;
    drop(1);
    while (true) {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) return base::fail_at(opened, "a quote that is not closed");
      take_text(rest_.substr(0, quote), cell);
      drop(1);
      if (!rest_.starts_with('"')) return cell;
      cell += '"';
      drop(1);
    }
  }

  void take_text(std::string_view text, std::string& cell) {
    cell += text;
    const std::size_t last_line = text.rfind('\n');
    rest_.remove_prefix(text.size());
    if (last_line == std::string_view::npos) {
      column_ += static_cast<int>(text.size());
      return;
    }
    line_ += static_cast<int>(std::ranges::count(text, '\n'));
    column_ = static_cast<int>(text.size() - last_line);
  }

  std::string_view rest_;
  const std::string& file_;
  int line_ = 1;
  int column_ = 1;
};

base::Status check_columns(const std::vector<std::string>& columns, const base::Place& place) {
  if (columns.empty()) return base::fail_at(place, "expected a first line that names the columns");
  if (columns.size() > most_columns) return base::fail_at(place, "more than a thousand columns");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].empty()) return base::fail_at(place, "column " + std::to_string(i + 1) + " has no name");
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) !=
        columns.begin() + static_cast<std::ptrdiff_t>(i)) {
      return base::fail_at(place, "two columns are named \"" + base::printable(columns[i]) + "\"");
    }
  }
  return {};
}

base::Status check_rows(const DataTable& table, const base::Place& place) {
  if (table.rows() == 0) return base::fail_at(place, "there is no row of data");
  if (table.rows() > most_rows) return base::fail_at(place, "more than a million rows");
  return {};
}

base::Status check_text(std::string_view text, const std::string& file) {
  if (!base::is_valid_utf8(text)) return base::fail_at({file, 1, 1}, "data must be valid UTF-8");
  if (text.find('\0') != std::string_view::npos) return base::fail_at({file, 1, 1}, "data must not hold NUL");
  return {};
}

std::string text_of(const base::Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? std::string() : base::dump(value);
}

base::Status add_object(DataTable& table, const base::Json& object, const base::Place& place) {
  if (!object.is_object()) return base::fail_at(place, "expected a JSON object in each line");
  if (table.columns.empty()) {
    for (const auto& [key, value] : object.items()) table.columns.push_back(key);
    BASE_TRY(check_columns(table.columns, place));
  }
  for (const std::string& column : table.columns) {
    const base::Json* value = base::find(object, column);
    if (value == nullptr)
      return base::fail_at(place, "the key \"" + base::printable(column) + "\" of the first line is missing");
    table.cells.push_back(text_of(*value));
  }
  return {};
}

}  // namespace

std::optional<std::size_t> DataTable::column(std::string_view wanted) const {
  const auto found = std::ranges::find(columns, wanted);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

base::Result<DataTable> parse_csv_table(std::string_view text, const std::string& file) {
  BASE_TRY(check_text(text, file));
  CsvReader reader(text, file);
  DataTable table;
  while (!reader.at_end()) {
    const base::Place place = reader.place();
    BASE_ASSIGN(std::vector<std::string> cells, reader.record());
    if (cells.empty()) continue;
    if (table.columns.empty()) {
      BASE_TRY(check_columns(cells, place));
      table.columns = std::move(cells);
      continue;
    }
    if (cells.size() != table.columns.size()) {
      return base::fail_at(place, "expected " + std::to_string(table.columns.size()) + " cells, found " +
                                      std::to_string(cells.size()));
    }
    std::ranges::move(cells, std::back_inserter(table.cells));
  }
  BASE_TRY(check_columns(table.columns, {file, 1, 1}));
  BASE_TRY(check_rows(table, reader.place()));
  return table;
}

base::Result<DataTable> parse_json_lines_table(std::string_view text, const std::string& file) {
  BASE_TRY(check_text(text, file));
  DataTable table;
  base::Place place{file, 0, 1};
  for (const std::string& line : base::split(text, '\n')) {
    ++place.line;
    if (base::trim(line).empty()) continue;
    const auto object = base::parse_json(line, file);
    if (!object) return base::fail_at(place, "expected a JSON object in each line");
    BASE_TRY(add_object(table, *object, place));
  }
  BASE_TRY(check_rows(table, place));
  return table;
}

base::Result<DataTable> read_data_table(const std::filesystem::path& file) {
  BASE_ASSIGN(const std::string text, base::read_file(file));
  const std::string extension = base::to_lower_ascii(file.extension().string());
  const bool json_lines = extension == ".jsonl" || extension == ".ndjson";
  return json_lines ? parse_json_lines_table(text, file.string()) : parse_csv_table(text, file.string());
}

}  // namespace plimsoll::traffic
