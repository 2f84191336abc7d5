// hyperfine's JSON (--export-json FILE), as its src/export/json.rs and src/benchmark/benchmark_result.rs
// write it. A run whose command failed is no sample. User and system time are means over all runs, failed
// ones too.
#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/json_reading.h"
#include "plimsoll/formats/readers.h"

namespace plimsoll::formats {
namespace {

using base::Json;

bool is_list(const Json* value) {
  return value != nullptr && value->is_array();
}

class CommandReader {
 public:
  CommandReader(const Json& result, std::string where, const Content& content, Collector& collector)
      : result_(result), where_(std::move(where)), content_(content), collector_(collector) {}

  base::Status read() {
    command_ = text_or(result_, "command", "");
    if (command_.empty()) return wrong("expected a result with a command");
    labels_ = {{"benchmark", label_value(command_)}};
    if (const Json* given = base::find(result_, "parameters"); given != nullptr && given->is_object()) {
      std::vector<std::pair<std::string, std::string>> parameters;
      for (const auto& [key, value] : given->items()) parameters.emplace_back(key, plain_text(value));
      add_parameters(labels_, parameters);
    }
    find_failures();
    const model::Series wall = series_in_seconds("bench.wall_time", labels_);
    if (is_list(base::find(result_, "times"))) {
      BASE_TRY(read_runs("times", wall));
    } else if (failures_ == 0) {
      collector_.figures(wall) = {.min = number(result_, "min"),
                                  .median = number(result_, "median"),
                                  .mean = number(result_, "mean"),
                                  .max = number(result_, "max")};
    }
    if (is_list(base::find(result_, "memory_usage_byte")))
      BASE_TRY(
          read_runs("memory_usage_byte", {{"bench.peak_memory", labels_}, "bytes", model::Better::lower}));
    if (failures_ == 0) read_means();
    return {};
  }

 private:
  // A run that a signal ended has null for its exit code.
  void find_failures() {
    const Json* codes = base::find(result_, "exit_codes");
    if (!is_list(codes)) return;
    for (const Json& code : *codes) failed_.push_back(code != 0);
    failures_ = static_cast<std::size_t>(std::ranges::count(failed_, true));
    if (failures_ == 0) return;
    collector_.skip(command_,
                    fmt::format("{} of {} runs failed: they are no samples, and means over all runs "
                                "are left out",
                                failures_, failed_.size()));
  }

  base::Status read_runs(const char* key, const model::Series& series) {
    const Json& runs = result_.at(key);
    if (!failed_.empty() && failed_.size() != runs.size())
      return wrong(fmt::format("`{}` and `exit_codes` differ in length", key));
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!runs[i].is_number()) return wrong(fmt::format("expected only numbers in `{}`", key));
      if (failed_.empty() || !failed_[i]) collector_.add_sample(series, runs[i].get<double>());
    }
    return {};
  }

  void read_means() {
    if (const auto user = number(result_, "user"))
      collector_.figures(series_in_seconds("bench.user_time", labels_)).mean = user;
    if (const auto system = number(result_, "system"))
      collector_.figures(series_in_seconds("bench.system_time", labels_)).mean = system;
  }

  std::unexpected<base::Error> wrong(const std::string& what) const {
    return std::unexpected(content_.wrong(where_ + ": " + what));
  }

  const Json& result_;
  std::string where_;
  const Content& content_;
  Collector& collector_;
  std::string command_;
  model::Labels labels_;
  std::vector<bool> failed_;  // of each run; empty where the file does not say
  std::size_t failures_ = 0;
};

base::Result<ImportedFile> read(const Content& content) {
  BASE_ASSIGN(const Json* results, expect_list(content, "results", "hyperfine's JSON"));
  Collector collector;
  for (std::size_t i = 0; i < results->size(); ++i)
    BASE_TRY(CommandReader((*results)[i], fmt::format("results[{}]", i), content, collector).read());
  return collector.take();
}

bool recognises(const Content& content) {
  if (!content.looks_like_json() || content.json() == nullptr) return false;
  const Json* results = base::find(*content.json(), "results");
  if (!is_list(results) || results->empty()) return false;
  const Json& first = results->front();
  return base::find(first, "command") != nullptr && base::find(first, "mean") != nullptr;
}

}  // namespace

Format hyperfine() {
  return {"hyperfine", "hyperfine --export-json FILE", recognises, read};
}

}  // namespace plimsoll::formats
