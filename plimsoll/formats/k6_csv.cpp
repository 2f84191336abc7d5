// k6's CSV (k6 run --out csv=FILE), as its internal/output/csv/output.go writes it: a row a value of a
// metric. Requests that got no answer (status 0) are no samples of time.
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/formats/csv.h"
#include "plimsoll/formats/k6_metrics.h"
#include "plimsoll/formats/load_results.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

constexpr std::string_view header = "metric_name,timestamp,metric_value,";
constexpr std::size_t most_metrics = 10'000;

// k6's own counters count up by what each row says.
bool is_counter(std::string_view metric) {
  return metric == "http_reqs" || metric == "iterations" || metric == "data_sent" ||
         metric == "data_received" || metric == "dropped_iterations";
}

bool is_rate(std::string_view metric) {
  return metric == "http_req_failed" || metric == "checks";
}

struct Metric {
  MeasureUnit unit;
  model::Samples samples;
  double sum = 0;
  std::uint64_t rows = 0;
  std::uint64_t unanswered = 0;
};

class Reader {
 public:
  explicit Reader(CsvTable& table) : table_(table) {}

  base::Result<ImportedFile> read() {
    BASE_ASSIGN(name_, table_.expect("metric_name"));
    BASE_ASSIGN(value_, table_.expect("metric_value"));
    status_ = table_.find("status");
    for (;;) {
      BASE_ASSIGN(const bool any, table_.next());
      if (!any) break;
      BASE_TRY(take_row());
    }
    return finish();
  }

 private:
  base::Status take_row() {
    if (!table_.row().is_ended())
      return std::unexpected(table_.row().wrong(value_, "the last row is cut: it has no end"));
    BASE_ASSIGN(const double value, table_.number(value_));
    BASE_ASSIGN(Metric * metric, metric_of(table_.cell(name_)));
    ++metric->rows;
    metric->sum += value;
    const bool is_answered = !status_ || table_.cell(*status_) != "0";
    if (is_per_request(table_.cell(name_)) && !is_answered) {
      ++metric->unanswered;
    } else if (!is_counter(table_.cell(name_)) && !is_rate(table_.cell(name_))) {
      metric->samples.push_back(value * metric->unit.scale);
    }
    return {};
  }

  base::Result<Metric*> metric_of(std::string_view name) {
    auto found = metrics_.find(name);
    if (found != metrics_.end()) return &found->second;
    if (!base::is_valid_utf8(name) || name.empty())
      return std::unexpected(table_.row().wrong(name_, "expected a metric's name"));
    if (metrics_.size() == most_metrics) {
      base::Error error =
          table_.row().wrong(name_, fmt::format("there are more than {} metrics", most_metrics));
      error.code = base::ErrorCode::too_large;
      return std::unexpected(std::move(error));
    }
    found = metrics_.try_emplace(std::string(name)).first;
    found->second.unit = k6_unit(name);
    return &found->second;
  }

  ImportedFile finish() {
    Collector collector;
    for (auto& [name, metric] : metrics_) {
      const model::Series series = k6_series(name, metric.unit);
      if (is_counter(name)) collector.add_sample(series, metric.sum);
      if (is_rate(name)) {
        Figures& figures = collector.figures(series);
        figures.count = metric.rows;
        figures.mean = metric.sum / static_cast<double>(metric.rows);
      }
      collector.add_samples(series, std::move(metric.samples));
      if (metric.unanswered > 0) {
        collector.skip(name, fmt::format("{} of {} requests got no answer: they are no samples of time",
                                         metric.unanswered, metric.rows));
      }
    }
    return collector.take();
  }

  CsvTable& table_;
  std::size_t name_ = 0;
  std::size_t value_ = 0;
  std::optional<std::size_t> status_;
  std::map<std::string, Metric, std::less<>> metrics_;
};

base::Result<ImportedFile> read(const Content& content) {
  BASE_ASSIGN(CsvTable table, CsvTable::open(content));
  return Reader(table).read();
}

}  // namespace

Format k6_csv() {
  return {"k6-csv", "k6 run --out csv=FILE",
          [](const Content& content) { return has_csv_header(content, header); }, read};
}

}  // namespace plimsoll::formats
