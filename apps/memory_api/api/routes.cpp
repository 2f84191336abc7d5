#include "apps/memory_api/api/routes.h"

#include <algorithm>
#include <array>
#include <optional>

#include "apps/memory_api/api/endpoints.h"
#include "base/text.h"

namespace memory_api::api {
namespace {

// clang-format off
constexpr auto table = std::to_array<Route>({
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
    {"GET", "/v1/memories/", list_memories_v1, true, "The same for 0.1.x clients; at least one id", "owner page page_size", "", "MemoriesOrPage", "404"},
    {"DELETE", "/v1/memories/", delete_memories, true, "Delete what matches; refuses to delete everything by omission", "owner", "", "Message", "507"},
    {"POST", "/v3/memories/search/", search_memories_v3, true, "Memories that answer a query, best first", "", "SearchRequest", "SearchResponse", ""},
    {"POST", "/v2/memories/search/", search_memories_bare, true, "The same for 1.0.x clients: a bare list", "", "LegacySearchRequest", "ScoredMemories", ""},
    {"POST", "/v1/memories/search/", search_memories_bare, true, "The same for 0.1.x clients: a bare list", "", "LegacySearchRequest", "ScoredMemories", ""},
    {"PUT", "/v1/batch/", update_batch, true, "Change up to 1,000 memories, all or none", "", "BatchUpdate", "Message", "404 409 507"},
    {"DELETE", "/v1/batch/", delete_batch, true, "Delete up to 1,000 memories, all or none", "", "BatchDelete", "Message", "404 409 507"},
    {"GET", "/v1/entities/", list_entities, true, "Users, agents, apps and runs that memories name", "page page_size", "", "EntityPage", "404"},
    {"DELETE", "/v2/entities/{entity_type}/{entity_name}/", delete_entity, true, "Delete all memories of an entity; 200 also where it is gone", "", "", "Message", "507"},
    {"POST", "/v1/exports/", create_export, true, "Name a set of memories for /v1/exports/get/", "", "ExportRequest", "ExportMade", "507", 201},
    {"POST", "/v1/exports/get/", get_export, true, "The memories of an export, as they are now", "", "ExportQuery", "Export", "404"},
    {"POST", "/v1/imports/", import_memories, true, "Store memories as an export lists them, times included", "", "ImportRequest", "AddResponse", "507"},
    {"POST", "/v1/summary/", summarize, true, "How many memories match, and the newest of them", "", "SummaryRequest", "Summary", ""},
    {"POST", "/v1/feedback/", give_feedback, true, "Note how useful a memory was", "", "FeedbackRequest", "Feedback", "404 507"},
    {"GET", "/api/v1/orgs/organizations/{org_id}/projects/{project_id}/", get_project, true, "The settings of the key's project", "fields", "", "Project", "404"},
    {"PATCH", "/api/v1/orgs/organizations/{org_id}/projects/{project_id}/", update_project, true, "Change settings; null clears one", "", "ProjectUpdate", "Project", "404 507"},
    // mem0's self-hosted server
    {"POST", "/memories", add_memories, true, "Store messages as memories (self-hosted server)", "", "AddRequest", "AddResponse", "507"},
    {"GET", "/memories", list_memories_plain, true, "Memories of these ids; at least one id", "owner", "", "MemoryResults", ""},
    {"DELETE", "/memories", delete_memories, true, "Delete the memories of these ids; at least one id", "owner", "", "Message", "507"},
    {"GET", "/memories/{memory_id}", get_memory, true, "One memory", "", "", "Memory", "404"},
    {"PUT", "/memories/{memory_id}", update_memory, true, "Change a memory", "", "UpdateRequest", "Memory", "404 507"},
    {"DELETE", "/memories/{memory_id}", delete_memory, true, "Delete a memory", "", "", "Message", "404 507"},
    {"GET", "/memories/{memory_id}/history", memory_history, true, "A memory's steps, oldest first", "", "", "History", "404"},
    {"POST", "/search", search_memories_plain, true, "Memories that answer a query, best first", "", "LegacySearchRequest", "SearchResponse", ""},
    {"POST", "/reset", reset_memories, true, "Delete all memories of the key", "", "", "Message", "507"},
    // the service itself
    {"GET", "/health", health, false, "The process lives", "", "", "Status", ""},
    {"GET", "/ready", ready, false, "Whether the service can do its work", "", "", "Readiness", ""},
    {"GET", "/metrics", metrics, false, "Prometheus text, or OpenMetrics where Accept asks for it", "", "", "", ""},
    {"GET", "/openapi.json", openapi_document, false, "This document", "", "", "OpenApi", ""},
    // what only the managed platform has
    {"POST", "/api/v1/orgs/organizations/{org_id}/projects/", managed_only, true, "", "", "", "", ""},
    {"DELETE", "/api/v1/orgs/organizations/{org_id}/projects/{project_id}/", managed_only, true, "", "", "", "", ""},
    {"GET", "/api/v1/orgs/organizations/{org_id}/projects/{project_id}/members/", managed_only, true, "", "", "", "", ""},
    {"POST", "/api/v1/orgs/organizations/{org_id}/projects/{project_id}/members/", managed_only, true, "", "", "", "", ""},
    {"PUT", "/api/v1/orgs/organizations/{org_id}/projects/{project_id}/members/", managed_only, true, "", "", "", "", ""},
    {"DELETE", "/api/v1/orgs/organizations/{org_id}/projects/{project_id}/members/", managed_only, true, "", "", "", "", ""},
    {"GET", "/api/v1/webhooks/projects/{project_id}/", managed_only, true, "", "", "", "", ""},
    {"POST", "/api/v1/webhooks/projects/{project_id}/", managed_only, true, "", "", "", "", ""},
    {"PUT", "/api/v1/webhooks/{webhook_id}/", managed_only, true, "", "", "", "", ""},
    {"DELETE", "/api/v1/webhooks/{webhook_id}/", managed_only, true, "", "", "", "", ""},
    {"GET", "/v2/entities/user/{entity_name}/profile/", managed_only, true, "", "", "", "", ""},
    {"POST", "/v2/profiles/jobs/", managed_only, true, "", "", "", "", ""},
    {"GET", "/v2/profiles/jobs/{job_id}/", managed_only, true, "", "", "", "", ""},
    {"GET", "/v2/profiles/settings/", managed_only, true, "", "", "", "", ""},
    {"POST", "/v2/profiles/settings/", managed_only, true, "", "", "", "", ""},
    {"POST", "/configure", managed_only, true, "", "", "", "", ""},
});
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

// Two patterns may fit one path, and name the same method.
void allow(std::string& methods, std::string_view method) {
  if (methods.contains(method)) return;
  methods += (methods.empty() ? "" : ", ") + std::string(method);
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

Match match_route(std::string_view method, std::span<const std::string> segments) {
  Match match;
  std::string undocumented;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  bool is_literal = false;
  for (const Route& route : table) {
    auto arguments = match_pattern(route.pattern, segments);
    if (!arguments || (is_literal && !arguments->empty())) continue;
    if (!is_literal && arguments->empty()) {  // /v1/memories/search/ is no memory
      is_literal = true;
      match = {};
      undocumented.clear();
    }
    std::string& methods = route.summary.empty() ? undocumented : match.allow;
    allow(methods, route.method);
    if (route.method == "GET") allow(methods, "HEAD");
    if (route.method != wanted || match.route) continue;
    match.route = &route;
    match.arguments = *std::move(arguments);
  }
  if (match.allow.empty()) match.allow = std::move(undocumented);
  return match;
}

}  // namespace memory_api::api
