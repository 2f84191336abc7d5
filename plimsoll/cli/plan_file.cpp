#include "plimsoll/cli/plan_file.h"

#include "plimsoll/cli/command.h"
#include "plimsoll/plan/read_plan.h"
#include "plimsoll/probes/catalogue.h"

namespace plimsoll::cli {
namespace {

constexpr const char* plan_name = "plimsoll.yaml";

bool is_plain_path(const std::string& url) {
  return url.find("://") == std::string::npos;
}

}  // namespace

base::Result<plan::Plan> read_plan_file(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return base::fail(base::ErrorCode::invalid_argument, file.string() + ": no such file",
                      "`plimsoll init` writes one for this folder; --config FILE names another");
  }
  return plan::read_plan(file, probes::catalogue(),
                         {.environment = environment_variable, .is_store_url = evidence::is_store_url});
}

std::string store_url(const plan::Plan& plan, const std::string& from_option) {
  if (!from_option.empty()) return from_option;
  const std::string scheme = "sqlite:";
  if (!is_plain_path(plan.store)) return plan.store;
  const std::string path = plan.store.starts_with(scheme) ? plan.store.substr(scheme.size()) : plan.store;
  return (plan.root / path).lexically_normal().string();
}

base::Result<std::string> default_store_url(const std::string& from_option) {
  if (!from_option.empty()) return from_option;
  std::error_code error;
  if (!std::filesystem::exists(plan_name, error)) return ".plimsoll/evidence.db";
  BASE_ASSIGN(const plan::Plan plan, read_plan_file(plan_name));
  return store_url(plan, "");
}

base::Result<std::unique_ptr<evidence::EvidenceStore>> open_existing_store(const std::string& from_option,
                                                                           bool read_only) {
  BASE_ASSIGN(const std::string url, default_store_url(from_option));
  return evidence::open_store(url, {.read_only = read_only, .create = false});
}

}  // namespace plimsoll::cli
