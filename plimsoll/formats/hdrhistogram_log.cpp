// An HdrHistogram log (format version 1.3 and before, as HdrHistogram's HistogramLogWriter writes it): a line
// an interval, its histogram V2 encoded, deflated, in base64. By the log's convention values are nanoseconds.
// Figures are HdrHistogram's own: a percentile is the highest value that its bucket stands for.
#include <cmath>
#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/formats/hdr_histogram.h"
#include "plimsoll/formats/lines.h"
#include "plimsoll/formats/load_results.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

constexpr std::string_view legend = "\"StartTimestamp\",";
constexpr std::string_view compressed_beginning = "HIST";  // of the cookie 0x1c849314 in base64

bool is_data(std::string_view line) {
  return !line.empty() && line.front() != '#' && !line.starts_with(legend);
}

struct Interval {
  std::string tag;
  std::string_view histogram;
  int column = 0;  // of the histogram, from 1
};

// [Tag=NAME,]start,length,max,histogram
base::Result<Interval> split(const Content& content, std::string_view line, int number) {
  Interval interval;
  std::string_view rest = line;
  if (rest.starts_with("Tag=")) {
    interval.tag = std::string(rest.substr(4, rest.find(',') - 4));
    rest.remove_prefix(std::min(rest.find(','), rest.size() - 1) + 1);
  }
  for (const char* what : {"start", "length", "maximum"}) {
    const std::size_t comma = rest.find(',');
    const int column = static_cast<int>(rest.data() - line.data()) + 1;
    if (comma == std::string_view::npos || !base::parse_double(base::trim(rest.substr(0, comma))))
      return std::unexpected(content.wrong_at(
          number, column, fmt::format("expected the interval's {} as a number, then a comma", what)));
    rest.remove_prefix(comma + 1);
  }
  interval.histogram = base::trim(rest);
  interval.column = static_cast<int>(rest.data() - line.data()) + 1;
  return interval;
}

class Reader {
 public:
  explicit Reader(const Content& content) : content_(content) {}

  base::Result<ImportedFile> read() {
    Lines lines(content_);
    bool any = false;
    while (lines.next()) {
      if (!is_data(lines.text())) continue;
      any = true;
      if (!lines.is_ended()) return cut(lines.number());
      BASE_TRY(take(lines.text(), lines.number()));
    }
    if (!any) return std::unexpected(content_.wrong_at(std::max(lines.number(), 1), 1, "holds no interval"));
    for (auto& [tag, counts] : counts_) add(tag, counts);
    return collector_.take();
  }

 private:
  std::unexpected<base::Error> cut(int line) const {
    return std::unexpected(content_.wrong_at(line, 1, "the last line is cut: it has no end"));
  }

  base::Status take(std::string_view line, int number) {
    BASE_ASSIGN(const Interval interval, split(content_, line, number));
    if (!base::is_valid_utf8(interval.tag))
      return std::unexpected(content_.wrong_at(number, 5, "is no UTF-8 text"));
    auto counts = decode_hdr_histogram(interval.histogram);
    if (!counts) {
      base::Error error = content_.wrong_at(number, interval.column, counts.error().message);
      error.code = counts.error().code;
      return std::unexpected(std::move(error));
    }
    for (const HdrCount& count : *counts) {
      auto [place, is_new] = counts_[interval.tag].try_emplace(count.low, count);
      if (is_new) continue;
      place->second.count += count.count;
      place->second.high = std::max(place->second.high, count.high);
    }
    return {};
  }

  void add(const std::string& tag, const std::map<std::uint64_t, HdrCount>& counts) {
    model::Labels labels;
    if (!tag.empty()) labels["tag"] = label_value(tag);
    std::vector<std::pair<double, std::uint64_t>> highs;
    double sum = 0;
    for (const auto& [low, count] : counts) {
      highs.emplace_back(static_cast<double>(count.high) * 1e-9, count.count);
      const double middle = (static_cast<double>(count.low) + static_cast<double>(count.high)) / 2;
      sum += std::ceil(middle) * 1e-9 * static_cast<double>(count.count);
    }
    if (highs.empty()) return;
    Figures& figures = collector_.set_counts(latency_series(labels), std::move(highs));
    figures.min = static_cast<double>(counts.begin()->first) * 1e-9;
    figures.mean = sum / static_cast<double>(*figures.count);
  }

  const Content& content_;
  Collector collector_;
  std::map<std::string, std::map<std::uint64_t, HdrCount>> counts_;  // by tag, by the bucket's lowest value
};

base::Result<ImportedFile> read(const Content& content) {
  return Reader(content).read();
}

bool recognises(const Content& content) {
  if (content.text().starts_with("#[Histogram log format version")) return true;
  Lines lines(content);
  for (int seen = 0; seen < 100 && lines.next(); ++seen) {
    const std::string_view line = lines.text();
    if (line.starts_with(legend) && line.find("Histogram") != std::string_view::npos) return true;
    if (line.starts_with("#[Histogram log format version")) return true;
    if (is_data(line)) return line.find("," + std::string(compressed_beginning)) != std::string_view::npos;
  }
  return false;
}

}  // namespace

Format hdrhistogram_log() {
  return {"hdrhistogram-log", "HdrHistogram's HistogramLogWriter; plimsoll load --hdr FILE", recognises,
          read};
}

}  // namespace plimsoll::formats
