#include "plimsoll/model/load_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/json.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::model {
namespace {

using base::Json;

constexpr std::size_t most_columns = 120;
constexpr std::size_t least_columns = 3;
constexpr double rows_per_decade = 8;
constexpr std::size_t most_rows = 120;
constexpr std::array spectrum_shares = {0.0,   0.1,    0.2,   0.3,    0.4,     0.5,    0.6,     0.7,     0.75,
                                        0.8,   0.85,   0.9,   0.925,  0.95,    0.9625, 0.975,   0.9875,  0.99,
                                        0.995, 0.9975, 0.999, 0.9995, 0.99975, 0.9999, 0.99995, 0.99999, 1.0};

// A scenario's latencies by slice.
struct Slice {
  double seconds = 0;
  base::Histogram latency;
};
using Slices = std::map<double, Slice>;

std::map<std::string, Slices> scenarios_of(std::span<const SeriesData> series) {
  std::map<std::string, Slices> scenarios;
  for (const SeriesData& data : series) {
    if (data.series.id.name != "load.latency") continue;
    const auto label = data.series.id.labels.find("scenario");
    Slices& slices = scenarios[label == data.series.id.labels.end() ? "" : label->second];
    for (const Observation& observation : data.observations) {
      const auto* histogram = std::get_if<base::Histogram>(&observation.value);
      if (histogram == nullptr || observation.base_side || !std::isfinite(observation.slice_start)) continue;
      Slice& slice = slices[observation.slice_start];
      slice.seconds = std::max(slice.seconds, observation.slice_seconds);
      slice.latency.merge(*histogram);
    }
  }
  return scenarios;
}

// Rows from the fastest to the slowest latency.
std::vector<double> rows_over(const base::Histogram& all) {
  const auto buckets = all.sparse();
  if (buckets.empty()) return {};
  const double fastest = std::max(base::Histogram::bucket_low(buckets.front().index), 1e-9);
  const double slowest = base::Histogram::bucket_high(buckets.back().index);
  const double first = std::floor(std::log10(fastest) * rows_per_decade);
  const double last = std::ceil(std::log10(slowest) * rows_per_decade);
  std::vector<double> edges;
  for (double step = first; step <= std::max(last, first + 1) && edges.size() <= most_rows; ++step)
    edges.push_back(std::pow(10, step / rows_per_decade));
  return edges;
}

LoadColumn column_of(const Slice& slice, double at, std::span<const double> edges) {
  LoadColumn column{
      .at_seconds = at, .seconds = slice.seconds, .counts = {}, .failed = slice.latency.infinite()};
  column.counts.resize(edges.size() - 1);
  for (const auto& bucket : slice.latency.sparse()) {
    const double middle =
        (base::Histogram::bucket_low(bucket.index) + base::Histogram::bucket_high(bucket.index)) / 2;
    const auto above = std::ranges::upper_bound(edges, middle);
    const auto row = std::clamp<std::ptrdiff_t>(above - edges.begin() - 1, 0,
                                                static_cast<std::ptrdiff_t>(column.counts.size()) - 1);
    column.counts[static_cast<std::size_t>(row)] += bucket.count;
  }
  return column;
}

// Neighbours as one, until there are few enough.
std::vector<std::pair<double, Slice>> thinned(const Slices& slices) {
  const std::size_t share = (slices.size() + most_columns - 1) / most_columns;
  std::vector<std::pair<double, Slice>> result;
  std::size_t at = 0;
  for (const auto& [start, slice] : slices) {
    if (at++ % share == 0) {
      result.emplace_back(start, slice);
    } else {
      Slice& into = result.back().second;
      into.seconds = start + slice.seconds - result.back().first;
      into.latency.merge(slice.latency);
    }
  }
  return result;
}

std::vector<SpectrumPoint> spectrum_of(const base::Histogram& all) {
  std::vector<SpectrumPoint> spectrum;
  const auto count = static_cast<double>(all.count());
  for (const double share : spectrum_shares) {
    const bool seen = share == 1 || count * (1 - share) >= 1;  // beyond it there is no request any more
    const double seconds = all.percentile(share * 100);
    if (seen && std::isfinite(seconds)) spectrum.push_back({share, seconds});
  }
  return spectrum;
}

Json write_column(const LoadColumn& column) {
  return {{"at_seconds", column.at_seconds},
          {"seconds", column.seconds},
          {"counts", column.counts},
          {"failed", column.failed}};
}

base::Result<std::vector<double>> read_numbers(const Json& object, std::string_view key) {
  const Json* list = base::find(object, key);
  if (list == nullptr || !list->is_array())
    return base::fail(base::ErrorCode::corrupt, std::string(key) + ": expected a list");
  std::vector<double> numbers;
  for (const Json& item : *list) {
    if (!item.is_number())
      return base::fail(base::ErrorCode::corrupt, std::string(key) + ": expected numbers");
    numbers.push_back(item.get<double>());
  }
  return numbers;
}

base::Result<LoadColumn> read_column(const Json& json, std::size_t rows) {
  LoadColumn column;
  BASE_TRY(expect_object(json, "column"));
  BASE_ASSIGN(column.at_seconds, base::get_number(json, "at_seconds"));
  BASE_ASSIGN(column.seconds, base::get_number(json, "seconds"));
  BASE_ASSIGN(column.failed, unsigned_or(json, "failed", 0));
  BASE_ASSIGN(const std::vector<double> counts, read_numbers(json, "counts"));
  for (const double count : counts) {
    if (!(count >= 0 && count < 1.8e19))
      return base::fail(base::ErrorCode::corrupt, "counts: expected counts");
    column.counts.push_back(static_cast<std::uint64_t>(count));
  }
  if (column.counts.size() != rows)
    return base::fail(base::ErrorCode::corrupt, "counts: expected one for each row");
  return column;
}

}  // namespace

