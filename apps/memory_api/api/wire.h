// What the service keeps, as mem0's wire shows it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "apps/memory_api/memory/memory_service.h"

namespace memory_api::api {

using OutJson = nlohmann::ordered_json;

// {id, memory, user_id, agent_id, app_id, run_id, session_id, metadata, categories, created_at, updated_at,
// expiration_date}; what there is none of is null.
OutJson to_json(const memory::Memory& memory);
OutJson to_json(const memory::Scored& scored);  // and score
OutJson to_json(const memory::HistoryEntry& entry);
OutJson to_json(const memory::Entity& entity, const memory::Tenant& tenant);
OutJson to_json(const memory::AddEvent& event);
OutJson to_json(const memory::Readiness& readiness);
OutJson to_json(const memory::EmbedderReadiness& readiness);  // and model, waiting, lag_seconds

// [{id, event: "ADD", memory, data: {memory}}]
OutJson added_results(std::span<const memory::Memory> memories);

bool is_memory_field(std::string_view name);

// Only the named fields and the id; everything where no field is named.
OutJson pick_fields(OutJson memory, std::span<const std::string> fields);

std::string_view to_string(memory::EntityType type);
std::string_view to_string(memory::Readiness::Status status);

}  // namespace memory_api::api
