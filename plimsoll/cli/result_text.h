// Series of result files, as documents and as people read them.
#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "plimsoll/formats/imported_file.h"

namespace plimsoll::cli {

// {"name","labels","unit","better","count","min","median","mean","p95","max"}, null where there is none.
nlohmann::ordered_json series_document(const formats::ImportedSeries& series);
nlohmann::ordered_json series_documents(std::span<const formats::ImportedSeries> series);
nlohmann::ordered_json skipped_documents(std::span<const formats::Skipped> skipped);

// A line each: the series, how many values, median and 95th percentile.
std::string series_lines(std::span<const formats::ImportedSeries> series);
std::string skipped_lines(std::span<const formats::Skipped> skipped);

}  // namespace plimsoll::cli
