// How fast result files are read: numbers a second of a large Google Benchmark file and of large CSV files.
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "plimsoll/formats/format.h"

namespace {

using plimsoll::formats::read_results;

constexpr int rows = 100'000;

std::string google_benchmark_file() {
  std::string text = R"({"context":{},"benchmarks":[)";
  for (int i = 0; i < rows / 4; ++i) {
    text += fmt::format(
        R"({}{{"name":"case/{}","run_name":"case/{}","run_type":"iteration","repetitions":10,)"
        R"("iterations":1000,"real_time":{},"cpu_time":{},"time_unit":"ns","items_per_second":{},)"
        R"("bytes_per_second":{}}})",
        i == 0 ? "" : ",", i % 100, i % 100, 100.25 + i, 99.5 + i, 1e6 + i, 1e7 + i);
  }
  return text + "]}";
}

std::string k6_csv_file() {
  std::string text = "metric_name,timestamp,metric_value,expected_response,method,name,status,url\n";
  for (int i = 0; i < rows; ++i)
    text += fmt::format("http_req_duration,{},{:.6f},true,GET,http://127.0.0.1/,200,http://127.0.0.1/\n",
                        1'700'000'000 + i / 100, 1.5 + i % 977 * 0.001);
  return text;
}

std::string own_csv_file() {
  std::string text = "case,latency\n";
  for (int i = 0; i < rows; ++i) text += fmt::format("case {},{}\n", i % 10, 1.5 + i % 977 * 0.001);
  return text;
}

void read(benchmark::State& state, const std::string& text, const char* format) {
  for (auto _ : state) {
    auto file = read_results(text, "file", format);
    if (!file) {
      state.SkipWithError(file.error().message.c_str());
      break;
    }
    benchmark::DoNotOptimize(file->series.data());
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

BENCHMARK_CAPTURE(read, google_benchmark, google_benchmark_file(), "google-benchmark")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, k6_csv, k6_csv_file(), "k6-csv")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, mapped_csv, own_csv_file(), "{csv: {value: latency, unit: ms, labels: {case: case}}}")
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
