#include "apps/memory_api/api/endpoints.h"
#include "apps/memory_api/api/envelope.h"
#include "apps/memory_api/api/read_memory.h"
#include "apps/memory_api/api/read_query.h"
#include "apps/memory_api/api/wire.h"
#include "base/json.h"

namespace memory_api::api {
namespace {

std::optional<memory::EntityType> parse_type(std::string_view text) {
  for (const auto type : {memory::EntityType::user, memory::EntityType::agent, memory::EntityType::app,
                          memory::EntityType::run}) {
    if (to_string(type) == text) return type;
  }
  return std::nullopt;
}

}  // namespace

// A key is one project of one organisation of its own, so both names are the tenant's.
void ping(Call call) {
  call.answer(OutJson{
      {"status", "ok"}, {"org_id", call.tenant.id}, {"project_id", call.tenant.id}, {"user_email", nullptr}});
}

void list_entities(Call call) {
  const auto paging = read_paging(call);
  if (!paging) return call.fail(paging.error());
  const auto listed = call.service().entities(call.tenant, paging->page);
  if (!listed) return call.fail(listed.error());
  OutJson results = OutJson::array();
  for (const memory::Entity& entity : listed->items) results.push_back(to_json(entity, call.tenant));
  answer_page(call, paging->page, listed->total, std::move(results));
}

// 200 also for an entity that is gone: clients delete one after the other from a list, and one may go with
// another.
void delete_entity(Call call) {
  const auto type = parse_type(call.path_arguments.front());
  const std::string name = call.path_arguments.back();
  if (!type) return call.fail(400, "the type of an entity is user, agent, app or run");
  if (const base::Status valid = check_entity_id("name", name); !valid) return call.fail(valid.error());
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  service.remove_entity(tenant, *type, name,
                        [call = std::move(call)](const base::Result<std::size_t>& removed) mutable {
                          if (!removed) return call.fail(removed.error());
                          call.answer_message("Entity deleted successfully!");
                        });
}

}  // namespace memory_api::api
