// Go's testing package: the benchmark lines of `go test -bench`, as text
// (https://go.dev/design/14313-benchmark-format) or as the events of `go test -json`
// (https://pkg.go.dev/cmd/test2json). Each line is a sample: with -count=10 there are ten.
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/lines.h"
#include "plimsoll/formats/measure_unit.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

bool is_benchmark_name(std::string_view word) {
  constexpr std::string_view prefix = "Benchmark";
  if (!word.starts_with(prefix)) return false;
  return word.size() == prefix.size() || !(word[prefix.size()] >= 'a' && word[prefix.size()] <= 'z');
}

// What the package's output ends with: its tests passed or not.
bool is_conclusion(std::string_view line) {
  return line == "PASS" || line == "FAIL" || line.starts_with("ok  \t") || line.starts_with("FAIL\t");
}

model::Series series_of(std::string_view written, const model::Labels& labels) {
  MeasureUnit unit = measure_unit(written);
  if (written == "ns/op") return series_in_seconds("bench.real_time", labels);
  if (written == "MB/s") return {{"bench.bytes_per_second", labels}, unit.name, unit.better};
  if (written == "B/op") return {{"bench.allocated_bytes", labels}, unit.name, unit.better};
  if (written == "allocs/op") return {{"bench.allocations", labels}, unit.name, unit.better};
  model::Labels own = labels;
  own["counter"] = label_value(written);
  return {{"bench.counter", own}, label_value(unit.name), unit.better};
}

// The output of one package, line by line.
class OutputReader {
 public:
  OutputReader(const Content& content, Collector& collector) : content_(content), collector_(collector) {}

  base::Status take(std::string_view line, int number) {
    if (line.starts_with("pkg: ")) package_ = label_value(base::trim(line.substr(5)));
    if (line.starts_with("goos: ") || line.starts_with("pkg: ")) is_open_ = true;
    if (is_conclusion(line)) is_open_ = false;
    const std::string_view trimmed = base::trim(line);
    if (trimmed.starts_with("--- FAIL: Benchmark") || trimmed.starts_with("--- SKIP: Benchmark"))
      collector_.skip(std::string(words_of(trimmed)[2]), trimmed[4] == 'F' ? "failed" : "was skipped");
    if (!is_benchmark_name(line.substr(0, line.find_first_of(" \t")))) return {};
    is_open_ = true;
    return take_benchmark(words_of(line), number);
  }

  // Neither PASS nor FAIL came after what began.
  bool is_open() const { return is_open_; }
  bool has_header() const { return !package_.empty(); }

 private:
  // Name, iterations, then pairs of value and unit. A name alone is what -v prints before it runs.
  base::Status take_benchmark(const std::vector<std::string_view>& words, int line) {
    if (words.size() == 1 || !base::parse_integer(words[1])) return {};
    if (words.size() < 4 || words.size() % 2 != 0)
      return std::unexpected(content_.wrong_at(
          line, 1, "expected name, iterations and pairs of value and unit, found a line that is cut"));
    model::Labels labels = {{"benchmark", label_value(words[0])}};
    if (!package_.empty()) labels["package"] = package_;
    for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
      const auto value = base::parse_double(words[i]);
      if (!value) {
        if (words[i] == "NaN" || words[i].ends_with("Inf")) continue;
        return std::unexpected(
            content_.wrong_at(line, static_cast<int>(words[i].data() - words[0].data()) + 1,
                              fmt::format("expected a number, found \"{}\"",
                                          base::printable(base::truncate_utf8(words[i], 60)))));
      }
      collector_.add_sample(series_of(words[i + 1], labels), *value * measure_unit(words[i + 1]).scale);
    }
    return {};
  }

  const Content& content_;
  Collector& collector_;
  std::string package_;
  bool is_open_ = false;
};

