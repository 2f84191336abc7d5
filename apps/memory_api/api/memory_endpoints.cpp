#include "apps/memory_api/api/endpoints.h"
#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/read_memory.h"
#include "apps/memory_api/api/wire.h"
#include "base/json.h"

namespace memory_api::api {
namespace {

OutJson added_answer(const memory::Added& added, bool infer) {
  OutJson answer = {
      {"event_id", added.event_id}, {"status", "SUCCEEDED"}, {"results", added_results(added.memories)}};
  if (infer) {
    answer["inferred"] = false;
    answer["message"] = "no language model is configured: the messages are stored as they are";
  }
  return answer;
}

base::Result<AddRequest> read_add_request(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_add(body);
}

base::Result<memory::MemoryChange> read_update_request(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_update(body);
}

}  // namespace

void add_memories(Call call) {
  auto request = read_add_request(call);
  if (!request) return call.fail(request.error());
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  service.add(tenant, std::move(request->memories),
              [call = std::move(call), infer = request->infer](base::Result<memory::Added> added) mutable {
                call.answer_with(std::move(added),
                                 [infer](const memory::Added& value) { return added_answer(value, infer); });
              });
}

void get_memory(Call call) {
  call.answer_with(call.service().get(call.tenant, call.path_arguments.front()),
                   [](const memory::Memory& memory) { return to_json(memory); });
}

void update_memory(Call call) {
  auto change = read_update_request(call);
  if (!change) return call.fail(change.error());
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  const std::string id = call.path_arguments.front();
  service.update(
      tenant, id, *std::move(change), [call = std::move(call)](base::Result<memory::Memory> updated) mutable {
        call.answer_with(std::move(updated), [](const memory::Memory& memory) { return to_json(memory); });
      });
}

void delete_memory(Call call) {
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  const std::string id = call.path_arguments.front();
  service.remove(tenant, id, [call = std::move(call)](const base::Status& removed) mutable {
    if (!removed) return call.fail(removed.error());
    call.answer_message("Memory deleted successfully!");
  });
}

void memory_history(Call call) {
  call.answer_with(call.service().history(call.tenant, call.path_arguments.front()),
                   [](const std::vector<memory::HistoryEntry>& entries) {
                     OutJson list = OutJson::array();
                     for (const memory::HistoryEntry& entry : entries) list.push_back(to_json(entry));
                     return list;
                   });
}

void get_event(Call call) {
  call.answer_with(call.service().event(call.tenant, call.path_arguments.front()),
                   [](const memory::AddEvent& event) { return to_json(event); });
}

}  // namespace memory_api::api
