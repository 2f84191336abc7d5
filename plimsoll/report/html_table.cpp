#include "plimsoll/report/html_table.h"

namespace plimsoll::report {

Table::Table(std::string_view caption, std::vector<Column> columns)
    : caption_(caption), columns_(std::move(columns)) {}

void Table::add(const std::vector<Markup>& cells) {
  Markup row;
  for (std::size_t i = 0; i < cells.size() && i < columns_.size(); ++i) {
    const std::string style = columns_[i].number ? "number" : "";
    row += i == 0
               ? element("th", {{"scope", "row"}, {"class", style}}, cells[i])
               : element("td", {{"class", style}, {"data-label", std::string(columns_[i].header)}}, cells[i]);
  }
  rows_ += element("tr", {}, row);
}

Markup Table::markup() const {
  Markup headers;
  for (const Column& column : columns_) {
    headers += element("th", {{"scope", "col"}, {"class", column.number ? "number" : ""}}, column.header);
  }
  return element("table", {},
                 element("caption", {}, caption_) + element("thead", {}, element("tr", {}, headers)) +
                     element("tbody", {}, rows_));
}

}  // namespace plimsoll::report
