// What a scenario asks of a response, and what it takes from one into later steps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plimsoll/traffic/request/json_pointer.h"
#include "plimsoll/traffic/request/regex.h"
#include "plimsoll/traffic/request/response_capture.h"
#include "plimsoll/traffic/request/status_set.h"
#include "plimsoll/traffic/request/text_template.h"

namespace plimsoll::traffic {

struct HeaderName {
  std::string name;  // any case; of equal fields the first counts
};
struct WholeBody {};

// What of a response: a JSON value of its body, a header field, the body.
using Part = std::variant<JsonPointer, HeaderName, WholeBody>;

enum class Relation { exists, absent, equals, differs, contains, matches, below, at_most, above, at_least };

// One check. A value that is not there satisfies `absent` alone. Numbers compare as numbers where both sides
// are one.
struct Check {
  std::string name;
  std::optional<StatusSet> status;  // in place of all that follows
  Part part;
  Relation relation = Relation::exists;
  TextTemplate expected;
  std::optional<Regex> regex;  // of `matches`
};

// One value taken from a response into a variable; text as append_json_text gives it.
struct Extraction {
  std::string name;  // of the variable
  std::uint32_t slot = 0;
  Part part;
  std::optional<Regex> regex;            // on the part's text: its first group
  std::optional<std::string> otherwise;  // in place of a value that is not there
};

// `generator` renders what is expected; its user must be set where that speaks of variables.
bool holds(const Check& check, const ResponseCapture& response, Generator& generator);

// False where there is no such value and nothing to take instead; `value` is emptied then.
bool extract(const Extraction& extraction, const ResponseCapture& response, std::string& value);

}  // namespace plimsoll::traffic
