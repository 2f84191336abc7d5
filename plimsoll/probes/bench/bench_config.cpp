#include "plimsoll/probes/bench/bench_config.h"

#include <filesystem>

#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "plimsoll/probes/format_field.h"

namespace plimsoll::probes::bench {
namespace {

using plan::Field;
using plan::FieldType;

std::string text_or_none(const base::Json& config, const char* key) {
  const base::Json* value = base::find(config, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

base::Result<int> count_or(const base::Json& config, const char* key, int fallback, int least) {
  const base::Json* value = base::find(config, key);
  if (value == nullptr || value->is_null()) return fallback;
  BASE_ASSIGN(const long long count, base::get_integer(config, key));
  if (count >= least && count <= most_repeats) return static_cast<int>(count);
  return base::fail(base::ErrorCode::invalid_argument,
                    std::string(key) + ": expected " + std::to_string(least) + " to " +
                        std::to_string(most_repeats) + ", found " + std::to_string(count));
}

}  // namespace

std::vector<Field> bench_fields() {
  return {
      {.key = "run",
       .type = FieldType::command,
       .required = true,
       .description = "The benchmark program or any other command; run without a shell."},
      format_field(
          "What it prints or writes: a format's name, or a mapping of one's own. Default: told by content; a "
          "command that prints no results is timed."),
      {.key = "repeats",
       .type = FieldType::integer,
       .description = "How often it is run and counted; with a precision, at least.",
       .default_text = "5"},
      {.key = "warmup",
       .type = FieldType::integer,
       .description = "How often it is run before, not counted.",
       .default_text = "1"},
      {.key = "precision",
       .type = FieldType::text,
       .description = "Repeat until every time is known within this share (95 %), as in 2%."},
      {.key = "max_time",
       .type = FieldType::duration,
       .description = "Begin no further run after this long. Default: 5m with a precision, else none."},
      {.key = "callgrind",
       .type = FieldType::boolean,
       .description = "Count its instructions too, with valgrind; skipped, saying so, where there is none.",
       .default_text = "false"},
      {.key = "output",
       .type = FieldType::text,
       .description = "The file it writes its results to. Default: its standard output."},
      {.key = "folder", .type = FieldType::text, .description = "Where it runs. Default: the plan's folder."},
  };
}

base::Result<BenchConfig> read_config(const nlohmann::json& config) {
  BenchConfig result;
  const base::Json* run = base::find(config, "run");
  if (run == nullptr || !run->is_array() || run->empty())
    return base::fail(base::ErrorCode::invalid_argument, "run: expected a command");
  for (const base::Json& word : *run) result.run.push_back(word.get<std::string>());
  result.format = text_or_none(config, "format");
  result.output = text_or_none(config, "output");
  result.folder = text_or_none(config, "folder");
  BASE_ASSIGN(result.repeats, count_or(config, "repeats", result.repeats, 1));
  BASE_ASSIGN(result.warmup, count_or(config, "warmup", result.warmup, 0));
  if (const std::string precision = text_or_none(config, "precision"); !precision.empty()) {
    BASE_ASSIGN(result.precision, read_precision(precision));
    result.max_time = usual_max_time;
  }
  if (const base::Json* seconds = base::find(config, "max_time"); seconds != nullptr && seconds->is_number())
    result.max_time = std::chrono::nanoseconds(static_cast<std::int64_t>(seconds->get<double>() * 1e9));
  if (const base::Json* callgrind = base::find(config, "callgrind"); callgrind != nullptr)
    result.callgrind = callgrind->is_boolean() && callgrind->get<bool>();
  return result;
}

StoppingRule stopping_rule(const BenchConfig& config) {
  return {.least = config.repeats,
          .most = most_repeats,
          .precision = config.precision,
          .max_time = config.max_time};
}

base::Result<double> read_precision(std::string_view text) {
  const auto quantity = base::parse_quantity(text);
  const bool share = quantity && (quantity->dimension == base::Dimension::share ||
                                  quantity->dimension == base::Dimension::none);
  if (share && quantity->value > 0 && quantity->value < 1) return quantity->value;
  return base::fail(base::ErrorCode::invalid_argument,
                    "precision: expected a share like 2%, found " + base::printable(text));
}

std::string default_name(const nlohmann::json& config) {
  const base::Json* run = base::find(config, "run");
  if (run == nullptr || !run->is_array() || run->empty() || !run->front().is_string()) return "bench";
  const std::string name = std::filesystem::path(run->front().get<std::string>()).filename().string();
  return name.empty() ? "bench" : base::truncate_utf8(name, 100);
}

}  // namespace plimsoll::probes::bench
