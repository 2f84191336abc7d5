#include "apps/memory_api/api/openapi.h"

namespace memory_api::api {

std::string_view openapi_components() {
  return R"json({
 "securitySchemes": {
  "key": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token KEY: a tenant's key"}
 },
 "parameters": {
  "memory_id": {"name": "memory_id", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/Id"}},
  "event_id": {"name": "event_id", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/Id"}},
  "entity_type": {"name": "entity_type", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/EntityType"}},
  "entity_name": {"name": "entity_name", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/EntityId"}},
  "page": {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000000000}},
  "page_size": {"name": "page_size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 100}},
  "user_id": {"name": "user_id", "in": "query", "schema": {"$ref": "#/components/schemas/EntityId"}},
  "agent_id": {"name": "agent_id", "in": "query", "schema": {"$ref": "#/components/schemas/EntityId"}},
  "app_id": {"name": "app_id", "in": "query", "schema": {"$ref": "#/components/schemas/EntityId"}},
  "run_id": {"name": "run_id", "in": "query", "schema": {"$ref": "#/components/schemas/EntityId"}},
  "filters": {"name": "filters", "in": "query", "description": "JSON or a Python literal", "schema": {"type": "string"}},
  "delete_linked": {"name": "delete_linked", "in": "query", "description": "accepted; memories are not linked here", "schema": {"type": "boolean"}}
 },
 "schemas": {
  "Id": {"type": "string", "description": "a lower-case UUID"},
  "EntityId": {"type": "string", "minLength": 1, "maxLength": 256, "description": "1 to 256 bytes of UTF-8; * is any where filters are meant"},
  "EntityType": {"type": "string", "enum": ["user", "agent", "app", "run"]},
  "Metadata": {"type": ["object", "null"]},
  "Date": {"type": ["string", "null"], "description": "YYYY-MM-DD or RFC 3339"},
  "Filters": {
   "type": "object", "minProperties": 1,
   "description": "AND, OR, NOT with lists; fields with a value or {operator: value}; operators eq in ne gt gte lt lte contains icontains; * is any value; at least one positive entity id; at most 32 deep"
  },
  "Message": {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}},
  "Ping": {
   "type": "object", "required": ["status", "org_id", "project_id", "user_email"],
   "properties": {"status": {"type": "string"}, "org_id": {"type": "string"}, "project_id": {"type": "string"}, "user_email": {"type": ["string", "null"]}}
  },
  "AddRequest": {
   "type": "object", "required": ["messages"],
   "properties": {
    "messages": {
     "type": "array", "minItems": 1, "maxItems": 1000,
     "items": {
      "type": "object", "required": ["role", "content"],
      "properties": {"role": {"type": "string", "enum": ["user", "assistant", "system", "tool"]}, "content": {"type": "string", "minLength": 1}}
     }
    },
    "user_id": {"$ref": "#/components/schemas/EntityId"}, "agent_id": {"$ref": "#/components/schemas/EntityId"},
    "app_id": {"$ref": "#/components/schemas/EntityId"}, "run_id": {"$ref": "#/components/schemas/EntityId"},
    "filters": {"type": "object", "description": "may hold the entity ids instead"},
    "metadata": {"$ref": "#/components/schemas/Metadata"},
    "categories": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "infer": {"type": "boolean", "default": true},
    "timestamp": {"type": "number", "minimum": 0, "description": "unix seconds; sets created_at"},
    "expiration_date": {"$ref": "#/components/schemas/Date"}
   }
  },
  "AddResult": {
   "type": "object", "required": ["id", "event", "memory", "data"],
   "properties": {
    "id": {"$ref": "#/components/schemas/Id"}, "event": {"const": "ADD"}, "memory": {"type": "string"},
    "data": {"type": "object", "required": ["memory"], "properties": {"memory": {"type": "string"}}}
   }
  },
  "AddResponse": {
   "type": "object", "required": ["event_id", "status", "results"],
   "properties": {
    "event_id": {"$ref": "#/components/schemas/Id"}, "status": {"type": "string", "enum": ["PENDING", "SUCCEEDED"]},
    "results": {"type": "array", "items": {"$ref": "#/components/schemas/AddResult"}},
    "inferred": {"type": "boolean"}, "message": {"type": "string"}
   }
  },
  "Event": {
   "type": "object", "required": ["id", "event_type", "status", "results"],
   "properties": {
    "id": {"$ref": "#/components/schemas/Id"}, "event_type": {"const": "ADD"},
    "status": {"type": "string", "enum": ["PENDING", "RUNNING", "FAILED", "SUCCEEDED"]},
    "created_at": {"type": "string", "format": "date-time"},
    "results": {"type": "array", "items": {"$ref": "#/components/schemas/AddResult"}}
   }
  },
  "Memory": {
   "type": "object", "required": ["id"],
   "properties": {
    "id": {"$ref": "#/components/schemas/Id"}, "memory": {"type": "string"},
    "user_id": {"type": ["string", "null"]}, "agent_id": {"type": ["string", "null"]}, "app_id": {"type": ["string", "null"]},
    "run_id": {"type": ["string", "null"]}, "session_id": {"type": ["string", "null"], "description": "the run_id"},
    "metadata": {"$ref": "#/components/schemas/Metadata"}, "categories": {"type": "array", "items": {"type": "string"}},
    "created_at": {"type": "string", "format": "date-time"}, "updated_at": {"type": "string", "format": "date-time"},
    "expiration_date": {"$ref": "#/components/schemas/Date"}
   }
  },
  "ScoredMemory": {
   "allOf": [{"$ref": "#/components/schemas/Memory"}],
   "properties": {"score": {"type": "number", "minimum": 0, "maximum": 1, "description": "a similarity, not a rank"}}
  },
  "ScoredMemories": {"type": "array", "items": {"$ref": "#/components/schemas/ScoredMemory"}},
  "SearchResponse": {"type": "object", "required": ["results"], "properties": {"results": {"$ref": "#/components/schemas/ScoredMemories"}}},
  "UpdateRequest": {
   "type": "object", "minProperties": 1,
   "properties": {
    "text": {"type": "string", "minLength": 1}, "metadata": {"$ref": "#/components/schemas/Metadata"},
    "timestamp": {"type": "number", "minimum": 0}, "expiration_date": {"$ref": "#/components/schemas/Date"}
   }
  },
  "HistoryEntry": {
   "type": "object", "required": ["id", "memory_id", "event", "created_at", "updated_at"],
   "properties": {
    "id": {"type": "string"}, "memory_id": {"$ref": "#/components/schemas/Id"},
    "input": {"type": "array", "items": {"type": "object"}},
    "old_memory": {"type": ["string", "null"]}, "new_memory": {"type": ["string", "null"]}, "user_id": {"type": ["string", "null"]},
    "event": {"type": "string", "enum": ["ADD", "UPDATE", "DELETE"]},
    "created_at": {"type": "string", "format": "date-time"}, "updated_at": {"type": "string", "format": "date-time"}
   }
  },
  "History": {"type": "array", "items": {"$ref": "#/components/schemas/HistoryEntry"}},
  "ListRequest": {
   "type": "object", "required": ["filters"],
   "properties": {
    "filters": {"$ref": "#/components/schemas/Filters"}, "start_date": {"$ref": "#/components/schemas/Date"},
    "end_date": {"$ref": "#/components/schemas/Date"}, "categories": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "fields": {"type": "array", "items": {"type": "string"}}, "show_expired": {"type": "boolean"}
   }
  },
  "LegacyListRequest": {
   "type": "object", "minProperties": 1, "description": "as ListRequest; entity ids may stand at top level",
   "properties": {
    "filters": {"$ref": "#/components/schemas/Filters"},
    "user_id": {"$ref": "#/components/schemas/EntityId"}, "agent_id": {"$ref": "#/components/schemas/EntityId"},
    "app_id": {"$ref": "#/components/schemas/EntityId"}, "run_id": {"$ref": "#/components/schemas/EntityId"}
   }
  },
  "SearchRequest": {
   "type": "object", "required": ["query", "filters"],
   "properties": {
    "query": {"type": "string", "minLength": 1}, "filters": {"$ref": "#/components/schemas/Filters"},
    "top_k": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10},
    "threshold": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.1},
    "rerank": {"type": "boolean"}, "keyword_search": {"type": "boolean"}, "latest_only": {"type": "boolean"},
    "show_expired": {"type": "boolean"}, "reference_date": {"$ref": "#/components/schemas/Date"},
    "categories": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "metadata": {"$ref": "#/components/schemas/Metadata"}, "fields": {"type": "array", "items": {"type": "string"}}
   }
  },
  "LegacySearchRequest": {
   "type": "object", "required": ["query"], "description": "as SearchRequest; entity ids may stand at top level, top_k may be called limit",
   "properties": {
    "query": {"type": "string", "minLength": 1}, "filters": {"$ref": "#/components/schemas/Filters"},
    "user_id": {"$ref": "#/components/schemas/EntityId"}, "agent_id": {"$ref": "#/components/schemas/EntityId"},
    "app_id": {"$ref": "#/components/schemas/EntityId"}, "run_id": {"$ref": "#/components/schemas/EntityId"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10}
   }
  },
  "BatchUpdate": {
   "type": "object", "required": ["memories"],
   "properties": {"memories": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {
    "type": "object", "required": ["memory_id"],
    "properties": {"memory_id": {"$ref": "#/components/schemas/Id"}, "text": {"type": "string", "minLength": 1}, "metadata": {"$ref": "#/components/schemas/Metadata"}}
   }}}
  },
  "BatchDelete": {
   "type": "object", "required": ["memories"],
   "properties": {"memories": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {
    "type": "object", "required": ["memory_id"], "properties": {"memory_id": {"$ref": "#/components/schemas/Id"}}
   }}}
  },
  "MemoryPage": {
   "type": "object", "required": ["count", "next", "previous", "results"],
   "properties": {
    "count": {"type": "integer", "minimum": 0}, "next": {"type": ["string", "null"]}, "previous": {"type": ["string", "null"]},
    "results": {"type": "array", "items": {"$ref": "#/components/schemas/Memory"}}
   }
  },
  "MemoriesOrPage": {"oneOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Memory"}}, {"$ref": "#/components/schemas/MemoryPage"}]},
  "Entity": {
   "type": "object", "required": ["id", "name", "type", "total_memories", "created_at", "updated_at", "owner"],
   "properties": {
    "id": {"type": "string"}, "name": {"type": "string"}, "type": {"$ref": "#/components/schemas/EntityType"},
    "total_memories": {"type": "integer", "minimum": 1}, "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"}, "owner": {"type": "string"}
   }
  },
  "EntityPage": {
   "type": "object", "required": ["count", "next", "previous", "results"],
   "properties": {
    "count": {"type": "integer", "minimum": 0}, "next": {"type": ["string", "null"]}, "previous": {"type": ["string", "null"]},
    "results": {"type": "array", "items": {"$ref": "#/components/schemas/Entity"}}
   }
  },
  "Status": {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}},
  "Dependency": {
   "type": "object", "required": ["status", "latency_seconds", "since"],
   "properties": {
    "status": {"type": "string", "enum": ["ok", "degraded", "down"]}, "latency_seconds": {"type": "number", "minimum": 0},
    "since": {"type": "string", "format": "date-time"}, "reason": {"type": "string"}
   }
  },
  "Readiness": {
   "type": "object", "required": ["status", "dependencies"],
   "properties": {
    "status": {"type": "string", "enum": ["ok", "degraded", "down"]}, "reason": {"type": "string"},
    "dependencies": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Dependency"}}
   }
  },
  "OpenApi": {"type": "object", "required": ["openapi", "info", "paths"]},
  "Problem": {
   "type": "object", "required": ["type", "title", "status", "detail", "trace_id"],
   "properties": {
    "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
    "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"}
   }
  }
 }
})json";
}

}  // namespace memory_api::api