base::Result<ImportedFile> read_text(const Content& content) {
  Collector collector;
  OutputReader output(content, collector);
  Lines lines(content);
  while (lines.next()) {
    if (!lines.is_ended() && is_benchmark_name(lines.text().substr(0, lines.text().find_first_of(" \t"))))
      return std::unexpected(content.wrong_at(lines.number(), 1, "the last line is cut: it has no end"));
    if (!base::is_valid_utf8(lines.text()))
      return std::unexpected(content.wrong_at(lines.number(), 1, "is no UTF-8 text"));
    BASE_TRY(output.take(lines.text(), lines.number()));
  }
  if (output.is_open() && output.has_header()) {
    return std::unexpected(
        content.wrong_at(lines.number() + 1, 1, "ends before PASS, ok or FAIL: the output is cut"));
  }
  ImportedFile file = collector.take();
  if (file.series.empty() && file.skipped.empty())
    return std::unexpected(content.wrong_at(1, 1, "holds no line of a Go benchmark"));
  return file;
}

// Output comes in pieces that need not be lines: a benchmark's name first, its figures when it has run.
class EventReader {
 public:
  explicit EventReader(const Content& content) : content_(content) {}

  base::Status take(const Json& event, int line) {
    const std::string action = text_or(event, "Action", "");
    if (action.empty())
      return std::unexpected(content_.wrong_at(line, 1, "expected an event with an Action"));
    const std::string package = text_or(event, "Package", text_or(event, "ImportPath", ""));
    Package& state = packages_.try_emplace(package, content_, collector_).first->second;
    last_line_ = line;
    if (action == "output") return take_output(state, text_or(event, "Output", ""), line);
    const bool is_packages_end = event.contains("Package") && !event.contains("Test") &&
                                 (action == "pass" || action == "fail" || action == "skip");
    if (is_packages_end) state.is_ended = true;
    if (event.contains("Package") && action == "start") state.is_begun = true;
    return {};
  }

  base::Result<ImportedFile> finish() {
    for (const auto& [name, package] : packages_) {
      if ((package.is_begun && !package.is_ended) || (!package.is_ended && package.output.is_open()))
        return std::unexpected(content_.wrong_at(
            last_line_ + 1, 1, "ends before the package " + base::printable(name) + " has passed or failed"));
    }
    return collector_.take();
  }

 private:
  struct Package {
    Package(const Content& content, Collector& collector) : output(content, collector) {}
    OutputReader output;
    std::string pending;
    bool is_begun = false;
    bool is_ended = false;
  };

  static base::Status take_output(Package& package, const std::string& text, int line) {
    package.pending += text;
    for (std::size_t end = 0; (end = package.pending.find('\n')) != std::string::npos;) {
      BASE_TRY(package.output.take(std::string_view(package.pending).substr(0, end), line));
      package.pending.erase(0, end + 1);
    }
    return {};
  }

  const Content& content_;
  Collector collector_;
  std::map<std::string, Package> packages_;
  int last_line_ = 0;
};

bool is_event(const Json* line) {
  return line != nullptr && base::find(*line, "Action") != nullptr &&
         (base::find(*line, "Package") != nullptr || base::find(*line, "ImportPath") != nullptr);
}

base::Result<ImportedFile> read(const Content& content) {
  if (!content.looks_like_json()) return read_text(content);
  EventReader events(content);
  BASE_TRY(
      for_each_json_line(content, [&](const Json& event, int line) { return events.take(event, line); }));
  return events.finish();
}

bool recognises(const Content& content) {
  if (content.looks_like_json()) return is_event(content.first_line());
  Lines lines(content);
  for (int seen = 0; seen < 1000 && lines.next(); ++seen) {
    const auto words = words_of(lines.text().substr(0, 4096));
    if (words.size() >= 4 && is_benchmark_name(words[0]) && base::parse_integer(words[1])) return true;
    if (lines.text().starts_with("goos: ")) return true;
  }
  return false;
}

}  // namespace

Format go_testing() {
  return {"go-testing", "go test -bench=. (also with -json)", recognises, read};
}

}  // namespace plimsoll::formats