std::vector<LoadPicture> load_pictures(std::span<const SeriesData> series) {
  std::vector<LoadPicture> pictures;
  for (const auto& [scenario, slices] : scenarios_of(series)) {
    if (slices.size() < least_columns) continue;
    base::Histogram all;
    for (const auto& [start, slice] : slices) all.merge(slice.latency);
    LoadPicture picture;
    picture.series =
        to_string(SeriesId{"load.latency", scenario.empty() ? Labels{} : Labels{{"scenario", scenario}}});
    picture.row_edges = rows_over(all);
    picture.spectrum = spectrum_of(all);
    if (picture.row_edges.size() < 2) continue;  // nothing was answered
    const double begin = slices.begin()->first;
    for (const auto& [start, slice] : thinned(slices))
      picture.columns.push_back(column_of(slice, start - begin, picture.row_edges));
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

Json to_json(const LoadPicture& picture) {
  Json json = {{"series", picture.series}, {"row_edges", picture.row_edges}};
  json["columns"] = Json::array();
  for (const LoadColumn& column : picture.columns) json["columns"].push_back(write_column(column));
  json["spectrum"] = Json::array();
  for (const SpectrumPoint& point : picture.spectrum)
    json["spectrum"].push_back({{"share", point.share}, {"seconds", point.seconds}});
  return json;
}

base::Result<LoadPicture> load_picture_from_json(const Json& json) {
  LoadPicture picture;
  BASE_TRY(expect_object(json, "load picture"));
  BASE_ASSIGN(picture.series, base::get_string(json, "series"));
  BASE_ASSIGN(picture.row_edges, read_numbers(json, "row_edges"));
  if (picture.row_edges.size() < 2 || !std::ranges::is_sorted(picture.row_edges) ||
      picture.row_edges.front() <= 0)
    return base::fail(base::ErrorCode::corrupt, "row_edges: expected ascending numbers above 0");
  for (const char* key : {"columns", "spectrum"}) {
    const Json* list = base::find(json, key);
    if (list == nullptr || !list->is_array())
      return base::fail(base::ErrorCode::corrupt, std::string(key) + ": expected a list");
  }
  for (const Json& item : json["columns"]) {
    BASE_ASSIGN(LoadColumn column, read_column(item, picture.row_edges.size() - 1));
    picture.columns.push_back(std::move(column));
  }
  for (const Json& item : json["spectrum"]) {
    BASE_TRY(expect_object(item, "spectrum point"));
    SpectrumPoint point;
    BASE_ASSIGN(point.share, base::get_number(item, "share"));
    BASE_ASSIGN(point.seconds, base::get_number(item, "seconds"));
    picture.spectrum.push_back(point);
  }
  return picture;
}

}  // namespace plimsoll::model
