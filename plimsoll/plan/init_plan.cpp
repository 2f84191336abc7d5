#include "plimsoll/plan/init_plan.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/plan/detect/repository.h"

namespace plimsoll::plan {
namespace {

struct Found {
  const ProbeKind* kind;
  std::vector<Detected> entries;
};

std::vector<Found> look(const std::filesystem::path& root, std::span<const ProbeKind> kinds) {
  std::vector<Found> all;
  for (const auto& kind : kinds) {
    if (!kind.detect) continue;
    auto entries = kind.detect(root);
    if (!entries.empty()) all.push_back({&kind, std::move(entries)});
  }
  return all;
}

std::string indented(std::string_view text, std::string_view first, std::string_view rest) {
  std::string result;
  for (const auto& line : base::split(base::trim(text), '\n')) {
    result += fmt::format("{}{}\n", result.empty() ? first : rest, line);
  }
  return result;
}

std::string project_name(const std::filesystem::path& root) {
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(root, error);
  return base::printable(whole.filename().string());
}

std::string head(const std::filesystem::path& root) {
  auto text = std::string(
      "# What is measured of a release, and what is demanded of it. Written by `plimsoll init`; yours from "
      "here on.\n"
      "# `plimsoll check --dry-run` says what would run, `plimsoll check` runs it.\n\n");
  const auto name = project_name(root);
  // The name of a folder may hold anything; one with a brace or a dollar would be taken for a placeholder.
  const bool plain =
      !name.empty() && name.find_first_of("{$") == std::string::npos && base::is_valid_utf8(name);
  return plain ? text + fmt::format("project: {}\n", detect::as_yaml(name)) : text;
}

std::string service_section(const std::vector<Found>& all) {
  for (const auto& found : all) {
    for (const auto& entry : found.entries) {
      if (!entry.service.empty()) return "\nservice:\n" + indented(entry.service, "  ", "  ");
    }
  }
  return "";
}

std::string probes_section(const std::vector<Found>& all) {
  std::string text = "\nprobes:\n";
  for (const auto& found : all) {
    text += fmt::format("  {}:  # {}\n", found.kind->name, found.kind->summary);
    std::string because;
    for (const auto& entry : found.entries) {
      if (entry.because != because) text += fmt::format("    # {}\n", base::printable(entry.because));
      because = entry.because;
      text += indented(entry.entry, "    - ", "      ");
    }
  }
  return text;
}

std::string rules_section(const std::vector<Found>& all) {
  std::vector<std::string> rules;
  for (const auto& found : all) {
    for (const auto& entry : found.entries) {
      for (const auto& rule : entry.rules) {
        if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
      }
    }
  }
  if (rules.empty()) return "\nrules: []\n";
  std::string text =
      "\n# A regression is judged against the newest runs of the base branch; until there are 5 it is "
      "learning.\nrules:\n";
  for (const auto& rule : rules) text += fmt::format("  - {}\n", detect::as_yaml(rule));
  return text;
}

}  // namespace

base::Result<std::string> init_plan(const std::filesystem::path& root, std::span<const ProbeKind> kinds) {
  std::error_code error;
  if (!std::filesystem::is_directory(root, error)) {
    return base::fail(base::ErrorCode::not_found, fmt::format("there is no folder \"{}\"", root.string()));
  }
  const auto all = look(root, kinds);
  if (all.empty()) {
    return base::fail(
        base::ErrorCode::not_found, fmt::format("found nothing to measure in \"{}\"", root.string()),
        "init knows tests with pytest-benchmark, CMake programs with Google Benchmark and OpenAPI "
        "documents; docs/plimsoll_yaml.md shows how to write a plan by hand");
  }
  return head(root) + service_section(all) + probes_section(all) + rules_section(all);
}

}  // namespace plimsoll::plan
