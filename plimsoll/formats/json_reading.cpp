#include "plimsoll/formats/json_reading.h"

#include <fmt/format.h>

#include "base/json.h"

namespace plimsoll::formats {

std::string text_or(const base::Json& object, const char* key, const std::string& fallback) {
  const base::Json* value = base::find(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : fallback;
}

std::optional<double> number(const base::Json& object, const char* key) {
  const base::Json* value = base::find(object, key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

bool is_true(const base::Json& object, const char* key) {
  const base::Json* value = base::find(object, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

base::Result<const base::Json*> expect_list(const Content& content, const char* key,
                                            const std::string& what) {
  if (content.json() == nullptr) return std::unexpected(content.json_error());
  const base::Json* list = base::find(*content.json(), key);
  if (list != nullptr && list->is_array()) return list;
  return std::unexpected(content.wrong(fmt::format("expected {} with a list `{}`", what, key)));
}

std::string plain_text(const base::Json& value) {
  return value.is_string() ? value.get<std::string>() : base::dump(value);
}

}  // namespace plimsoll::formats
