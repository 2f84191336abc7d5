// Comma-separated values after RFC 4180, row by row, with places. Cells are not copied unless they hold an
// escaped quote.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/formats/content.h"

namespace plimsoll::formats {

inline constexpr std::size_t most_cells = 4096;  // of a row

// Not thread-safe; the content must outlive it.
class CsvReader {
 public:
  explicit CsvReader(const Content& content, char separator = ',')
      : content_(content), text_(content.text()), separator_(separator) {}

  // The next row that is not empty; false at the end. corrupt with its place for a quote that is not closed
  // or stands inside a cell, too_large past most_cells.
  base::Result<bool> next();

  void skip_line();  // whatever stands there

  // Valid until the next row.
  std::span<const std::string_view> cells() const { return cells_; }
  int line() const { return row_line_; }    // where the row begins, from 1
  bool is_ended() const { return ended_; }  // false of a last row without its line's end

  // An error at that cell of the row; at the row's end where it has fewer.
  base::Error wrong(std::size_t cell, std::string message) const;

 private:
  struct CellPlace {
    int line = 0;
    int column = 0;
  };

  base::Status read_row();
  base::Result<std::string_view> read_cell();
  base::Result<std::string_view> read_quoted();
  bool take_line_end();
  CellPlace here() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }

  const Content& content_;
  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  int row_line_ = 1;
  bool ended_ = true;
  std::vector<std::string_view> cells_;
  std::vector<CellPlace> places_;  // beside cells_
  std::deque<std::string> unescaped_;
};

// Rows under a header, cells by their column's name.
class CsvTable {
 public:
  // Reads the header; corrupt where there is none, or it has no line's end.
  static base::Result<CsvTable> open(const Content& content, char separator = ',');

  // As CsvReader::next; a row with more or fewer cells than the header is corrupt.
  base::Result<bool> next();

  const std::vector<std::string>& columns() const { return columns_; }
  std::optional<std::size_t> find(std::string_view column) const;
  // The column's index, or an error at the header.
  base::Result<std::size_t> expect(std::string_view column) const;

  std::string_view cell(std::size_t column) const { return reader_.cells()[column]; }
  // A finite number, or corrupt at that cell.
  base::Result<double> number(std::size_t column) const;
  const CsvReader& row() const { return reader_; }

 private:
  explicit CsvTable(const Content& content, char separator) : reader_(content, separator) {}

  CsvReader reader_;
  std::vector<std::string> columns_;
  int header_line_ = 1;
};

// The first line is this header's beginning.
bool has_csv_header(const Content& content, std::string_view beginning);

}  // namespace plimsoll::formats
