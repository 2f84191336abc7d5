#include "apps/memory_api/api/routes.h"

#include <algorithm>
#include <array>
#include <optional>

#include "apps/memory_api/api/endpoints.h"
#include "base/text.h"

namespace memory_api::api {
namespace {

// clang-format off
constexpr std::array<Route, 23> table = {{
    {"GET", "/v1/ping/", ping, true, "Who the key belongs to", "", "", "Ping", ""},
    {"POST", "/v3/memories/add/", add_memories, true, "Store messages as memories", "", "AddRequest", "AddResponse", "507"},
    {"POST", "/v1/memories/", add_memories, true, "Store messages as memories (1.0.x clients)", "", "AddRequest", "AddResponse", "507"},
    {"GET", "/v1/event/{event_id}/", get_event, true, "What became of an add", "", "", "Event", "404"},
    {"GET", "/v1/memories/{memory_id}/", get_memory, true, "One memory", "", "", "Memory", "404"},
    {"PUT", "/v1/memories/{memory_id}/", update_memory, true, "Change a memory", "", "UpdateRequest", "Memory", "404 507"},
    {"DELETE", "/v1/memories/{memory_id}/", delete_memory, true, "Delete a memory", "delete_linked", "", "Message", "404 507"},
    {"GET", "/v1/memories/{memory_id}/history/", memory_history, true, "A memory's steps, oldest first", "", "", "History", "404"},
    {"POST", "/v3/memories/", list_memories_v3, true, "Memories that match filters, newest first", "page page_size", "ListRequest", "MemoryPage", "404"},
    {"POST", "/v2/memories/", list_memories_v2, true, "The same for 1.0.x clients: a bare list, an envelope with ?page=", "page page_size", "LegacyListRequest", "MemoriesOrPage", "404"},
    {"GET", "/v1/memories/", list_memories_v1, true, "The same for 0.1.x clients", "user_id agent_id app_id run_id page page_size", "", "MemoriesOrPage", "404"},
    {"DELETE", "/v1/memories/", delete_memories, true, "Delete what matches; refuses to delete everything by omission", "user_id agent_id app_id run_id filters", "", "Message", "507"},
    {"POST", "/v3/memories/search/", search_memories_v3, true, "Memories that answer a query, best first", "", "SearchRequest", "SearchResponse", ""},
    {"POST", "/v2/memories/search/", search_memories_bare, true, "The same for 1.0.x clients: a bare list", "", "LegacySearchRequest", "ScoredMemories", ""},
    {"POST", "/v1/memories/search/", search_memories_bare, true, "The same for 0.1.x clients: a bare list", "", "LegacySearchRequest", "ScoredMemories", ""},
    {"PUT", "/v1/batch/", update_batch, true, "Change up to 1,000 memories, all or none", "", "BatchUpdate", "Message", "404 507"},
    {"DELETE", "/v1/batch/", delete_batch, true, "Delete up to 1,000 memories, all or none", "", "BatchDelete", "Message", "404 507"},
    {"GET", "/v1/entities/", list_entities, true, "Users, agents, apps and runs that memories name", "page page_size", "", "EntityPage", "404"},
    {"DELETE", "/v2/entities/{entity_type}/{entity_name}/", delete_entity, true, "Delete all memories of an entity; 200 also where it is gone", "", "", "Message", "507"},
    {"GET", "/health", health, false, "The process lives", "", "", "Status", ""},
    {"GET", "/ready", ready, false, "Whether the service can do its work", "", "", "Readiness", ""},
    {"GET", "/metrics", metrics, false, "Prometheus text, or OpenMetrics where Accept asks for it", "", "", "", ""},
    {"GET", "/openapi.json", openapi_document, false, "This document", "", "", "OpenApi", ""},
}};
// clang-format on

std::string_view next_segment(std::string_view& pattern) {
  const std::size_t end = std::min(pattern.find('/'), pattern.size());
  const std::string_view segment = pattern.substr(0, end);
  pattern.remove_prefix(std::min(end + 1, pattern.size()));
  return segment;
}

// The arguments where the pattern fits. An argument is never empty.
std::optional<std::vector<std::string>> match_pattern(std::string_view pattern,
                                                      std::span<const std::string> segments) {
  pattern.remove_prefix(1);
  if (!segments.empty() && segments.back().empty()) segments = segments.first(segments.size() - 1);
  std::vector<std::string> arguments;
  for (const std::string& segment : segments) {
    if (pattern.empty()) return std::nullopt;
    const std::string_view expected = next_segment(pattern);
    if (expected.starts_with('{')) {
      if (segment.empty()) return std::nullopt;
      arguments.push_back(segment);
    } else if (segment != expected) {
      return std::nullopt;
    }
  }
  if (!pattern.empty()) return std::nullopt;
  return arguments;
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

Match match_route(std::string_view method, std::span<const std::string> segments) {
  Match match;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : table) {
    auto arguments = match_pattern(route.pattern, segments);
    if (!arguments) continue;
    match.allow += (match.allow.empty() ? "" : ", ") + std::string(route.method);
    if (route.method == "GET") match.allow += ", HEAD";
    if (route.method != wanted || match.route) continue;
    match.route = &route;
    match.arguments = *std::move(arguments);
  }
  return match;
}

}  // namespace memory_api::api
