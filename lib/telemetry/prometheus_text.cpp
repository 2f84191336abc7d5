#include "telemetry/prometheus_text.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace telemetry {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::optional<double> read_value(std::string_view text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "+Inf" || text == "Inf") return infinity;
  if (text == "-Inf") return -infinity;
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text.starts_with('+')) text.remove_prefix(1);
  return base::parse_double(text);
}

MetricKind kind_of(std::string_view word) {
  if (word == "counter") return MetricKind::counter;
  if (word == "gauge") return MetricKind::gauge;
  if (word == "histogram" || word == "gaugehistogram") return MetricKind::histogram;
  if (word == "summary") return MetricKind::summary;
  return MetricKind::untyped;
}

// One line, from left to right.
class LineReader {
 public:
  LineReader(std::string_view line, std::size_t number) : line_(line), number_(number) {}

  void skip_blanks() {
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
  }
  bool at_end() const { return at_ == line_.size(); }
  bool accept(char c) {
    if (at_end() || line_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view take_name() {
    const std::size_t start = at_;
    while (!at_end() && (is_letter(line_[at_]) || (at_ > start && line_[at_] >= '0' && line_[at_] <= '9')))
      ++at_;
    return line_.substr(start, at_ - start);
  }

  std::string_view take_word() {
    const std::size_t start = at_;
    while (!at_end() && !is_blank(line_[at_])) ++at_;
    return line_.substr(start, at_ - start);
  }

  // Behind the opening quote, to behind the closing one.
  Result<std::string> take_label_value() {
    std::string value;
    while (!at_end()) {
      const char c = line_[at_++];
      if (c == '"') return value;
      if (c != '\\') {
        value += c;
        continue;
      }
      if (at_end()) break;
      const char escaped = line_[at_++];
      value += escaped == 'n' ? '\n' : escaped;
    }
    return fail("the closing quote of a label's value");
  }

  std::unexpected<base::Error> fail(std::string_view expected) const {
    return base::fail(ErrorCode::corrupt,
                      fmt::format("line {}: expected {}, found \"{}\"", number_, expected,
                                  base::printable(base::truncate_utf8(line_.substr(at_), 40))));
  }

 private:
  std::string_view line_;
  std::size_t number_;
  std::size_t at_ = 0;
};

class ExpositionReader {
 public:
  explicit ExpositionReader(const ExpositionLimits& limits) : limits_(limits) {}

  Status line(std::string_view text, std::size_t number) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    LineReader reader(text, number);
    reader.skip_blanks();
    if (reader.at_end()) return {};
    if (reader.accept('#')) return comment(reader);
    if (samples_.size() == limits_.samples) {
      return base::fail(ErrorCode::too_large,
                        fmt::format("line {}: more than {} samples", number, limits_.samples));
    }
    return sample(reader);
  }

  std::vector<ExposedSample> take() { return std::move(samples_); }

 private:
  Status comment(LineReader& reader) {
    reader.skip_blanks();
    if (reader.take_word() != "TYPE") return {};  // HELP, UNIT, EOF, a remark
    reader.skip_blanks();
    const std::string_view name = reader.take_name();
    if (name.empty()) return reader.fail("the name of a metric");
    reader.skip_blanks();
    kinds_[std::string(name)] = kind_of(reader.take_word());
    return {};
  }

  Status sample(LineReader& reader) {
    ExposedSample sample;
    sample.name = reader.take_name();
    if (sample.name.empty()) return reader.fail("the name of a metric");
    sample.kind = kind(sample.name);
    reader.skip_blanks();
    if (reader.accept('{')) BASE_TRY(labels(reader, sample.labels));
    reader.skip_blanks();
    LineReader before = reader;
    const auto value = read_value(reader.take_word());
    if (!value) return before.fail("a number");
    sample.value = *value;
    samples_.push_back(std::move(sample));
    return {};
  }

  Status labels(LineReader& reader, Labels& labels) {
    while (true) {
      reader.skip_blanks();
      if (reader.accept('}')) return {};
      const std::string_view name = reader.take_name();
      if (name.empty()) return reader.fail("the name of a label or \"}\"");
      reader.skip_blanks();
      if (!reader.accept('=')) return reader.fail("\"=\" behind a label's name");
      reader.skip_blanks();
      if (!reader.accept('"')) return reader.fail("a label's value in quotes");
      BASE_ASSIGN(std::string value, reader.take_label_value());
      if (labels.size() == limits_.labels) return reader.fail("fewer labels");
      labels.emplace_back(name, std::move(value));
      reader.skip_blanks();
      if (reader.accept('}')) return {};
      if (!reader.accept(',')) return reader.fail("\",\" or \"}\" behind a label");
    }
  }

  // The TYPE line names the family; samples carry suffixes of their kind.
  MetricKind kind(const std::string& name) const {
    if (const auto found = kinds_.find(name); found != kinds_.end()) return found->second;
    for (const std::string_view suffix : {"_total", "_bucket", "_sum", "_count", "_created"}) {
      if (!name.ends_with(suffix)) continue;
      const auto found = kinds_.find(name.substr(0, name.size() - suffix.size()));
      if (found != kinds_.end()) return found->second;
    }
    return MetricKind::untyped;
  }

  ExpositionLimits limits_;
  std::map<std::string, MetricKind> kinds_;
  std::vector<ExposedSample> samples_;
};

}  // namespace

Result<std::vector<ExposedSample>> parse_exposition(std::string_view text, const ExpositionLimits& limits) {
  ExpositionReader reader(limits);
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    BASE_TRY(reader.line(text.substr(0, end), ++number));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.take();
}

std::string identity(const ExposedSample& sample) {
  if (sample.labels.empty()) return sample.name;
  std::string text;
  for (const auto& [name, value] : sample.labels)
    text += (text.empty() ? "" : ",") + name + "=\"" + value + "\"";
  return sample.name + "{" + text + "}";
}

}  // namespace telemetry
