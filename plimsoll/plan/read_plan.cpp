#include "plimsoll/plan/read_plan.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"
#include "plimsoll/plan/fields.h"
#include "plimsoll/plan/includes.h"
#include "plimsoll/plan/plan_fields.h"
#include "plimsoll/plan/probes_section.h"
#include "plimsoll/plan/profiles_section.h"
#include "plimsoll/plan/read_context.h"
#include "plimsoll/plan/rule_checks.h"
#include "plimsoll/plan/rule_text.h"
#include "plimsoll/plan/rules_section.h"
#include "plimsoll/plan/service_section.h"

namespace plimsoll::plan {
namespace {

using base::Result;
using base::yaml::Node;

constexpr std::uint64_t most_bytes = 1 << 20;

// A path given as a bare name has no parent: its folder is the working directory.
std::filesystem::path folder_of(const std::filesystem::path& file) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(file, error);
  return (error ? file : whole).lexically_normal().parent_path();
}

Result<std::string> text_or(const Node& map, std::string_view key, std::string otherwise) {
  const Node* value = map.find(key);
  if (value == nullptr) return otherwise;
  return read_text_value(*value, key, {.root = {}, .braces = Braces::none});
}

base::Status read_store(const Node& root, const ReadOptions& options, std::string& store) {
  BASE_ASSIGN(store, text_or(root, "store", store));
  if (!options.is_store_url || options.is_store_url(store)) return {};
  const Node* value = root.find("store");
  return base::fail_at(value == nullptr ? root.place : value->place,
                       fmt::format("store: no store is known for \"{}\"", store),
                       "a path like .plimsoll/evidence.db is kept in SQLite");
}

base::Status read_base(const Node& node, Plan& plan) {
  BASE_ASSIGN(const auto json,
              read_fields(node, base_fields(), "base", {.root = plan.root, .braces = Braces::none}));
  plan.base_branch = json.at("branch").get<std::string>();
  if (json.contains("build")) plan.base = Base{json.at("build").get<std::vector<std::string>>()};
  return {};
}

base::Status read_settings(const Node& root, const ReadContext& context, Plan& plan) {
  BASE_ASSIGN(plan.project, text_or(root, "project", plan.root.filename().string()));
  BASE_TRY(read_store(root, context.options, plan.store));
  if (const Node* node = root.find("base")) BASE_TRY(read_base(*node, plan));
  if (const Node* node = root.find("service")) {
    BASE_ASSIGN(plan.service, read_service(*node, context));
  }
  return {};
}

bool names_probe(const model::Rule& rule, const std::string& label) {
  return std::ranges::any_of(rule.selector.matches,
                             [&](const model::Match& match) { return match.key == label; });
}

// Whether the plan asks the same of more series already.
bool covered(std::span<const model::Rule> rules, const model::Rule& rule) {
  return std::ranges::any_of(rules, [&](const model::Rule& other) {
    return other.selector.name == rule.selector.name && other.selector.matches.empty() &&
           other.selector.by == rule.selector.by && other.stat == rule.stat && other.check == rule.check;
  });
}

// What the probes' own files ask for, behind the plan's rules.
base::Status add_rules_of_probes(Plan& plan, const ReadContext& context) {
  for (ProbePlan& probe : plan.probes) {
    const auto kind = std::ranges::find(context.kinds, probe.kind, &ProbeKind::name);
    if (kind == context.kinds.end()) continue;
    if (kind->identities) probe.identities = kind->identities(*probe.config, plan.root);
    if (!kind->rules) continue;
    BASE_ASSIGN(std::vector<model::Rule> rules, kind->rules(*probe.config, plan.root));
    for (model::Rule& rule : rules) {
      if (probe.identities.empty() && !kind->identity_label.empty() &&
          !names_probe(rule, kind->identity_label))
        rule.selector.matches.push_back({kind->identity_label, model::MatchOperator::equal, probe.name});
      rule.text = print_rule(rule);
      if (covered(plan.rules, rule)) continue;
      plan.rules.push_back(std::move(rule));
    }
  }
  return {};
}

}  // namespace

Result<Plan> read_plan_text(std::string_view text, const std::filesystem::path& file,
                            std::span<const ProbeKind> kinds, const ReadOptions& options) {
  BASE_ASSIGN(const auto documents, load_documents(text, file, options.environment));
  const Node& root = documents.front();
  Plan plan;
  plan.file = file;
  plan.root = folder_of(file);
  const ReadContext context{plan.root, kinds, options};
  BASE_TRY(read_settings(root, context, plan));
  BASE_ASSIGN(plan.profiles, read_profiles(root.find("profiles"), context));
  BASE_ASSIGN(plan.probes, read_probes(documents, {plan.service, plan.profiles}, context));
  BASE_TRY(check_profiles(root.find("profiles"), plan.probes));
  BASE_ASSIGN(plan.rules, read_rules(documents));
  BASE_TRY(add_rules_of_probes(plan, context));
  BASE_TRY(check_rules(plan.rules, plan.probes, kinds));
  return plan;
}

Result<Plan> read_plan(const std::filesystem::path& file, std::span<const ProbeKind> kinds,
                       const ReadOptions& options) {
  auto text = base::read_file(file, most_bytes);
  if (!text && text.error().code == base::ErrorCode::not_found) {
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("there is no plan \"{}\"", file.string()),
                      "plimsoll init writes one; --config names another file");
  }
  if (!text) return std::unexpected(std::move(text).error());
  return read_plan_text(*text, file, kinds, options);
}

}  // namespace plimsoll::plan
