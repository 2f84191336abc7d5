// A plan from anybody: read or refused at a place, never anything else. What reads has rules that print and
// read back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plimsoll/plan/read_plan.h"
#include "plimsoll/plan/rule_text.h"
#include "plimsoll/probes/catalogue.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check(const plimsoll::plan::Plan& plan) {
  demand(!plan.probes.empty());
  for (const auto& probe : plan.probes) {
    demand(probe.digest().size() == 16);
    demand(probe.timeout.count() > 0);
  }
  for (const auto& rule : plan.rules) {
    const auto again = plimsoll::plan::parse_rule(plimsoll::plan::print_rule(rule));
    demand(!again || (again->selector == rule.selector && again->check == rule.check));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const plimsoll::plan::ReadOptions options{
      .environment = [](const std::string& name) -> std::optional<std::string> {
        if (name == "UNSET") return std::nullopt;
        return name;
      },
      .is_store_url = [](std::string_view url) { return url.find("://") == std::string_view::npos; }};
  const auto plan =
      plimsoll::plan::read_plan_text(text, "/nowhere/plimsoll.yaml", plimsoll::probes::catalogue(), options);
  if (plan) check(*plan);
  if (!plan) demand(plan.error().place.has_value());
  return 0;
}
