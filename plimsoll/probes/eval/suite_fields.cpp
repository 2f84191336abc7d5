#include "plimsoll/probes/eval/suite_fields.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"

namespace plimsoll::probes::eval {
namespace {

using base::yaml::Node;

bool is_pointer(std::string_view text) {
  if (!text.starts_with('/')) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '~';
    if (escape && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

}  // namespace

std::unexpected<base::Error> wrong(const Node& node, std::string_view expected) {
  return base::fail_at(node.place,
                       fmt::format("expected {}, found {}", expected, base::yaml::describe(node)));
}

base::Status read_map(const Node& node, std::string_view what, const FieldReaders& readers) {
  if (!node.is_map()) return wrong(node, fmt::format("{} (a map)", what));
  std::vector<std::string> known;
  known.reserve(readers.size());
  for (const auto& [key, reader] : readers) known.push_back(key);
  for (const base::yaml::Entry& entry : node.entries) {
    const auto reader = std::ranges::find(known, entry.key);
    if (reader == known.end()) {
      const auto near = base::nearest(entry.key, known);
      return base::fail_at(
          entry.key_place,
          fmt::format("unknown key \"{}\" of {}", base::printable(base::truncate_utf8(entry.key, 60)), what),
          near ? "did you mean " + *near + "?" : "known keys: " + base::join(known, ", "));
    }
    if (entry.value.is_null()) return base::fail_at(entry.key_place, entry.key + " has no value");
    BASE_TRY(readers[static_cast<std::size_t>(reader - known.begin())].second(entry.value));
  }
  return {};
}

base::Result<std::string> text_of(const Node& node) {
  if (!node.is_scalar() || node.text.empty() || node.text.size() > 4096) return wrong(node, "a text");
  return node.text;
}

base::Result<std::string> template_of(const Node& node) {
  BASE_ASSIGN(std::string text, text_of(node));
  const base::Status good = check_template(text);
  if (!good) return base::fail_at(node.place, good.error().message, good.error().hint);
  return text;
}

base::Result<std::string> one_of(const Node& node, const std::vector<std::string>& words) {
  if (node.is_scalar() && std::ranges::find(words, node.text) != words.end()) return node.text;
  return wrong(node, "one of " + base::join(words, ", "));
}

base::Result<long long> integer_of(const Node& node, long long low, long long high) {
  const auto number = node.is_scalar() ? base::parse_integer(node.text) : std::nullopt;
  if (number && *number >= low && *number <= high) return *number;
  return wrong(node, fmt::format("a whole number from {} to {}", low, high));
}

bool is_label(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= 60 && is_letter(text.front()) && std::ranges::all_of(text, fits);
}

FieldReader text_into(std::string& target) {
  return [&target](const Node& node) -> base::Status {
    BASE_ASSIGN(target, text_of(node));
    return {};
  };
}

FieldReader duration_into(std::chrono::nanoseconds& target) {
  return [&target](const Node& node) -> base::Status {
    const auto duration = base::parse_duration(node.is_scalar() ? node.text : "");
    if (!duration) return wrong(node, "a duration with a unit, like 30s");
    target = *duration;
    return {};
  };
}

FieldReader path_into(const std::filesystem::path& folder, std::filesystem::path& target) {
  return [folder, &target](const Node& node) -> base::Status {
    BASE_ASSIGN(const std::string text, text_of(node));
    std::error_code error;
    target = folder / text;
    if (std::filesystem::exists(target, error)) return {};
    return base::fail_at(node.place, "there is no file \"" + base::printable(text) + "\"",
                         "paths are relative to the suite's folder");
  };
}

FieldReader pointer_into(std::string& target) {
  return [&target](const Node& node) -> base::Status {
    if (node.is_scalar() && (node.text.empty() || node.text == "/")) {
      target.clear();
      return {};
    }
    if (!node.is_scalar() || !is_pointer(node.text)) return wrong(node, "a JSON pointer, like /results");
    target = node.text;
    return {};
  };
}

FieldReaders call_readers(Call& call) {
  return {{"method",
           [&call](const Node& node) -> base::Status {
             BASE_ASSIGN(call.method, one_of(node, {"GET", "POST", "PUT"}));
             return {};
           }},
          {"path",
           [&call](const Node& node) -> base::Status {
             BASE_ASSIGN(call.path, template_of(node));
             return {};
           }},
          {"body", [&call](const Node& node) -> base::Status {
             BASE_ASSIGN(call.body, BodyTemplate::read(node));
             return {};
           }}};
}

}  // namespace plimsoll::probes::eval
