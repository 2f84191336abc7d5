#include <fmt/format.h>

#include "apps/memory_api/api/endpoints.h"
#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/read_memory.h"
#include "apps/memory_api/api/wire.h"
#include "apps/memory_api/llm/fact_adder.h"
#include "base/json.h"
#include "base/text.h"

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

std::string_view to_string(llm::FactEvent event) {
  switch (event) {
    case llm::FactEvent::add:
      return "ADD";
    case llm::FactEvent::update:
      return "UPDATE";
    case llm::FactEvent::remove:
      return "DELETE";
    case llm::FactEvent::none:
      return "NONE";
  }
  return "ADD";
}

OutJson facts_answer(const llm::FactsAdded& added) {
  OutJson results = OutJson::array();
  for (const llm::FactResult& result : added.results) {
    OutJson json = {{"id", result.id},
                    {"event", to_string(result.event)},
                    {"memory", result.text},
                    {"data", {{"memory", result.text}}}};
    if (!result.old_text.empty()) json["old_memory"] = result.old_text;
    results.push_back(std::move(json));
  }
  OutJson answer = {{"event_id", added.event_id},
                    {"status", "SUCCEEDED"},
                    {"results", std::move(results)},
                    {"inferred", added.failure.empty()},
                    {"tokens", {{"prompt", added.tokens.prompt}, {"completion", added.tokens.completion}}}};
  if (!added.failure.empty()) {
    answer["degraded"] = {"llm"};
    answer["message"] = "the messages are stored as they are: " + added.failure;
  }
  return answer;
}

// Category names stand in a list, or as the keys of objects {name: description}.
std::vector<std::string> category_names(const Json& settings) {
  std::vector<std::string> names;
  const Json* list = member(settings, "custom_categories");
  if (!list || !list->is_array()) return names;
  for (const Json& item : *list) {
    if (item.is_string()) names.push_back(item.get<std::string>());
    if (!item.is_object()) continue;
    for (const auto& [name, description] : item.items()) names.push_back(name);
  }
  return names;
}

// The messages, and what the project wants of their facts.
base::Result<llm::Conversation> conversation_of(const Call& call, AddRequest&& request) {
  llm::Conversation conversation{std::move(request.memories), std::move(request.instructions), {}};
  const auto document = call.service().document(call.tenant, "project", "settings");
  if (!document && document.error().code != base::ErrorCode::not_found)
    return std::unexpected(document.error());
  if (!document) return conversation;
  BASE_ASSIGN(const Json settings, base::parse_json(*document, "project"));
  const Json* instructions = member(settings, "custom_instructions");
  if (conversation.instructions.empty() && instructions && instructions->is_string()) {
    conversation.instructions = instructions->get<std::string>();
  }
  conversation.categories = category_names(settings);
  return conversation;
}

void add_facts(Call call, AddRequest&& request) {
  auto conversation = conversation_of(call, std::move(request));
  if (!conversation) return call.fail(conversation.error());
  llm::FactAdder& facts = *call.context().facts;
  const memory::Tenant tenant = call.tenant;
  facts.add(tenant, *std::move(conversation),
            [call = std::move(call)](base::Result<llm::FactsAdded> added) mutable {
              call.answer_with(std::move(added), facts_answer);
            });
}

base::Result<AddRequest> read_add_request(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_add(body);
}

base::Result<memory::MemoryChange> read_update_request(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_update(body);
}

base::Status check_delete_linked(const Call& call) {
  BASE_ASSIGN(const auto value, call.query("delete_linked"));
  if (!value || base::to_lower_ascii(*value) == "true" || base::to_lower_ascii(*value) == "false") return {};
  return base::fail(
      base::ErrorCode::invalid_argument,
      fmt::format("delete_linked: expected true or false, found \"{}\"", base::printable(*value)));
}

}  // namespace

void add_memories(Call call) {
  auto request = read_add_request(call);
  if (!request) return call.fail(request.error());
  call.drop_body();
  if (request->infer && call.context().facts) return add_facts(std::move(call), *std::move(request));
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
  call.drop_body();
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  const std::string id = call.path_arguments.front();
  service.update(
      tenant, id, *std::move(change), [call = std::move(call)](base::Result<memory::Memory> updated) mutable {
        call.answer_with(std::move(updated), [](const memory::Memory& memory) { return to_json(memory); });
      });
}

// ?delete_linked= is for a graph of memories, which there is none of; a wrong value is refused all the same.
void delete_memory(Call call) {
  if (const auto valid = check_delete_linked(call); !valid) return call.fail(valid.error());
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
