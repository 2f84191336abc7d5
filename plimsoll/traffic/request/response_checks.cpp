#include "plimsoll/traffic/request/response_checks.h"

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

// A part's text: within the response, or decoded into `scratch`.
class PartReader {
 public:
  PartReader(const ResponseCapture& response, std::string& scratch)
      : response_(response), scratch_(scratch) {}

  std::optional<std::string_view> operator()(const JsonPointer& pointer) {
    const auto value = pointer.find(response_.body);
    if (!value) return std::nullopt;
    if (!value->starts_with('"')) return value;
    scratch_.clear();
    if (!append_json_text(*value, scratch_)) return std::nullopt;
    return scratch_;
  }
  std::optional<std::string_view> operator()(const HeaderName& header) {
    return response_.field(header.name);
  }
  std::optional<std::string_view> operator()(const WholeBody&) { return response_.body; }

 private:
  const ResponseCapture& response_;
  std::string& scratch_;
};

bool compare(std::string_view found, Relation relation, std::string_view expected) {
  if (relation == Relation::contains) return found.find(expected) != std::string_view::npos;
  const auto number = base::parse_double(found);
  const auto bound = base::parse_double(expected);
  const bool numbers = number && bound;
  switch (relation) {
    case Relation::equals:
      return found == expected || (numbers && *number == *bound);
    case Relation::differs:
      return found != expected && !(numbers && *number == *bound);
    case Relation::below:
      return numbers && *number < *bound;
    case Relation::at_most:
      return numbers && *number <= *bound;
    case Relation::above:
      return numbers && *number > *bound;
    case Relation::at_least:
      return numbers && *number >= *bound;
    default:
      return false;
  }
}

}  // namespace

bool holds(const Check& check, const ResponseCapture& response, Generator& generator) {
  if (check.status) return check.status->contains(response.status);
  std::string scratch;
  const auto found = std::visit(PartReader(response, scratch), check.part);
  if (!found || check.relation == Relation::absent) return !found && check.relation == Relation::absent;
  if (check.relation == Relation::exists) return true;
  if (check.regex) return check.regex->found_in(*found);
  std::string expected;
  check.expected.render(generator, expected);
  return compare(*found, check.relation, expected);
}

bool extract(const Extraction& extraction, const ResponseCapture& response, std::string& value) {
  std::string scratch;
  auto found = std::visit(PartReader(response, scratch), extraction.part);
  if (found && extraction.regex) found = extraction.regex->first_group(*found);
  value.assign(found                  ? *found
               : extraction.otherwise ? std::string_view(*extraction.otherwise)
                                      : std::string_view());
  return found || extraction.otherwise;
}

}  // namespace plimsoll::traffic
