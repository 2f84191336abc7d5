#include "apps/memory_api/api/read_memory.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/memory/check_request.h"
#include "apps/memory_api/memory/filter_json.h"
#include "base/json.h"
#include "base/text.h"

namespace memory_api::api {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;

constexpr double latest_timestamp = 9'223'372'036;  // 2262, where nanoseconds in 64 bits end

Result<std::optional<base::UtcTime>> read_timestamp(const Json& body, std::string_view key = "timestamp") {
  const Json* found = member(body, key);
  if (!found) return std::nullopt;
  if (found->is_string()) {  // 1.0.x clients may write it so
    const auto time = base::parse_rfc3339(found->get_ref<const std::string&>());
    if (time && *time >= base::from_unix_seconds(0)) return *time;
  }
  const double seconds = found->is_number() ? found->get<double>() : -1;
  if (!(seconds >= 0 && seconds <= latest_timestamp)) {
    return std::unexpected(wrong_member(key, "unix seconds, not below 0, or RFC 3339", found));
  }
  return base::from_unix_seconds(seconds);
}

Result<std::string> read_metadata(const Json& body) {
  const Json* found = member(body, "metadata");
  if (!found) return "";
  if (!found->is_object()) return std::unexpected(wrong_member("metadata", "an object", found));
  return found->empty() ? "" : base::dump(*found);
}

Result<std::optional<memory::Expiration>> read_expiration_date(const Json& body) {
  BASE_ASSIGN(const auto text, optional_text(body, "expiration_date"));
  if (!text) return std::nullopt;
  auto expiration = memory::read_expiration(*text);
  if (!expiration) return std::unexpected(base::with_context(expiration.error(), "expiration_date"));
  return *std::move(expiration);
}

Status check_text(std::string_view key, std::string_view text) {
  if (!base::trim(text).empty()) return {};
  return base::fail(ErrorCode::invalid_argument, fmt::format("{}: expected a text that is not blank", key));
}

// In filters, ids may stand plainly or in the lists of AND that clients wrap around them.
Result<memory::EntityIds> read_ids_in_filters(const Json& filters) {
  if (!filters.is_object()) return std::unexpected(wrong_member("filters", "an object", &filters));
  const Json* all = member(filters, "AND");
  if (!all) return read_entity_ids(filters);
  if (!all->is_array()) return std::unexpected(wrong_member("filters.AND", "a list", all));
  Json merged = Json::object();
  for (const Json& part : *all) {
    if (!part.is_object())
      return std::unexpected(wrong_member("filters.AND", "a list of objects, in it", &part));
    merged.update(part);
  }
  return read_entity_ids(merged);
}

Result<memory::EntityIds> checked_owner(memory::EntityIds ids) {
  if (ids.empty()) {
    return base::fail(ErrorCode::invalid_argument,
                      "expected one of user_id, agent_id, app_id and run_id, found none");
  }
  const std::array<const std::string*, 4> all = {&ids.user_id, &ids.agent_id, &ids.app_id, &ids.run_id};
  if (std::any_of(all.begin(), all.end(), [](const std::string* id) { return *id == "*"; })) {
    return base::fail(ErrorCode::invalid_argument, "an entity cannot be named \"*\": that stands for any");
  }
  return ids;
}

Result<memory::EntityIds> read_owner(const Json& body) {
  BASE_ASSIGN(memory::EntityIds ids, read_entity_ids(body));
  if (const Json* filters = member(body, "filters")) {
    BASE_ASSIGN(const memory::EntityIds more, read_ids_in_filters(*filters));
    if (ids.user_id.empty()) ids.user_id = more.user_id;
    if (ids.agent_id.empty()) ids.agent_id = more.agent_id;
    if (ids.app_id.empty()) ids.app_id = more.app_id;
    if (ids.run_id.empty()) ids.run_id = more.run_id;
  }
  return checked_owner(std::move(ids));
}

Result<memory::EntityIds> read_named_owner(const Json& entry) {
  BASE_ASSIGN(memory::EntityIds ids, read_entity_ids(entry));
  return checked_owner(std::move(ids));
}

Result<memory::NewMemory> read_message(const Json& message, const memory::NewMemory& common) {
  constexpr std::array<std::string_view, 4> roles = {"user", "assistant", "system", "tool"};
  if (!message.is_object())
    return std::unexpected(wrong_member("messages", "a list of objects, in it", &message));
  memory::NewMemory result = common;
  BASE_ASSIGN(result.role, required_text(message, "role"));
  if (std::find(roles.begin(), roles.end(), result.role) == roles.end()) {
    return std::unexpected(wrong_member("role", "user, assistant, system or tool", member(message, "role")));
  }
  BASE_ASSIGN(result.text, required_text(message, "content"));
  BASE_TRY(check_text("content", result.text));
  return result;
}

// The list under `memories` of a batch.
Result<const Json*> read_batch(const Json& body) {
  const Json* entries = member(body, "memories");
  if (!entries || !entries->is_array() || entries->empty() || entries->size() > max_batch) {
    return std::unexpected(
        wrong_member("memories", fmt::format("a list of 1 to {} entries", max_batch), entries));
  }
  for (const Json& entry : *entries) {
    if (!entry.is_object())
      return std::unexpected(wrong_member("memories", "a list of objects, in it", &entry));
  }
  return entries;
}

}  // namespace

