#include "plimsoll/probes/bench/bench_config.h"

#include <filesystem>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/formats/format.h"

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
      {.key = "format",
       .type = FieldType::text,
       .description = "What it prints. Default: told by content; a command that prints no results is timed.",
       .one_of = formats::format_names()},
      {.key = "repeats",
       .type = FieldType::integer,
       .description = "How often it is run and counted.",
       .default_text = "5"},
      {.key = "warmup",
       .type = FieldType::integer,
       .description = "How often it is run before, not counted.",
       .default_text = "1"},
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
  return result;
}

std::string default_name(const nlohmann::json& config) {
  const base::Json* run = base::find(config, "run");
  if (run == nullptr || !run->is_array() || run->empty() || !run->front().is_string()) return "bench";
  const std::string name = std::filesystem::path(run->front().get<std::string>()).filename().string();
  return name.empty() ? "bench" : base::truncate_utf8(name, 100);
}

}  // namespace plimsoll::probes::bench
