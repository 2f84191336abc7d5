// Locust's CSV files (--csv PREFIX), as its locust/stats.py writes them: PREFIX_stats.csv, a row a request
// name, and PREFIX_stats_history.csv, a row a name and second. Milliseconds; figures, no samples. The
// history's percentiles are of a sliding window, so only its totals are read, from the last row of each name.
#include <map>
#include <utility>

#include "base/text.h"
#include "plimsoll/formats/csv.h"
#include "plimsoll/formats/load_results.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

constexpr double milliseconds = 1e-3;
constexpr std::string_view stats_header = "Type,Name,Request Count,Failure Count,";
constexpr std::string_view history_header = "Timestamp,User Count,Type,Name,";

// Which column holds what; they differ in the two files.
struct Columns {
  std::size_t type = 0, name = 0, requests = 0, failures = 0, median = 0, mean = 0, min = 0, max = 0,
              rate = 0;
  std::optional<std::size_t> p95;
};

base::Result<Columns> columns_of(const CsvTable& table, bool is_history) {
  const std::string before = is_history ? "Total " : "";
  Columns columns;
  BASE_ASSIGN(columns.type, table.expect("Type"));
  BASE_ASSIGN(columns.name, table.expect("Name"));
  BASE_ASSIGN(columns.requests, table.expect(before + "Request Count"));
  BASE_ASSIGN(columns.failures, table.expect(before + "Failure Count"));
  BASE_ASSIGN(columns.median, table.expect(before + "Median Response Time"));
  BASE_ASSIGN(columns.mean, table.expect(before + "Average Response Time"));
  BASE_ASSIGN(columns.min, table.expect(before + "Min Response Time"));
  BASE_ASSIGN(columns.max, table.expect(before + "Max Response Time"));
  BASE_ASSIGN(columns.rate, table.expect("Requests/s"));
  if (!is_history) columns.p95 = table.find("95%");
  return columns;
}

// A number; nothing where Locust writes N/A.
base::Result<std::optional<double>> figure(const CsvTable& table, std::optional<std::size_t> column) {
  if (!column || table.cell(*column) == "N/A" || table.cell(*column).empty()) return std::nullopt;
  BASE_ASSIGN(const double value, table.number(*column));
  return value;
}

struct Row {
  Figures latency;
  double requests = 0, failures = 0;
  std::optional<double> rate;
};

base::Result<Row> read_row(const CsvTable& table, const Columns& columns) {
  Row row;
  BASE_ASSIGN(row.requests, table.number(columns.requests));
  BASE_ASSIGN(row.failures, table.number(columns.failures));
  BASE_ASSIGN(row.rate, figure(table, columns.rate));
  row.latency.count = count_of(row.requests);
  const std::pair<std::optional<double>*, std::optional<std::size_t>> figures[] = {
      {&row.latency.median, columns.median},
      {&row.latency.mean, columns.mean},
      {&row.latency.min, columns.min},
      {&row.latency.max, columns.max},
      {&row.latency.p95, columns.p95}};
  for (const auto& [value, column] : figures) {
    BASE_ASSIGN(const std::optional<double> found, figure(table, column));
    *value = scaled(found, milliseconds);
  }
  return row;
}

base::Result<model::Labels> labels_of(const CsvTable& table, const Columns& columns) {
  for (const std::size_t text : {columns.type, columns.name}) {
    if (!base::is_valid_utf8(table.cell(text)))
      return std::unexpected(table.row().wrong(text, "is no UTF-8 text"));
  }
  model::Labels labels = {{"request", label_value(table.cell(columns.name))}};
  if (!table.cell(columns.type).empty()) labels["method"] = label_value(table.cell(columns.type));
  return labels;
}

void add(Collector& collector, const model::Labels& labels, const Row& row, bool is_history) {
  if (row.requests == 0) return collector.skip(labels.at("request"), "had no requests");
  collector.figures(latency_series(labels)) = row.latency;
  add_errors(collector, labels, row.failures, row.requests);
  if (!is_history) collector.figures(rate_series(labels)).mean = row.rate;
}

base::Result<ImportedFile> read(const Content& content) {
  const bool is_history = has_csv_header(content, history_header);
  BASE_ASSIGN(CsvTable table, CsvTable::open(content));
  BASE_ASSIGN(const Columns columns, columns_of(table, is_history));
  std::map<model::Labels, std::size_t> index;
  std::vector<std::pair<model::Labels, Row>> rows;  // the last of each name
  bool has_total = false;
  for (;;) {
    BASE_ASSIGN(const bool any, table.next());
    if (!any) break;
    if (!table.row().is_ended())
      return std::unexpected(table.row().wrong(table.columns().size(), "the last row is cut: it has no end"));
    BASE_ASSIGN(const model::Labels labels, labels_of(table, columns));
    BASE_ASSIGN(const Row row, read_row(table, columns));
    has_total = table.cell(columns.name) == "Aggregated";  // always the last
    const auto [place, is_new] = index.try_emplace(labels, rows.size());
    if (is_new) rows.emplace_back(labels, row);
    rows[place->second].second = row;
  }
  if (!has_total)
    return std::unexpected(
        table.row().wrong(table.columns().size(), "ends before the row `Aggregated`: the file is cut"));
  Collector collector;
  for (const auto& [labels, row] : rows) add(collector, labels, row, is_history);
  return collector.take();
}

bool recognises(const Content& content) {
  return has_csv_header(content, stats_header) || has_csv_header(content, history_header);
}

}  // namespace

Format locust_stats() {
  return {"locust-stats", "locust --csv PREFIX: PREFIX_stats.csv, PREFIX_stats_history.csv", recognises,
          read};
}

}  // namespace plimsoll::formats
