#include "plimsoll/formats/history_csv.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <unordered_set>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"

namespace plimsoll::formats {
namespace {

constexpr std::size_t most_columns = 100'000;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Below 2^53, whatever they are; so are the powers.
constexpr std::ptrdiff_t most_plain_digits = 15;
constexpr std::array<double, 16> powers_of_ten = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

enum class Role { time, commit, series };

// One cell: a view of the text, or of `unquoted` where quotes had to go.
struct Cell {
  std::string_view text;
  int column = 1;     // where it begins, in bytes
  bool last = false;  // of its row
};

std::string shown(std::string_view text) {
  return base::printable(base::truncate_utf8(text, 60));
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& source) : text_(text), source_(source) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    line_start_ = at_;
  }

  base::Result<HistoryTable> run() {
    BASE_TRY(read_header());
    while (skip_empty_lines()) BASE_TRY(read_row());
    return std::move(table_);
  }

 private:
  base::Status read_header() {
    if (!skip_empty_lines()) return wrong({{}, 1}, "expected a header with a column \"time\", found nothing");
    Cell cell;
    std::unordered_set<std::string> names;
    do {
      BASE_ASSIGN(cell, next_cell());
      std::string name(base::trim(cell.text));
      if (name.empty()) return wrong(cell, "expected a column's name, found an empty one");
      if (!base::is_valid_utf8(name)) return wrong(cell, "the column's name is not UTF-8");
      if (!names.insert(name).second)
        return wrong(cell, fmt::format("the column \"{}\" stands here a second time", shown(name)));
      add_column(std::move(name));
      if (roles_.size() > most_columns)
        return std::unexpected(base::Error{
            base::ErrorCode::too_large, fmt::format("more than {} columns", most_columns), {}, place(cell)});
    } while (!cell.last);
    const base::Place header{source_, line_, 1};
    if (!names.contains("time")) return base::fail_at(header, "the header has no column \"time\"");
    if (table_.columns.empty())
      return base::fail_at(header, "the header names no series: every column but time and commit is one");
    next_line();
    return {};
  }

  void add_column(std::string name) {
    const Role role = name == "time" ? Role::time : name == "commit" ? Role::commit : Role::series;
    roles_.push_back(role);
    if (role == Role::series) table_.columns.push_back({std::move(name), {}});
  }

  base::Status read_row() {
    Cell cell;
    std::size_t i = 0;
    std::size_t series = 0;
    do {
      if (i < roles_.size() && roles_[i] == Role::series &&
          take_plain_value(table_.columns[series].values, cell.last)) {
        ++series;
        ++i;
        continue;
      }
      BASE_ASSIGN(cell, next_cell());
      if (i == roles_.size())
        return wrong(cell, fmt::format("expected {} cells as in the header, found more", roles_.size()));
      if (roles_[i] == Role::series) {
        BASE_TRY(read_value(cell, table_.columns[series++]));
      } else {
        BASE_TRY(roles_[i] == Role::time ? read_time(cell) : read_commit(cell));
      }
      ++i;
    } while (!cell.last);
    if (i < roles_.size())
      return wrong(cell, fmt::format("expected {} cells as in the header, found {}", roles_.size(), i));
    next_line();
    return {};
  }

  // A cell as tools write it ("12.75", "-3", nothing), up to its comma or line end, as from_chars reads it:
  // mantissa and power of ten are whole doubles, so that their quotient is rounded once (Clinger 1990, "How
  // to read floating point numbers accurately"). Anything else is left to the careful way. Returns whether
  // the cell was read; `last` whether it ended its row.
  bool take_plain_value(std::vector<double>& values, bool& last) {
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    const char* at = begin;
    const bool negative = at < end && *at == '-';
    if (negative) ++at;
    std::uint64_t mantissa = 0;
    const char* const digits = at;
    while (at < end && is_digit(*at)) mantissa = 10 * mantissa + static_cast<std::uint64_t>(*at++ - '0');
    std::ptrdiff_t length = at - digits;
    std::ptrdiff_t decimals = 0;
    if (length > 0 && at < end && *at == '.') {
      const char* const point = at++;
      while (at < end && is_digit(*at)) mantissa = 10 * mantissa + static_cast<std::uint64_t>(*at++ - '0');
      decimals = at - point - 1;
      length += decimals;
    }
    if (length > most_plain_digits || (length == 0 && negative) || (at < end && *at != ',' && *at != '\n'))
      return false;
    last = at == end || *at == '\n';
    at_ += static_cast<std::size_t>(at - begin) + (last ? 0 : 1);
    const double value = static_cast<double>(mantissa) / powers_of_ten[static_cast<std::size_t>(decimals)];
    values.push_back(length == 0 ? missing : negative ? -value : value);
    return true;
  }

