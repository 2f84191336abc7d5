// Reads plimsoll.yaml. Every error is invalid_argument at file:line:column, says what was expected and what
// was found.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "plimsoll/plan/plan.h"
#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::plan {

struct ReadOptions {
  // `${NAME}`: the value of an environment variable, or nothing where it is unset (an error then).
  std::function<std::optional<std::string>(const std::string& name)> environment;
  // Whether a store URL is of a known scheme.
  std::function<bool(std::string_view url)> is_store_url;
};

base::Result<Plan> read_plan(const std::filesystem::path& file, std::span<const ProbeKind> kinds,
                             const ReadOptions& options);

// The same from text; `file` names it in places, its folder is the root. `include:` still reads the disk.
base::Result<Plan> read_plan_text(std::string_view text, const std::filesystem::path& file,
                                  std::span<const ProbeKind> kinds, const ReadOptions& options);

// What a run knows and a plan does not.
struct Placeholders {
  std::optional<int> port;
  std::optional<std::filesystem::path> workdir;
  std::filesystem::path root = {};  // a relative PATH in {file:PATH} means this; empty: the working directory
};

// Replaces {port}, {workdir}, {file:PATH} (its content, trimmed, at most 64 KiB) and {{; any other brace is
// kept as it is only where it cannot be a placeholder (no lower-case letter behind it). Errors name the
// placeholder.
base::Result<std::string> expand(std::string_view text, const Placeholders& values);

// Refuses unknown and unclosed placeholders without expanding; what the reader calls on every text.
base::Status check_placeholders(std::string_view text);

}  // namespace plimsoll::plan
