#include "base/yaml_environment.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"

namespace base::yaml {
namespace {

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name.front())) return false;
  return std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<std::string> value_of(std::string_view name, const Environment& environment) {
  if (!is_variable_name(name)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("expected the name of an environment variable, found \"{}\"",
                            printable(truncate_utf8(name, 40))),
                "a ${ that means itself is written $${");
  }
  auto value = environment ? environment(std::string(name)) : std::nullopt;
  if (!value) {
    return fail(ErrorCode::invalid_argument, fmt::format("the environment variable {} is not set", name),
                fmt::format("set it before the command: {}=… plimsoll …", name));
  }
  if (!is_valid_utf8(*value)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the environment variable {} is not valid UTF-8", name));
  }
  return *std::move(value);
}

Result<std::string> substitute(std::string_view text, const Environment& environment,
                               const EnvironmentWriting& writing) {
  std::string result;
  while (true) {
    const auto at = text.find("${");
    if (at == std::string_view::npos) return result += text;
    if (at > 0 && text[at - 1] == '$') {
      result += text.substr(0, at - 1);
      result += writing.mark;
      text.remove_prefix(at + 2);
      continue;
    }
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) {
      return fail(ErrorCode::invalid_argument, "${ is never closed", "a ${ that means itself is written $${");
    }
    BASE_ASSIGN(const auto value, value_of(text.substr(at + 2, end - at - 2), environment));
    result += text.substr(0, at);
    result += writing.value ? writing.value(value) : value;
    text.remove_prefix(end + 1);
  }
}

// Inside brackets YAML wants quotes around a brace: "${RATE}" is a number all the same where it holds one.
bool is_one_variable(std::string_view text) {
  return text.starts_with("${") && text.find('}') + 1 == text.size();
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing here sets any
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Status substitute_environment(Node& node, const Environment& environment, const EnvironmentWriting& writing) {
  if (node.is_scalar()) {
    auto text = substitute(node.text, environment, writing);
    if (!text) return fail_at(node.place, text.error().message, text.error().hint);
    if (is_one_variable(node.text)) node.quoted = false;
    node.text = *std::move(text);
  }
  for (auto& item : node.items) BASE_TRY(substitute_environment(item, environment, writing));
  for (auto& entry : node.entries) BASE_TRY(substitute_environment(entry.value, environment, writing));
  return {};
}

}  // namespace base::yaml
