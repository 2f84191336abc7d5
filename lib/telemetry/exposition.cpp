// The two text forms of a registry. They differ in how counters' families are named and in how the text ends.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "telemetry/metrics.h"

namespace telemetry {
namespace {

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

// OpenMetrics wants bounds with a decimal point, so that "1" and "1.0" are not two bounds.
std::string bound(double value, bool open_metrics) {
  std::string text = number(value);
  if (open_metrics && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void append_help(std::string& text, std::string_view help, bool open_metrics) {
  for (const char c : help) {
    if (c == '\\')
      text += "\\\\";
    else if (c == '\n')
      text += "\\n";
    else if (c == '"' && open_metrics)
      text += "\\\"";
    else
      text += c;
  }
}

void append_sample(std::string& text, std::string_view name, std::string_view labels,
                   std::string_view value) {
  text += name;
  if (!labels.empty()) (text += '{').append(labels) += '}';
  (text += ' ').append(value) += '\n';
}

void append_histogram(std::string& text, const std::string& name, const std::string& labels,
                      const BucketHistogram& histogram, bool open_metrics) {
  const BucketHistogram::Snapshot snapshot = histogram.snapshot();
  const std::string prefix = labels.empty() ? "" : labels + ",";
  for (std::size_t i = 0; i < snapshot.cumulative.size(); ++i) {
    const bool last = i == histogram.bounds().size();
    const std::string le = last ? "+Inf" : bound(histogram.bounds()[i], open_metrics);
    append_sample(text, name + "_bucket", prefix + "le=\"" + le + "\"",
                  std::to_string(snapshot.cumulative[i]));
  }
  append_sample(text, name + "_sum", labels, number(snapshot.sum));
  append_sample(text, name + "_count", labels, std::to_string(snapshot.cumulative.back()));
}

}  // namespace

std::string Registry::prometheus_text() const {
  return expose(false);
}
std::string Registry::open_metrics_text() const {
  return expose(true);
}

std::string Registry::expose(bool open_metrics) const {
  std::vector<std::function<void()>> refreshers;
  {
    const std::lock_guard lock(mutex_);
    refreshers = refreshers_;
  }
  {
    const std::lock_guard one_at_a_time(refresh_mutex_);
    for (const auto& refresh : refreshers) refresh();  // without mutex_: they look metrics up themselves
  }
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [name, family] : families_) append_family(text, name, family, open_metrics);
  if (open_metrics) text += "# EOF\n";
  return text;
}

void Registry::append_family(std::string& text, const std::string& name, const Family& family,
                             bool open_metrics) {
  constexpr std::string_view kinds[] = {"counter", "gauge", "histogram"};
  constexpr std::string_view suffix = "_total";
  std::string family_name = name;
  if (open_metrics && family.kind == Kind::counter) family_name.resize(name.size() - suffix.size());
  text += "# HELP " + family_name + " ";
  append_help(text, family.help, open_metrics);
  (text += "\n# TYPE " + family_name + " ").append(kinds[static_cast<std::size_t>(family.kind)]) += '\n';
  for (const auto& [labels, metric] : family.metrics) {
    if (metric.counter) append_sample(text, name, labels, std::to_string(metric.counter->value()));
    if (metric.gauge) append_sample(text, name, labels, number(metric.gauge->value()));
    if (metric.histogram) append_histogram(text, name, labels, *metric.histogram, open_metrics);
  }
}

// Quality values decide between the two; other media types are of no interest here.
bool wants_open_metrics(std::string_view accept) {
  double open_quality = 0;
  double plain_quality = 0;
  while (!accept.empty()) {
    const std::size_t end = std::min(accept.find(','), accept.size());
    const std::string_view range = accept.substr(0, end);
    accept.remove_prefix(std::min(end + 1, accept.size()));
    double quality = 1;
    if (const std::size_t q = range.find("q="); q != std::string_view::npos) {
      std::from_chars(range.data() + q + 2, range.data() + range.size(), quality);
    }
    if (range.find("application/openmetrics-text") != std::string_view::npos) {
      open_quality = std::max(open_quality, quality);
    }
    if (range.find("text/plain") != std::string_view::npos) plain_quality = std::max(plain_quality, quality);
  }
  return open_quality > 0 && open_quality >= plain_quality;
}

}  // namespace telemetry
