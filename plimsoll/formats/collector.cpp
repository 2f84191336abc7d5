#include "plimsoll/formats/collector.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/hash.h"
#include "base/text.h"

namespace plimsoll::formats {
namespace {

constexpr std::size_t label_bytes = 200;
constexpr std::size_t parameter_labels = 5;

bool can_be_key(const std::string& name) {
  return model::validate(model::Series{{"a", {{name, ""}}}, "count"}).has_value();
}

// The smallest value with at least `percent` of the sample at or below it; the rank is a whole number, so it
// is computed in whole numbers.
double nearest_rank(const model::Samples& ascending, std::size_t percent) {
  return ascending[(percent * ascending.size() + 99) / 100 - 1];
}

}  // namespace

Figures figures_of(const model::Samples& samples) {
  if (samples.empty()) return {};
  model::Samples ascending = samples;
  std::ranges::sort(ascending);
  const double sum = std::accumulate(ascending.begin(), ascending.end(), 0.0);
  return {.count = samples.size(),
          .min = ascending.front(),
          .median = nearest_rank(ascending, 50),
          .mean = sum / static_cast<double>(ascending.size()),
          .p95 = nearest_rank(ascending, 95),
          .max = ascending.back()};
}

Figures figures_of_counts(std::vector<std::pair<double, std::uint64_t>> counts) {
  std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
  if (counts.empty()) return {};
  std::ranges::sort(counts);
  std::uint64_t total = 0;
  double sum = 0;
  for (const auto& [value, count] : counts) {
    total += count;
    sum += value * static_cast<double>(count);
  }
  const auto at_rank = [&](std::uint64_t percent) {
    std::uint64_t rest = total / 100 * percent + (total % 100 * percent + 99) / 100;
    auto entry = counts.begin();
    for (; entry->second < rest; ++entry) rest -= entry->second;
    return entry->first;
  };
  return {.count = total,
          .min = counts.front().first,
          .median = at_rank(50),
          .mean = sum / static_cast<double>(total),
          .p95 = at_rank(95),
          .max = counts.back().first};
}

Figures& Collector::set_counts(const model::Series& series,
                               std::vector<std::pair<double, std::uint64_t>> counts) {
  std::erase_if(counts, [](const auto& entry) { return !std::isfinite(entry.first); });
  ImportedSeries& imported = find(series);
  if (series.unit == "seconds" && !counts.empty()) {
    imported.histogram.emplace();
    for (const auto& [value, count] : counts) imported.histogram->record(value, count);
  }
  imported.figures = figures_of_counts(std::move(counts));
  return imported.figures;
}

void Collector::add_sample(const model::Series& series, double value) {
  if (std::isfinite(value)) find(series).samples.push_back(value);
}

void Collector::add_samples(const model::Series& series, model::Samples&& values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return;
  model::Samples& known = find(series).samples;
  if (known.empty()) {
    known = std::move(values);
  } else {
    known.insert(known.end(), values.begin(), values.end());
  }
}

Figures& Collector::figures(const model::Series& series) {
  return find(series).figures;
}

void Collector::skip(std::string what, std::string why) {
  file_.skipped.push_back({std::move(what), std::move(why)});
}

ImportedFile Collector::take() {
  for (ImportedSeries& series : file_.series) {
    if (!series.samples.empty()) series.figures = figures_of(series.samples);
  }
  std::erase_if(file_.series, [](const ImportedSeries& series) { return series.figures == Figures{}; });
  return std::move(file_);
}

ImportedSeries& Collector::find(const model::Series& series) {
  const auto [entry, is_new] = index_.try_emplace(series.id, file_.series.size());
  if (is_new) file_.series.push_back({.series = series, .samples = {}, .figures = {}});
  return file_.series[entry->second];
}

std::string label_value(std::string_view text) {
  if (text.size() <= label_bytes) return std::string(text);
  return base::truncate_utf8(text, label_bytes - 17) + "#" + base::hex64(base::xxh3_64(text));
}

void add_parameters(model::Labels& labels, const std::vector<std::pair<std::string, std::string>>& given) {
  std::string others;
  std::size_t own_labels = 0;
  for (const auto& [name, value] : given) {
    if (own_labels < parameter_labels && name != "parameters" && can_be_key(name) && !labels.contains(name)) {
      labels[name] = label_value(value);
      ++own_labels;
    } else {
      if (!others.empty()) others += ' ';
      others.append(name).append("=").append(value);
    }
  }
  if (!others.empty()) labels["parameters"] = label_value(others);
}

model::Series series_in_seconds(std::string name, model::Labels labels) {
  return {{std::move(name), std::move(labels)}, "seconds", model::Better::lower};
}

}  // namespace plimsoll::formats
