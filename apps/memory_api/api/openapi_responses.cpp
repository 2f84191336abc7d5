#include "apps/memory_api/api/openapi.h"

namespace memory_api::api {

std::string_view openapi_responses() {
  return R"json({
 "Message": {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}},
 "Ping": {
  "type": "object",
  "required": ["status", "org_id", "project_id", "user_email"],
  "properties": {
   "status": {"type": "string"},
   "org_id": {"type": "string"},
   "project_id": {"type": "string"},
   "user_email": {"type": ["string", "null"]}
  }
 },
 "AddResult": {
  "type": "object",
  "required": ["id", "event", "memory"],
  "properties": {
   "id": {"$ref": "#/components/schemas/MemoryId"},
   "event": {"type": "string", "enum": ["ADD", "UPDATE", "DELETE", "NONE"]},
   "memory": {"type": "string"},
   "data": {"type": "object", "required": ["memory"], "properties": {"memory": {"type": "string"}}}
  }
 },
 "AddResponse": {
  "type": "object",
  "required": ["event_id", "status", "results"],
  "properties": {
   "event_id": {"$ref": "#/components/schemas/MemoryId"},
   "status": {"type": "string", "enum": ["PENDING", "SUCCEEDED"]},
   "results": {"type": "array", "items": {"$ref": "#/components/schemas/AddResult"}},
   "inferred": {"type": "boolean"},
   "message": {"type": "string"},
   "degraded": {"type": "array", "items": {"type": "string"}, "description": "which dependencies were not there"},
   "tokens": {"type": "object", "required": ["prompt", "completion"], "properties": {"prompt": {"type": "integer"}, "completion": {"type": "integer"}}, "description": "what the language model was charged with"}
  }
 },
 "Event": {
  "type": "object",
  "required": ["id", "event_type", "status", "results"],
  "properties": {
   "id": {"$ref": "#/components/schemas/MemoryId"},
   "event_type": {"const": "ADD"},
   "status": {"type": "string", "enum": ["PENDING", "RUNNING", "FAILED", "SUCCEEDED"]},
   "created_at": {"type": "string", "format": "date-time"},
   "results": {"type": "array", "items": {"$ref": "#/components/schemas/AddResult"}}
  }
 },
 "Memory": {
  "type": "object",
  "required": ["id"],
  "properties": {
   "id": {"$ref": "#/components/schemas/MemoryId"},
   "memory": {"type": "string"},
   "user_id": {"type": ["string", "null"]},
   "agent_id": {"type": ["string", "null"]},
   "app_id": {"type": ["string", "null"]},
   "run_id": {"type": ["string", "null"]},
   "session_id": {"type": ["string", "null"], "description": "the run_id"},
   "metadata": {"type": ["object", "null"]},
   "categories": {"type": "array", "items": {"type": "string"}},
   "created_at": {"type": "string", "format": "date-time"},
   "updated_at": {"type": "string", "format": "date-time"},
   "expiration_date": {"type": ["string", "null"]}
  }
 },
 "ScoredMemory": {
  "allOf": [{"$ref": "#/components/schemas/Memory"}],
  "properties": {"score": {"type": "number", "minimum": 0, "maximum": 1, "description": "a similarity, not a rank"}}
 },
 "ScoredMemories": {"type": "array", "items": {"$ref": "#/components/schemas/ScoredMemory"}},
 "SearchResponse": {
  "type": "object",
  "required": ["results"],
  "properties": {
   "results": {"$ref": "#/components/schemas/ScoredMemories"},
   "degraded": {"type": "array", "items": {"type": "string"}, "description": "which dependencies were not there"}
  }
 },
 "HistoryEntry": {
  "type": "object",
  "required": ["id", "memory_id", "event", "created_at", "updated_at"],
  "properties": {
   "id": {"type": "string"},
   "memory_id": {"$ref": "#/components/schemas/MemoryId"},
   "input": {"type": "array", "items": {"type": "object"}},
   "old_memory": {"type": ["string", "null"]},
   "new_memory": {"type": ["string", "null"]},
   "user_id": {"type": ["string", "null"]},
   "event": {"type": "string", "enum": ["ADD", "UPDATE", "DELETE"]},
   "created_at": {"type": "string", "format": "date-time"},
   "updated_at": {"type": "string", "format": "date-time"}
  }
 },
 "History": {"type": "array", "items": {"$ref": "#/components/schemas/HistoryEntry"}},
 "MemoryPage": {
  "type": "object",
  "required": ["count", "next", "previous", "results"],
  "properties": {
   "count": {"type": "integer", "minimum": 0},
   "next": {"type": ["string", "null"]},
   "previous": {"type": ["string", "null"]},
   "results": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}}
  }
 },
 "MemoriesOrPage": {"anyOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Memory"}}, {"$ref": "#/components/schemas/MemoryPage"}]},
 "Entity": {
  "type": "object",
  "required": ["id", "name", "type", "total_memories", "created_at", "updated_at", "owner"],
  "properties": {
   "id": {"type": "string"},
   "name": {"type": "string"},
   "type": {"type": "string", "enum": ["user", "agent", "app", "run"]},
   "total_memories": {"type": "integer", "minimum": 1},
   "created_at": {"type": "string", "format": "date-time"},
   "updated_at": {"type": "string", "format": "date-time"},
   "owner": {"type": "string"}
  }
 },
 "EntityPage": {
  "type": "object",
  "required": ["count", "next", "previous", "results"],
  "properties": {
   "count": {"type": "integer", "minimum": 0},
   "next": {"type": ["string", "null"]},
   "previous": {"type": ["string", "null"]},
   "results": {"type": "array", "items": {"$ref": "#/components/schemas/Entity"}}
  }
 },
 "Status": {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}},
 "Dependency": {
  "type": "object",
  "required": ["status", "latency_seconds", "since"],
  "properties": {
   "status": {"type": "string", "enum": ["ok", "degraded", "down"]},
   "latency_seconds": {"type": "number", "minimum": 0},
   "since": {"type": "string", "format": "date-time"},
   "reason": {"type": "string"},
   "model": {"type": ["string", "null"], "description": "of the embedder"},
   "waiting": {"type": "integer", "minimum": 0, "description": "memories without a vector"},
   "lag_seconds": {"type": "number", "minimum": 0, "description": "how long the oldest of them has waited"}
  }
 },
 "Readiness": {
  "type": "object",
  "required": ["status", "dependencies"],
  "properties": {
   "status": {"type": "string", "enum": ["ok", "degraded", "down"]},
   "reason": {"type": "string"},
   "dependencies": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Dependency"}}
  }
 },
 "OpenApi": {"type": "object", "required": ["openapi", "info", "paths"]},
 "Problem": {
  "type": "object",
  "required": ["type", "title", "status", "detail", "trace_id"],
  "properties": {
   "type": {"type": "string"},
   "title": {"type": "string"},
   "status": {"type": "integer"},
   "detail": {"type": "string"},
   "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"}
  }
 },
 "MemoryId": {"type": "string", "description": "a lower-case UUID", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
 "MemoryResults": {
  "type": "object",
  "required": ["results"],
  "properties": {"results": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}}}
 },
 "ExportMade": {
  "type": "object",
  "required": ["message", "id"],
  "properties": {"message": {"type": "string"}, "id": {"$ref": "#/components/schemas/MemoryId"}}
 },
 "Export": {
  "type": "object",
  "required": ["memories"],
  "properties": {"memories": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}}}
 },
 "Summary": {
  "type": "object",
  "required": ["summary", "count"],
  "properties": {"summary": {"type": "string"}, "count": {"type": "integer", "minimum": 0}}
 },
 "Feedback": {
  "type": "object",
  "required": ["id", "feedback", "feedback_reason"],
  "properties": {
   "id": {"type": "string"},
   "feedback": {"enum": ["POSITIVE", "NEGATIVE", "VERY_NEGATIVE", null]},
   "feedback_reason": {"type": ["string", "null"]}
  }
 },
 "Project": {
  "type": "object",
  "properties": {
   "id": {"type": "string"},
   "name": {"type": "string"},
   "custom_instructions": {"type": ["string", "null"]},
   "custom_categories": {"type": ["array", "null"]},
   "multilingual": {"type": ["boolean", "null"]},
   "message": {"type": "string"}
  }
 }
})json";
}

}  // namespace memory_api::api
