// vegeta's report (`vegeta report -type=json`), and its results one by one as `vegeta encode --to json` or
// `--to csv` write them (github.com/tsenart/vegeta, lib/metrics.go and lib/results.go). Nanoseconds.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/formats/csv.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/lines.h"
#include "plimsoll/formats/load_results.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;

constexpr double nanoseconds = 1e-9;

base::Result<ImportedFile> read_report(const Content& content) {
  if (content.json() == nullptr) return std::unexpected(content.json_error());
  const Json& report = *content.json();
  const Json* latencies = base::find(report, "latencies");
  if (latencies == nullptr || !latencies->is_object())
    return std::unexpected(content.wrong("/latencies: expected vegeta's latencies"));
  const auto requests = number(report, "requests");
  if (!requests) return std::unexpected(content.wrong("/requests: expected a number"));
  Collector collector;
  if (*requests > 0) {
    collector.figures(latency_series({})) = {.count = count_of(requests),
                                             .min = scaled(number(*latencies, "min"), nanoseconds),
                                             .median = scaled(number(*latencies, "50th"), nanoseconds),
                                             .mean = scaled(number(*latencies, "mean"), nanoseconds),
                                             .p95 = scaled(number(*latencies, "95th"), nanoseconds),
                                             .max = scaled(number(*latencies, "max"), nanoseconds)};
  }
  if (const auto success = number(report, "success"))
    add_errors(collector, {}, *requests * (1 - *success), *requests);
  collector.figures(rate_series({})).mean = number(report, "throughput");
  return collector.take();
}

// Results one by one. A request that got no answer is no sample of latency; one that was refused is, as in
// vegeta's own report.
class Results {
 public:
  void add(const std::string& attack, const std::string& method, double code, double latency) {
    model::Labels labels;
    if (!attack.empty()) labels["attack"] = label_value(attack);
    if (!method.empty()) labels["method"] = label_value(method);
    Counts& counts = counts_[labels];
    ++counts.requests;
    if (code < 200 || code >= 400) ++counts.failed;
    if (code == 0) {
      ++counts.unanswered;
    } else {
      collector_.add_sample(latency_series(labels), latency * nanoseconds);
    }
  }

  ImportedFile take() {
    for (const auto& [labels, counts] : counts_) {
      add_errors(collector_, labels, static_cast<double>(counts.failed),
                 static_cast<double>(counts.requests));
      if (counts.unanswered == 0) continue;
      collector_.skip(labels.contains("method") ? labels.at("method") : "requests",
                      fmt::format("{} of {} requests got no answer: they are no samples of latency",
                                  counts.unanswered, counts.requests));
    }
    return collector_.take();
  }

 private:
  struct Counts {
    std::uint64_t requests = 0, failed = 0, unanswered = 0;
  };

  Collector collector_;
  std::map<model::Labels, Counts> counts_;
};

base::Result<ImportedFile> read_json_results(const Content& content) {
  Results results;
  BASE_TRY(for_each_json_line(content, [&](const Json& result, int line) -> base::Status {
    const auto latency = number(result, "latency");
    const auto code = number(result, "code");
    if (!latency || !code)
      return std::unexpected(content.wrong_at(line, 1, "expected a result with `code` and `latency`"));
    results.add(text_or(result, "attack", ""), text_or(result, "method", ""), *code, *latency);
    return {};
  }));
  return results.take();
}

// timestamp, code, latency, bytes_out, bytes_in, error, body, attack, seq, method, url, headers; no header.
enum Column : std::size_t { timestamp, code, latency, bytes_out, bytes_in, error, body, attack, seq, method };
constexpr std::size_t fewest_columns = 9;

base::Result<double> number_in(const CsvReader& row, std::size_t column, const char* name) {
  const std::string_view text = row.cells()[column];
  if (const auto value = base::parse_double(text)) return *value;
  return std::unexpected(row.wrong(column, fmt::format("{}: expected a number, found \"{}\"", name,
                                                       base::printable(base::truncate_utf8(text, 60)))));
}

base::Result<ImportedFile> read_csv_results(const Content& content) {
  Results results;
  CsvReader rows(content);
  for (;;) {
    BASE_ASSIGN(const bool any, rows.next());
    if (!any) return results.take();
    if (rows.cells().size() < fewest_columns || !rows.is_ended())
      return std::unexpected(
          rows.wrong(rows.cells().size(), "expected a result of vegeta, found a row that is cut"));
    BASE_ASSIGN(const double status, number_in(rows, code, "code"));
    BASE_ASSIGN(const double nanos, number_in(rows, latency, "latency"));
    for (const std::size_t text : {attack, method}) {
      if (text < rows.cells().size() && !base::is_valid_utf8(rows.cells()[text]))
        return std::unexpected(rows.wrong(text, "is no UTF-8 text"));
    }
    results.add(std::string(rows.cells()[attack]),
                std::string(rows.cells().size() > method ? rows.cells()[method] : ""), status, nanos);
  }
}

bool is_csv_result(const Content& content) {
  CsvReader rows(content);
  const auto any = rows.next();
  if (!any || !*any || rows.cells().size() < fewest_columns) return false;
  const auto is_number = [&](std::size_t column) {
    return base::parse_integer(rows.cells()[column]).has_value();
  };
  constexpr std::array numbers = {timestamp, code, latency, bytes_out, bytes_in, seq};
  return std::ranges::all_of(numbers, is_number) && rows.cells()[timestamp].size() >= 16;
}

bool is_json_result(const Json* line) {
  return line != nullptr && base::find(*line, "latency") != nullptr && base::find(*line, "code") != nullptr &&
         base::find(*line, "seq") != nullptr;
}

bool is_report(const Content& content) {
  if (content.json() == nullptr) return false;
  const Json* latencies = base::find(*content.json(), "latencies");
  return latencies != nullptr && base::find(*latencies, "99th") != nullptr;
}

base::Result<ImportedFile> read(const Content& content) {
  if (!content.looks_like_json()) return read_csv_results(content);
  return is_json_result(content.first_line()) ? read_json_results(content) : read_report(content);
}

bool recognises(const Content& content) {
  if (!content.looks_like_json()) return is_csv_result(content);
  return is_json_result(content.first_line()) || is_report(content);
}

}  // namespace

Format vegeta() {
  return {"vegeta", "vegeta report -type=json, vegeta encode --to json|csv", recognises, read};
}

}  // namespace plimsoll::formats
