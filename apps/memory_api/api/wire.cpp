#include "apps/memory_api/api/wire.h"

#include <algorithm>
#include <array>

#include "base/json.h"

namespace memory_api::api {
namespace {

constexpr std::array<std::string_view, 13> memory_fields = {
    "id",       "memory",     "user_id",    "agent_id",   "app_id",          "run_id", "session_id",
    "metadata", "categories", "created_at", "updated_at", "expiration_date", "score"};

OutJson text_or_null(const std::string& text) {
  return text.empty() ? OutJson(nullptr) : OutJson(text);
}
OutJson text_or_null(const std::optional<std::string>& text) {
  return text ? OutJson(*text) : OutJson(nullptr);
}

OutJson time_text(base::UtcTime time) {
  return base::to_rfc3339(time, 6);
}

std::string_view to_string(memory::HistoryEvent event) {
  switch (event) {
    case memory::HistoryEvent::added:
      return "ADD";
    case memory::HistoryEvent::updated:
      return "UPDATE";
    case memory::HistoryEvent::deleted:
      return "DELETE";
  }
  return "ADD";
}

}  // namespace

OutJson to_json(const memory::Memory& memory) {
  return {{"id", memory.id},
          {"memory", memory.text},
          {"user_id", text_or_null(memory.entities.user_id)},
          {"agent_id", text_or_null(memory.entities.agent_id)},
          {"app_id", text_or_null(memory.entities.app_id)},
          {"run_id", text_or_null(memory.entities.run_id)},
          {"session_id", text_or_null(memory.entities.run_id)},
          {"metadata", memory.metadata.empty() ? OutJson(nullptr) : OutJson::parse(memory.metadata)},
          {"categories", memory.categories},
          {"created_at", time_text(memory.created_at)},
          {"updated_at", time_text(memory.updated_at)},
          {"expiration_date", memory.expiration ? OutJson(memory.expiration->text) : OutJson(nullptr)}};
}

OutJson to_json(const memory::Scored& scored) {
  OutJson json = to_json(scored.memory);
  json["score"] = scored.score;
  return json;
}

OutJson to_json(const memory::HistoryEntry& entry) {
  OutJson input = OutJson::array();
  if (entry.new_text) input.push_back({{"role", entry.role}, {"content", *entry.new_text}});
  return {{"id", entry.id},
          {"memory_id", entry.memory_id},
          {"input", std::move(input)},
          {"old_memory", text_or_null(entry.old_text)},
          {"new_memory", text_or_null(entry.new_text)},
          {"user_id", text_or_null(entry.user_id)},
          {"event", to_string(entry.event)},
          {"created_at", time_text(entry.created_at)},
          {"updated_at", time_text(entry.updated_at)}};
}

OutJson to_json(const memory::Entity& entity, const memory::Tenant& tenant) {
  return {{"id", entity.id},
          {"name", entity.name},
          {"type", to_string(entity.type)},
          {"total_memories", entity.memories},
          {"created_at", time_text(entity.created_at)},
          {"updated_at", time_text(entity.updated_at)},
          {"owner", tenant.id}};
}

OutJson to_json(const memory::AddEvent& event) {
  return {{"id", event.id},
          {"event_type", "ADD"},
          {"status", "SUCCEEDED"},
          {"created_at", time_text(event.created_at)},
          {"results", added_results(event.memories)}};
}

OutJson to_json(const memory::Readiness& readiness) {
  OutJson json = {{"status", to_string(readiness.status)},
                  {"latency_seconds", std::chrono::duration<double>(readiness.latency).count()},
                  {"since", base::to_rfc3339(readiness.since, 3)}};
  if (!readiness.reason.empty()) json["reason"] = readiness.reason;
  return json;
}

OutJson to_json(const memory::EmbedderReadiness& readiness) {
  OutJson json = to_json(static_cast<const memory::Readiness&>(readiness));
  json["model"] = text_or_null(readiness.model);
  json["waiting"] = readiness.waiting;
  json["lag_seconds"] = std::chrono::duration<double>(readiness.lag).count();
  return json;
}

OutJson added_results(std::span<const memory::Memory> memories) {
  OutJson results = OutJson::array();
  for (const memory::Memory& memory : memories) {
    results.push_back(
        {{"id", memory.id}, {"event", "ADD"}, {"memory", memory.text}, {"data", {{"memory", memory.text}}}});
  }
  return results;
}

bool is_memory_field(std::string_view name) {
  return std::find(memory_fields.begin(), memory_fields.end(), name) != memory_fields.end();
}

OutJson pick_fields(OutJson memory, std::span<const std::string> fields) {
  if (fields.empty()) return memory;
  OutJson picked = OutJson::object();
  for (auto& [key, value] : memory.items()) {
    if (key == "id" || std::find(fields.begin(), fields.end(), key) != fields.end())
      picked[key] = std::move(value);
  }
  return picked;
}

std::string_view to_string(memory::EntityType type) {
  switch (type) {
    case memory::EntityType::user:
      return "user";
    case memory::EntityType::agent:
      return "agent";
    case memory::EntityType::app:
      return "app";
    case memory::EntityType::run:
      return "run";
  }
  return "user";
}

std::string_view to_string(memory::Readiness::Status status) {
  switch (status) {
    case memory::Readiness::Status::ok:
      return "ok";
    case memory::Readiness::Status::degraded:
      return "degraded";
    case memory::Readiness::Status::down:
      return "down";
  }
  return "down";
}

}  // namespace memory_api::api
