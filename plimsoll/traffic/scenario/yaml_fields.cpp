#include "plimsoll/traffic/scenario/yaml_fields.h"

#include <algorithm>

#include "base/text.h"
#include "base/units.h"
#include "plimsoll/traffic/load_plan.h"

namespace plimsoll::traffic::fields {
namespace {

using base::yaml::Entry;

constexpr std::size_t longest_name = 200;

}  // namespace

std::unexpected<base::Error> wrong(const Node& node, std::string expected) {
  return base::fail_at(node.place,
                       "expected " + std::move(expected) + ", found " + base::yaml::describe(node));
}

base::Result<std::string> text_of(const Node& node) {
  if (!node.is_scalar() || node.text.empty()) return wrong(node, "a text");
  return node.text;
}

base::Result<double> number_of(const Node& node, double low, double high, const std::string& what) {
  const auto number = node.is_scalar() ? base::parse_double(node.text) : std::nullopt;
  if (!number || !(*number >= low) || *number > high) return wrong(node, what);
  return *number;
}

base::Result<int> count_of(const Node& node, int low, const std::string& what) {
  const auto number = node.is_scalar() ? base::parse_integer(node.text) : std::nullopt;
  if (!number || *number < low || *number > most_users) return wrong(node, what);
  return static_cast<int>(*number);
}

base::Result<base::Nanoseconds> duration_of(const Node& node, bool may_be_zero) {
  if (may_be_zero && node.is_scalar() && (node.text == "0" || node.text == "0s")) return base::Nanoseconds{};
  if (!node.is_scalar()) return wrong(node, "a duration like 30s");
  return at_place(base::parse_duration(node.text), node.place);
}

base::Status read_map(const Node& node, const std::string& what, const Readers& readers) {
  if (!node.is_map()) return wrong(node, what);
  std::vector<std::string> known;
  for (const auto& [key, reader] : readers) known.push_back(key);
  for (const Entry& entry : node.entries) {
    const auto reader = std::ranges::find(known, entry.key);
    if (reader == known.end()) {
      const auto near = base::nearest(entry.key, known);
      return base::fail_at(entry.key_place,
                           "unknown key \"" + base::printable(base::truncate_utf8(entry.key, 60)) + "\"",
                           near ? "did you mean " + *near + "?" : "known keys: " + base::join(known, ", "));
    }
    if (entry.value.is_null()) return base::fail_at(entry.key_place, entry.key + " has no value");
    BASE_TRY(readers[static_cast<std::size_t>(reader - known.begin())].second(entry.value));
  }
  return {};
}

base::Result<std::string> name_of(const Node& node) {
  BASE_ASSIGN(std::string name, text_of(node));
  if (name.size() > longest_name) return wrong(node, "a name of at most 200 bytes");
  return name;
}

base::Result<bool> flag_of(const Node& node) {
  if (node.is_scalar() && node.text == "true") return true;
  if (node.is_scalar() && node.text == "false") return false;
  return wrong(node, "true or false");
}

}  // namespace plimsoll::traffic::fields
