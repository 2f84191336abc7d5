#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "plimsoll/traffic/request/json_pointer.h"
#include "plimsoll/traffic/request/regex.h"

// The first line is a JSON pointer and a regular expression, the rest a body. What the library finds in a
// document that it accepts, the scan finds too, and the same; nothing hostile crashes either.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll::traffic;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view first = text.substr(0, line);
  const std::string_view body = text.substr(line + 1);
  if (const auto regex = Regex::compile(std::string(first))) {
    const auto group = regex->first_group(body);
    if (group && group->data() != nullptr && (group->data() < body.data() || group->end() > body.end()))
      std::abort();
  }
  const auto pointer = JsonPointer::parse(first);
  if (!pointer) return 0;
  const auto found = pointer->find(body);
  std::string decoded;
  if (found) append_json_text(*found, decoded);
  const auto document = base::parse_json(body, "body");
  if (!document) return 0;
  base::Json expected;
  bool there = true;
  try {
    expected = document->at(base::Json::json_pointer(std::string(first)));
  } catch (const base::Json::exception&) {
    there = false;
  }
  if (there != found.has_value()) std::abort();
  if (there && base::Json::parse(*found) != expected) std::abort();
  return 0;
}
