// Requests that write memories, read and validated. Every error is invalid_argument and names the field.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/memory_api/memory/memory_service.h"
#include "base/error.h"

namespace memory_api::api {

inline constexpr std::size_t max_batch = 1000;

struct AddRequest {
  std::vector<memory::NewMemory> memories;  // one for each message
  bool infer = true;
  std::string instructions;  // custom_instructions for this one add; empty: the project's
};

// {messages, user_id …, metadata, infer, expiration_date, timestamp, categories}; the ids stand at top level
// or in filters.
base::Result<AddRequest> read_add(const nlohmann::json& body);

// {text, metadata, timestamp, expiration_date}: at least one; expiration_date null clears.
base::Result<memory::MemoryChange> read_update(const nlohmann::json& body);

// {memories: [{memory_id, text, metadata}]} and {memories: [{memory_id}]}
base::Result<std::vector<memory::BatchChange>> read_batch_update(const nlohmann::json& body);
base::Result<std::vector<std::string>> read_batch_delete(const nlohmann::json& body);

// {memories: [{memory, user_id …, metadata, categories, created_at, expiration_date}]}, as an export lists
// them; other members are passed over.
base::Result<std::vector<memory::NewMemory>> read_import(const nlohmann::json& body);

// The ids user_id, agent_id, app_id, run_id that the object holds: text of 1 to 256 characters.
base::Result<memory::EntityIds> read_entity_ids(const nlohmann::json& object);
base::Status check_entity_id(std::string_view key, std::string_view value);

}  // namespace memory_api::api
