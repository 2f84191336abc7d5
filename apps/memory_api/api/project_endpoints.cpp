// The project of a key: its settings, the feedback on its memories, and what only the managed platform has.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "apps/memory_api/api/endpoints.h"
#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/wire.h"
#include "base/json.h"
#include "base/text.h"

namespace memory_api::api {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::string_view kind = "project";
constexpr std::string_view key = "settings";

enum class Setting { text, flag, list };

struct SettingName {
  std::string_view name;
  Setting type;
};

constexpr std::array<SettingName, 9> settings = {{{"custom_instructions", Setting::text},
                                                  {"custom_categories", Setting::list},
                                                  {"agent_custom_instructions", Setting::text},
                                                  {"retrieval_criteria", Setting::list},
                                                  {"memory_depth", Setting::text},
                                                  {"usecase_setting", Setting::text},
                                                  {"multilingual", Setting::flag},
                                                  {"enable_graph", Setting::flag},
                                                  {"decay", Setting::flag}}};

bool is_of(Setting type, const Json& value) {
  switch (type) {
    case Setting::text:
      return value.is_string();
    case Setting::flag:
      return value.is_boolean();
    case Setting::list:
      return value.is_array() && std::ranges::all_of(value, [](const Json& item) {
               return item.is_object() || item.is_string();
             });
  }
  return false;
}

std::string_view name_of(Setting type) {
  switch (type) {
    case Setting::text:
      return "a text or null";
    case Setting::flag:
      return "true, false or null";
    case Setting::list:
      return "a list of texts or objects, or null";
  }
  return "";
}

bool is_identity(std::string_view name) {
  return name == "id" || name == "org_id" || name == "project_id" || name == "name";
}

// A key is one project of one organisation, both named as its tenant.
base::Status check_project(const Call& call) {
  const auto& names = call.path_arguments;
  if (std::ranges::all_of(names, [&](const std::string& name) { return name == call.tenant.id; })) return {};
  return base::fail(ErrorCode::not_found, "the project does not exist", "GET /v1/ping/ names the key's own");
}

Result<Json> stored_settings(const Call& call) {
  const auto document = call.service().document(call.tenant, kind, key);
  if (document) return base::parse_json(*document, "project");
  if (document.error().code == ErrorCode::not_found) return Json::object();
  return std::unexpected(document.error());
}

OutJson project_json(const memory::Tenant& tenant, const Json& stored) {
  OutJson json = {{"id", tenant.id}, {"org_id", tenant.id}, {"project_id", tenant.id}, {"name", "default"}};
  for (const SettingName& setting : settings) {
    const Json* value = base::find(stored, setting.name);
    json[std::string(setting.name)] = value ? OutJson(*value) : OutJson(nullptr);
  }
  return json;
}

Result<OutJson> project(const Call& call) {
  BASE_TRY(check_project(call));
  const std::vector<std::string> fields = call.query_values("fields");
  BASE_ASSIGN(const Json stored, stored_settings(call));
  const OutJson whole = project_json(call.tenant, stored);
  if (fields.empty()) return whole;
  OutJson picked = OutJson::object();
  for (const std::string& field : fields) {
    if (!whole.contains(field)) {
      return base::fail(ErrorCode::invalid_argument,
                        fmt::format("fields: a project has no \"{}\"", base::printable(field)));
    }
    picked[field] = whole[field];
  }
  return picked;
}

Result<Json> read_project_update(const Call& call) {
  BASE_TRY(check_project(call));
  BASE_ASSIGN(const Json body, read_object(call.request()));
  Json changes = Json::object();
  for (const auto& [name, value] : body.items()) {
    if (is_identity(name)) continue;  // 1.0.x clients repeat them from the path
    const auto setting = std::ranges::find(settings, name, &SettingName::name);
    if (setting == settings.end()) {
      return base::fail(ErrorCode::invalid_argument,
                        fmt::format("a project has no setting \"{}\"", base::printable(name)));
    }
    if (!value.is_null() && !is_of(setting->type, value)) {
      return std::unexpected(wrong_member(name, name_of(setting->type), &value));
    }
    changes[name] = value;
  }
  if (changes.empty())
    return base::fail(ErrorCode::invalid_argument, "expected at least one setting, found none");
  return changes;
}

struct GivenFeedback {
  std::string memory_id;
  OutJson body;  // feedback and its reason
};

Result<GivenFeedback> read_feedback(const Call& call) {
  constexpr std::array<std::string_view, 3> kinds = {"POSITIVE", "NEGATIVE", "VERY_NEGATIVE"};
  BASE_ASSIGN(const Json body, read_object(call.request()));
  BASE_ASSIGN(std::string id, required_text(body, "memory_id"));
  BASE_ASSIGN(const auto feedback, optional_text(body, "feedback"));
  if (feedback && std::ranges::find(kinds, *feedback) == kinds.end()) {
    return std::unexpected(
        wrong_member("feedback", "POSITIVE, NEGATIVE, VERY_NEGATIVE or null", member(body, "feedback")));
  }
  BASE_ASSIGN(const auto reason, optional_text(body, "feedback_reason"));
  return GivenFeedback{std::move(id),
                       {{"feedback", feedback ? OutJson(*feedback) : OutJson(nullptr)},
                        {"feedback_reason", reason ? OutJson(*reason) : OutJson(nullptr)}}};
}

}  // namespace

void get_project(Call call) {
  call.answer_with(project(call), [](const OutJson& json) { return json; });
}

void update_project(Call call) {
  const auto changes = read_project_update(call);
  if (!changes) return call.fail(changes.error());
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  service.merge_document(tenant, std::string(kind), std::string(key), base::dump(*changes),
                         [call = std::move(call)](const base::Status& merged) mutable {
                           if (!merged) return call.fail(merged.error());
                           call.answer_with(stored_settings(call), [&call](const Json& stored) {
                             OutJson json = project_json(call.tenant, stored);
                             json["message"] = "Project updated successfully";
                             return json;
                           });
                         });
}

void give_feedback(Call call) {
  auto given = read_feedback(call);
  if (!given) return call.fail(given.error());
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  std::string body = base::dump(given->body);
  service.put_feedback(
      tenant, given->memory_id, std::move(body),
      [call = std::move(call), given = *std::move(given)](const base::Status& stored) mutable {
        if (!stored) return call.fail(stored.error());
        OutJson json = {{"id", given.memory_id}};
        json.update(given.body);
        call.answer(json);
      });
}

void managed_only(Call call) {
  call.fail(404,
            "only mem0's managed platform has this: a key of this server is one project of its own, without "
            "members, webhooks, profiles or a configuration over HTTP");
}

}  // namespace memory_api::api
