#include "plimsoll/traffic/scenario/written_scenario.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"

namespace plimsoll::traffic::written {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string words_joined(std::string_view text, char between) {
  std::string out;
  for (const char c : text) {
    if (is_alphanumeric(c)) {
      out += c;
    } else if (!out.empty() && out.back() != between) {
      out += between;
    }
  }
  while (!out.empty() && out.back() == between) out.pop_back();
  return out;
}

std::string flow_text(const std::string& text) {
  if (!text.starts_with(generated)) return quote(as_text(text));
  const std::string rest = text.substr(1);
  const bool one = rest.starts_with("$(") && rest.find(')') == rest.size() - 1;
  return one ? rest : quote(rest);
}

bool is_readable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
  });
}

template <class Items, class Write>
std::string list_of(char open, char close, const Items& items, Write write) {
  std::string out(1, open);
  for (const auto& item : items) {
    if (out.size() > 1) out += ", ";
    out += write(item);
  }
  return out + close;
}

}  // namespace

std::string as_text(std::string_view text) {
  return base::replace_all(base::replace_all(std::string(text), "$(", "$$("), "${", "$${");
}

bool can_be_written(const base::Json& value) {
  if (value.is_string()) return is_readable(value.get_ref<const std::string&>());
  if (value.is_array())
    return std::ranges::all_of(value, [](const base::Json& item) { return can_be_written(item); });
  if (!value.is_object()) return true;
  return std::ranges::all_of(value.items(), [](const auto& member) {
    return is_readable(member.key()) && can_be_written(member.value());
  });
}

// A JSON string is a double-quoted YAML scalar; the control characters that JSON leaves as they are, YAML
// does not take.
std::string quote(std::string_view text) {
  return base::replace_all(base::dump(base::Json(text)), "\x7f", "\\u007f");
}

std::string flow(const nlohmann::json& value) {
  if (value.is_string()) return flow_text(value.get_ref<const std::string&>());
  if (value.is_array()) return list_of('[', ']', value, [](const base::Json& item) { return flow(item); });
  if (!value.is_object()) return base::dump(value);
  return list_of('{', '}', value.items(),
                 [](const auto& item) { return quote(as_text(item.key())) + ": " + flow(item.value()); });
}

std::string comment(std::string_view text) {
  std::string line = base::truncate_utf8(base::printable(text), 200);
  std::ranges::replace(line, '\n', ' ');
  return "# " + line + "\n";
}

bool is_secret_name(std::string_view name) {
  constexpr std::array<std::string_view, 10> signs = {"authorization", "password", "passwd",  "secret",
                                                      "token",         "apikey",   "session", "credential",
                                                      "csrf",          "xsrf"};
  const std::string plain = base::to_lower_ascii(words_joined(name, '_'));
  std::string joined = plain;
  std::erase(joined, '_');
  return std::ranges::any_of(signs,
                             [&](std::string_view sign) { return joined.find(sign) != std::string::npos; });
}

std::string variable_of(std::string_view name) {
  std::string out = words_joined(name, '_');
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out.empty() || (out[0] >= '0' && out[0] <= '9') ? "SECRET_" + out : out;
}

std::string name_of(std::string_view title, std::string_view otherwise) {
  const std::string name = base::to_lower_ascii(words_joined(title, '_')).substr(0, 60);
  return name.empty() ? std::string(otherwise) : name;
}

}  // namespace plimsoll::traffic::written
