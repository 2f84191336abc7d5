// Tables with a caption and headers that a screen reader can name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/report/markup.h"

namespace plimsoll::report {

struct Column {
  std::string_view header;
  bool number = false;  // right-aligned, digits of one width
};

class Table {
 public:
  Table(std::string_view caption, std::vector<Column> columns);

  // One cell a column; the first names its row.
  void add(const std::vector<Markup>& cells);
  Markup markup() const;

 private:
  std::string_view caption_;
  std::vector<Column> columns_;
  Markup rows_;
};

}  // namespace plimsoll::report
