#include "plimsoll/formats/csv.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::formats {
namespace {

std::string shown(std::string_view cell) {
  return base::printable(base::truncate_utf8(cell, 60));
}

}  // namespace

base::Result<bool> CsvReader::next() {
  do {
    if (at_ >= text_.size()) return false;
    BASE_TRY(read_row());
  } while (cells_.size() == 1 && cells_.front().empty());
  return true;
}

void CsvReader::skip_line() {
  const std::size_t end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
  line_start_ = at_;
  ++line_;
}

base::Status CsvReader::read_row() {
  cells_.clear();
  places_.clear();
  unescaped_.clear();
  row_line_ = line_;
  for (;;) {
    places_.push_back(here());
    BASE_ASSIGN(const std::string_view cell, read_cell());
    cells_.push_back(cell);
    ended_ = at_ < text_.size();
    if (!ended_ || take_line_end()) return {};
    if (text_[at_] != separator_)
      return std::unexpected(
          content_.wrong_at(line_, here().column, "a quoted cell goes on after its quote"));
    if (cells_.size() == most_cells) {
      base::Error error = wrong(most_cells - 1, fmt::format("a row has more than {} cells", most_cells));
      error.code = base::ErrorCode::too_large;
      return std::unexpected(std::move(error));
    }
    ++at_;
  }
}

bool CsvReader::take_line_end() {
  const std::size_t length = text_.substr(at_).starts_with("\r\n") ? 2 : text_[at_] == '\n' ? 1 : 0;
  if (length == 0) return false;
  at_ += length;
  line_start_ = at_;
  ++line_;
  return true;
}

base::Result<std::string_view> CsvReader::read_cell() {
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
  const std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n' && at_ > begin && text_[at_ - 1] == '\r') --at_;
  return text_.substr(begin, at_ - begin);
}

base::Result<std::string_view> CsvReader::read_quoted() {
  const CellPlace open = here();
  const std::size_t begin = ++at_;
  bool has_quotes = false;
  for (;; ++at_) {
    if (at_ >= text_.size())
      return std::unexpected(content_.wrong_at(open.line, open.column, "this quote is never closed"));
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    if (text_[at_] != '"') continue;
    if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
    has_quotes = true;
    ++at_;
  }
  const std::string_view inside = text_.substr(begin, at_ - begin);
  ++at_;
  if (!has_quotes) return inside;
  return unescaped_.emplace_back(base::replace_all(std::string(inside), "\"\"", "\""));
}

base::Error CsvReader::wrong(std::size_t cell, std::string message) const {
  if (places_.empty()) return content_.wrong_at(line_, 1, std::move(message));
  const CellPlace& place = places_[std::min(cell, places_.size() - 1)];
  return content_.wrong_at(place.line, place.column, std::move(message));
}

base::Result<CsvTable> CsvTable::open(const Content& content, char separator) {
  CsvTable table(content, separator);
  BASE_ASSIGN(const bool any, table.reader_.next());
  if (!any) return std::unexpected(content.wrong_at(1, 1, "expected a line of column names, found nothing"));
  if (!table.reader_.is_ended())
    return std::unexpected(table.reader_.wrong(most_cells, "ends within its header: the file is cut"));
  for (const std::string_view name : table.reader_.cells()) table.columns_.emplace_back(base::trim(name));
  table.header_line_ = table.reader_.line();
  return table;
}

base::Result<bool> CsvTable::next() {
  BASE_ASSIGN(const bool any, reader_.next());
  const std::size_t found = reader_.cells().size();
  if (any && found != columns_.size()) {
    return std::unexpected(
        reader_.wrong(std::min(found, columns_.size()),
                      fmt::format("expected {} cells as the header has, found {}", columns_.size(), found)));
  }
  return any;
}

std::optional<std::size_t> CsvTable::find(std::string_view column) const {
  const auto found = std::ranges::find(columns_, column);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

base::Result<std::size_t> CsvTable::expect(std::string_view column) const {
  if (const auto index = find(column)) return *index;
  base::Error error = reader_.wrong(0, fmt::format("there is no column \"{}\"", shown(column)));
  error.place->line = header_line_;
  error.place->column = 1;
  if (const auto near = base::nearest(column, columns_)) error.hint = "did you mean " + shown(*near) + "?";
  return std::unexpected(std::move(error));
}

base::Result<double> CsvTable::number(std::size_t column) const {
  const std::string_view text = base::trim(cell(column));
  if (const auto value = base::parse_double(text)) return *value;
  return std::unexpected(reader_.wrong(
      column, fmt::format("{}: expected a number, found \"{}\"", shown(columns_[column]), shown(text))));
}

bool has_csv_header(const Content& content, std::string_view beginning) {
  return content.text().starts_with(beginning);
}

}  // namespace plimsoll::formats
