#include "plimsoll/cli/result_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "base/units.h"

namespace plimsoll::cli {
namespace {

constexpr std::size_t most_shown = 10;  // of what was skipped

base::OrderedJson number(const std::optional<double>& value) {
  return value ? base::OrderedJson(*value) : base::OrderedJson(nullptr);
}

std::string figure(std::string_view name, const std::optional<double>& value, const std::string& unit) {
  if (!value) return "";
  return fmt::format("  {} {}", name, base::format_value(*value, unit));
}

}  // namespace

nlohmann::ordered_json series_document(const formats::ImportedSeries& series) {
  const formats::Figures& figures = series.figures;
  base::OrderedJson json;
  json["name"] = series.series.id.name;
  json["labels"] = base::OrderedJson::object();
  for (const auto& [key, value] : series.series.id.labels) json["labels"][key] = value;
  json["unit"] = series.series.unit;
  json["better"] = model::to_string(series.series.better);
  json["count"] = figures.count ? base::OrderedJson(*figures.count) : base::OrderedJson(nullptr);
  json["min"] = number(figures.min);
  json["median"] = number(figures.median);
  json["mean"] = number(figures.mean);
  json["p95"] = number(figures.p95);
  json["max"] = number(figures.max);
  return json;
}

nlohmann::ordered_json series_documents(std::span<const formats::ImportedSeries> series) {
  base::OrderedJson json = base::OrderedJson::array();
  for (const formats::ImportedSeries& one : series) json.push_back(series_document(one));
  return json;
}

nlohmann::ordered_json skipped_documents(std::span<const formats::Skipped> skipped) {
  base::OrderedJson json = base::OrderedJson::array();
  for (const formats::Skipped& one : skipped) json.push_back({{"what", one.what}, {"why", one.why}});
  return json;
}

std::string series_lines(std::span<const formats::ImportedSeries> series) {
  std::string text;
  for (const formats::ImportedSeries& one : series) {
    const formats::Figures& figures = one.figures;
    const std::string& unit = one.series.unit;
    text += "  " + base::printable(to_string(one.series.id));
    if (figures.count) text += fmt::format("  n {}", *figures.count);
    if (figures.count != 1U) text += figure("mean", figures.mean, unit);
    text += figure("median", figures.median, unit) + figure("p95", figures.p95, unit) + "\n";
  }
  return text;
}

std::string skipped_lines(std::span<const formats::Skipped> skipped) {
  std::string text;
  for (const formats::Skipped& one : skipped.first(std::min(skipped.size(), most_shown)))
    text += "  not counted: " + base::printable(one.what) + ": " + base::printable(one.why) + "\n";
  if (skipped.size() > most_shown) text += fmt::format("  and {} more\n", skipped.size() - most_shown);
  return text;
}

}  // namespace plimsoll::cli
