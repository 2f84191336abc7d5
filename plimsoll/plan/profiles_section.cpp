#include "plimsoll/plan/profiles_section.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/json.h"
#include "plimsoll/plan/fields.h"
#include "plimsoll/plan/plan_fields.h"

namespace plimsoll::plan {
namespace {

using base::yaml::Node;

base::Result<Profile> read_profile(const Node& node, const std::string& name, const ReadContext& context) {
  const FieldContext fields{.root = context.root, .braces = Braces::none};
  BASE_ASSIGN(const auto json, read_fields(node, profile_fields(), "profile " + name, fields));
  Profile profile;
  profile.budget = std::chrono::nanoseconds(std::llround(json.value("budget", 0.0) * 1e9));
  profile.only = json.value("only", std::vector<std::string>{});
  return profile;
}

base::Status check_only(const Node& list, std::span<const ProbePlan> probes) {
  for (const auto& item : list.items) {
    const bool kind = std::ranges::find(probes, item.text, &ProbePlan::kind) != probes.end();
    if (kind || find_probe(probes, item.text)) continue;
    auto known = probe_names(probes);
    for (const auto& probe : probes) known.push_back(probe.kind);
    return base::fail_at(item.place, fmt::format("only: no probe of the plan is called \"{}\"", item.text),
                         key_hint(item.text, known));
  }
  return {};
}

}  // namespace

base::Result<std::map<std::string, Profile>> read_profiles(const Node* node, const ReadContext& context) {
  std::map<std::string, Profile> profiles;
  for (const auto& name : usual_profiles()) profiles[name];
  if (node == nullptr) return profiles;
  if (!node->is_map()) {
    return base::fail_at(node->place, fmt::format("profiles: expected a map of profiles by name, found {}",
                                                  base::yaml::describe(*node)));
  }
  for (const auto& entry : node->entries) {
    BASE_ASSIGN(profiles[entry.key], read_profile(entry.value, entry.key, context));
  }
  return profiles;
}

base::Status check_profiles(const Node* node, std::span<const ProbePlan> probes) {
  if (node == nullptr) return {};
  for (const auto& entry : node->entries) {
    if (const Node* only = entry.value.find("only")) BASE_TRY(check_only(*only, probes));
  }
  return {};
}

std::optional<std::size_t> find_probe(std::span<const ProbePlan> probes, std::string_view name) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    if (name == probes[i].kind + "/" + probes[i].name) return i;
    if (name != probes[i].name) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

std::vector<std::string> probe_names(std::span<const ProbePlan> probes) {
  std::vector<std::string> names;
  for (const auto& probe : probes) names.push_back(probe.kind + "/" + probe.name);
  return names;
}

}  // namespace plimsoll::plan