  base::Status read_value(const Cell& cell, HistoryColumn& column) {
    const std::string_view text = base::trim(cell.text);
    if (text.empty()) {
      column.values.push_back(missing);
      return {};
    }
    const auto value = number(text);
    if (!value)
      return wrong(cell, fmt::format("expected a finite number or an empty cell in \"{}\", found \"{}\"",
                                     shown(column.name), shown(text)));
    column.values.push_back(*value);
    return {};
  }

  base::Status read_time(const Cell& cell) {
    const std::string_view text = base::trim(cell.text);
    auto time = number(text);
    if (!time) {
      const auto utc = base::parse_rfc3339(text);
      if (!utc)
        return wrong(cell,
                     fmt::format("expected a time (unix seconds or RFC 3339), found \"{}\"", shown(text)));
      time = base::to_unix_seconds(*utc);
    }
    if (!table_.times.empty() && *time < table_.times.back())
      return wrong(cell, "the time is before that of the row above; rows stand oldest first");
    table_.times.push_back(*time);
    return {};
  }

  base::Status read_commit(const Cell& cell) {
    if (!base::is_valid_utf8(cell.text)) return wrong(cell, "the commit is not UTF-8");
    table_.commits.emplace_back(base::trim(cell.text));
    return {};
  }

  static std::optional<double> number(std::string_view text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
    return value;
  }

  base::Result<Cell> next_cell() {
    Cell cell{{}, static_cast<int>(at_ - line_start_) + 1};
    if (at_ < text_.size() && text_[at_] == '"') {
      BASE_TRY(read_quoted(cell));
    } else {
      const std::size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') ++at_;
      cell.text = text_.substr(begin, at_ - begin);
      if (ends_line() && cell.text.ends_with('\r')) cell.text.remove_suffix(1);
    }
    cell.last = ends_line();
    if (!cell.last) ++at_;
    return cell;
  }

  base::Status read_quoted(Cell& cell) {
    unquoted_.clear();
    for (++at_;; ++at_) {
      if (at_ >= text_.size() || text_[at_] == '\n')
        return wrong(cell, "the quoted cell is not closed on its line");
      if (text_[at_] != '"') {
        unquoted_ += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        unquoted_ += text_[at_++];
      } else {
        break;
      }
    }
    ++at_;
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (!ends_line() && text_[at_] != ',') return wrong(cell, "expected a comma behind the closing quote");
    cell.text = unquoted_;
    return {};
  }

  bool ends_line() const { return at_ >= text_.size() || text_[at_] == '\n'; }

  void next_line() {
    if (at_ < text_.size()) ++at_;
    ++line_;
    line_start_ = at_;
  }

  // False at the end of the text.
  bool skip_empty_lines() {
    while (at_ < text_.size()) {
      const bool carriage = text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
      if (text_[at_] != '\n' && !carriage) return true;
      if (carriage) ++at_;
      next_line();
    }
    return false;
  }

  base::Place place(const Cell& cell) const { return {source_, line_, cell.column}; }

  std::unexpected<base::Error> wrong(const Cell& cell, std::string message) const {
    return base::fail_at(place(cell), std::move(message));
  }

  std::string_view text_;
  std::string source_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::string unquoted_;
  std::vector<Role> roles_;
  HistoryTable table_;
};

}  // namespace

base::Result<HistoryTable> read_history_csv(std::string_view text, const std::string& source) {
  return Reader(text, source).run();
}

}  // namespace plimsoll::formats