Status check_entity_id(std::string_view key, std::string_view value) {
  if (memory::is_well_formed_id(value)) return {};
  return base::fail(ErrorCode::invalid_argument,
                    fmt::format("{}: expected a text of 1 to {} characters", key, memory::longest_id));
}

Result<memory::EntityIds> read_entity_ids(const Json& object) {
  memory::EntityIds ids;
  const std::array<std::pair<std::string_view, std::string*>, 4> members = {{{"user_id", &ids.user_id},
                                                                             {"agent_id", &ids.agent_id},
                                                                             {"app_id", &ids.app_id},
                                                                             {"run_id", &ids.run_id}}};
  for (const auto& [key, id] : members) {
    BASE_ASSIGN(const auto text, optional_text(object, key));
    if (!text) continue;
    BASE_TRY(check_entity_id(key, *text));
    *id = *text;
  }
  return ids;
}

Result<AddRequest> read_add(const Json& body) {
  AddRequest request;
  memory::NewMemory common;
  BASE_ASSIGN(common.entities, read_owner(body));
  BASE_ASSIGN(common.metadata, read_metadata(body));
  BASE_ASSIGN(common.categories, optional_texts(body, "categories"));
  BASE_ASSIGN(common.created_at, read_timestamp(body));
  BASE_ASSIGN(common.expiration, read_expiration_date(body));
  BASE_ASSIGN(request.infer, optional_bool(body, "infer", true));
  BASE_ASSIGN(const auto instructions, optional_text(body, "custom_instructions"));
  request.instructions = instructions.value_or("");
  const Json* messages = member(body, "messages");
  if (!messages || !messages->is_array() || messages->empty() || messages->size() > max_batch) {
    return std::unexpected(
        wrong_member("messages", fmt::format("a list of 1 to {} messages", max_batch), messages));
  }
  for (const Json& message : *messages) {
    BASE_ASSIGN(memory::NewMemory memory, read_message(message, common));
    request.memories.push_back(std::move(memory));
  }
  return request;
}

Result<memory::MemoryChange> read_update(const Json& body) {
  memory::MemoryChange change;
  BASE_ASSIGN(change.text, optional_text(body, "text"));
  if (change.text) BASE_TRY(check_text("text", *change.text));
  if (member(body, "metadata")) {
    BASE_ASSIGN(change.metadata, read_metadata(body));
  }
  BASE_ASSIGN(change.updated_at, read_timestamp(body));
  if (base::find(body, "expiration_date")) {  // null counts here: it clears
    BASE_ASSIGN(change.expiration, read_expiration_date(body));
  }
  if (!change.text && !change.metadata && !change.updated_at && !change.expiration) {
    return base::fail(ErrorCode::invalid_argument,
                      "expected one of text, metadata, timestamp and expiration_date, found none");
  }
  return change;
}

Result<std::vector<memory::BatchChange>> read_batch_update(const Json& body) {
  BASE_ASSIGN(const Json* entries, read_batch(body));
  std::vector<memory::BatchChange> changes;
  for (const Json& entry : *entries) {
    memory::BatchChange change;
    BASE_ASSIGN(change.id, required_text(entry, "memory_id"));
    BASE_ASSIGN(change.change, read_update(entry));
    changes.push_back(std::move(change));
  }
  return changes;
}

Result<std::vector<std::string>> read_batch_delete(const Json& body) {
  BASE_ASSIGN(const Json* entries, read_batch(body));
  std::vector<std::string> ids;
  for (const Json& entry : *entries) {
    BASE_ASSIGN(std::string id, required_text(entry, "memory_id"));
    ids.push_back(std::move(id));
  }
  return ids;
}

Result<std::vector<memory::NewMemory>> read_import(const Json& body) {
  BASE_ASSIGN(const Json* entries, read_batch(body));
  std::vector<memory::NewMemory> memories;
  for (const Json& entry : *entries) {
    memory::NewMemory memory;
    BASE_ASSIGN(memory.text, required_text(entry, "memory"));
    BASE_TRY(check_text("memory", memory.text));
    BASE_ASSIGN(memory.entities, read_named_owner(entry));
    BASE_ASSIGN(memory.metadata, read_metadata(entry));
    BASE_ASSIGN(memory.categories, optional_texts(entry, "categories"));
    BASE_ASSIGN(memory.created_at, read_timestamp(entry, "created_at"));
    BASE_ASSIGN(memory.expiration, read_expiration_date(entry));
    memories.push_back(std::move(memory));
  }
  return memories;
}

}  // namespace memory_api::api
