#include "apps/memory_api/api/openapi.h"

namespace memory_api::api {

std::string_view openapi_parameters() {
  return R"json({
 "memory_id": {"name": "memory_id", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/Id"}},
 "event_id": {"name": "event_id", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/Id"}},
 "entity_type": {"name": "entity_type", "in": "path", "required": true, "schema": {"type": "string", "enum": ["user", "agent", "app", "run"]}},
 "entity_name": {
  "name": "entity_name",
  "in": "path",
  "required": true,
  "schema": {"type": "string", "minLength": 1, "maxLength": 256, "not": {"const": "*"}}
 },
 "org_id": {"name": "org_id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
 "project_id": {"name": "project_id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
 "page": {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000000000}},
 "page_size": {"name": "page_size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 100}},
 "owner": {
  "name": "owner",
  "in": "query",
  "required": true,
  "style": "form",
  "explode": true,
  "description": "at least one of the four, each a parameter of its own; * is any value. DELETE also takes ?filters=, JSON or a Python literal",
  "schema": {"type": "object", "minProperties": 1, "properties": {"user_id": {"type": "string", "minLength": 1, "maxLength": 256}, "agent_id": {"type": "string", "minLength": 1, "maxLength": 256}, "app_id": {"type": "string", "minLength": 1, "maxLength": 256}, "run_id": {"type": "string", "minLength": 1, "maxLength": 256}}, "additionalProperties": false}
 },
 "delete_linked": {"name": "delete_linked", "in": "query", "description": "accepted; memories are not linked here", "schema": {"type": "boolean"}},
 "fields": {
  "name": "fields",
  "in": "query",
  "style": "form",
  "explode": true,
  "schema": {"type": "array", "items": {"type": "string", "enum": ["id", "org_id", "project_id", "name", "custom_instructions", "agent_custom_instructions", "memory_depth", "usecase_setting", "multilingual", "enable_graph", "decay", "custom_categories", "retrieval_criteria"]}}
 }
})json";
}

// A member that is null counts as absent, so null is a type of every optional one.
std::string_view openapi_requests() {
  return R"json({
 "EntityId": {"description": "* is any value where filters are meant", "type": "string", "minLength": 1, "maxLength": 256},
 "SearchedText": {"description": "* is any value", "type": "string", "minLength": 1},
 "OwnerId": {"description": "not *", "type": ["string", "null"], "minLength": 1, "maxLength": 256, "not": {"const": "*"}},
 "Id": {"type": "string", "format": "uuid", "description": "a lower-case UUID"},
 "Text": {"type": "string", "description": "not blank", "pattern": "[^ \\t\\n\\r\\f\\v]"},
 "Flag": {"type": ["boolean", "null"]},
 "Metadata": {"type": ["object", "null"]},
 "Date": {
  "type": ["string", "null"],
  "description": "YYYY-MM-DD or RFC 3339",
  "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?$"
 },
 "Time": {
  "description": "unix seconds, or RFC 3339",
  "anyOf": [{"type": "null"}, {"type": "number", "minimum": 0, "maximum": 9223372036}, {"type": "string", "pattern": "^(19[789][0-9]|20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"}]
 },
 "Categories": {"type": ["array", "null"], "maxItems": 100, "items": {"type": "string", "minLength": 1, "not": {"const": "*"}}},
 "WantedCategories": {"type": ["array", "null"], "items": {"type": "string", "minLength": 1}},
 "Fields": {
  "type": ["array", "null"],
  "items": {"type": "string", "enum": ["id", "memory", "user_id", "agent_id", "app_id", "run_id", "session_id", "metadata", "categories", "created_at", "updated_at", "expiration_date", "score"]}
 },
 "EntityCondition": {
  "description": "a name, * for any, or operators",
  "anyOf": [{"$ref": "#/components/schemas/EntityId"}, {"type": "null"}, {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {"eq": {"anyOf": [{"$ref": "#/components/schemas/EntityId"}, {"type": "null"}]}, "contains": {"$ref": "#/components/schemas/EntityId"}, "icontains": {"$ref": "#/components/schemas/EntityId"}, "in": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"type": "string", "minLength": 1, "maxLength": 256, "not": {"const": "*"}}}}}]
 },
 "NamedEntity": {"type": ["string", "object"], "not": {"required": ["eq"], "properties": {"eq": {"type": "null"}}}},
 "TimeCondition": {
  "description": "a date, RFC 3339 or unix seconds, or operators",
  "anyOf": [{"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {"eq": {"anyOf": [{"$ref": "#/components/schemas/Moment"}, {"type": "null"}]}, "ne": {"anyOf": [{"$ref": "#/components/schemas/Moment"}, {"type": "null"}]}, "gt": {"$ref": "#/components/schemas/Moment"}, "gte": {"$ref": "#/components/schemas/Moment"}, "lt": {"$ref": "#/components/schemas/Moment"}, "lte": {"$ref": "#/components/schemas/Moment"}}}, {"$ref": "#/components/schemas/Moment"}, {"type": "null"}]
 },
 "Moment": {
  "anyOf": [{"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?$"}, {"type": "number", "minimum": 0, "maximum": 253402300799}]
 },
 "TextCondition": {
  "anyOf": [{"$ref": "#/components/schemas/SearchedText"}, {"type": "null"}, {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {"eq": {"anyOf": [{"$ref": "#/components/schemas/SearchedText"}, {"type": "null"}]}, "ne": {"anyOf": [{"$ref": "#/components/schemas/SearchedText"}, {"type": "null"}]}, "contains": {"$ref": "#/components/schemas/SearchedText"}, "icontains": {"$ref": "#/components/schemas/SearchedText"}}}]
 },
 "FilterPart": {
  "type": "object",
  "minProperties": 1,
  "description": "as Filters, without the need for an entity id; may hold AND, OR and NOT again, at most 32 deep",
  "properties": {
   "user_id": {"$ref": "#/components/schemas/EntityCondition"},
   "agent_id": {"$ref": "#/components/schemas/EntityCondition"},
   "app_id": {"$ref": "#/components/schemas/EntityCondition"},
   "run_id": {"$ref": "#/components/schemas/EntityCondition"},
   "created_at": {"$ref": "#/components/schemas/TimeCondition"},
   "updated_at": {"$ref": "#/components/schemas/TimeCondition"},
   "expiration_date": {"$ref": "#/components/schemas/TimeCondition"},
   "categories": {"$ref": "#/components/schemas/TextCondition"},
   "keywords": {"$ref": "#/components/schemas/TextCondition"},
   "memory": {"$ref": "#/components/schemas/TextCondition"},
   "metadata": {"type": "object", "minProperties": 1, "description": "{key: value} or {key: {operator: value}}", "propertyNames": {"not": {"enum": ["eq", "ne", "in", "gt", "gte", "lt", "lte", "contains", "icontains"]}}}
  },
  "additionalProperties": false
 },
 "Filters": {
  "type": "object",
  "minProperties": 1,
  "additionalProperties": false,
  "description": "AND, OR, NOT with lists; fields with a value or {operator: value}; operators eq in ne gt gte lt lte contains icontains; * is any value; at least one positive entity id; at most 32 deep and 1,000 conditions",
  "properties": {
   "AND": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/FilterPart"}},
   "OR": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/FilterPart"}},
   "NOT": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/FilterPart"}},
   "user_id": {"$ref": "#/components/schemas/EntityCondition"},
   "agent_id": {"$ref": "#/components/schemas/EntityCondition"},
   "app_id": {"$ref": "#/components/schemas/EntityCondition"},
   "run_id": {"$ref": "#/components/schemas/EntityCondition"},
   "created_at": {"$ref": "#/components/schemas/TimeCondition"},
   "updated_at": {"$ref": "#/components/schemas/TimeCondition"},
   "expiration_date": {"$ref": "#/components/schemas/TimeCondition"},
   "categories": {"$ref": "#/components/schemas/TextCondition"},
   "keywords": {"$ref": "#/components/schemas/TextCondition"},
   "memory": {"$ref": "#/components/schemas/TextCondition"},
   "metadata": {"type": "object", "minProperties": 1, "description": "{key: value} or {key: {operator: value}}", "propertyNames": {"not": {"enum": ["eq", "ne", "in", "gt", "gte", "lt", "lte", "contains", "icontains"]}}}
  },
  "anyOf": [{"required": ["user_id"], "properties": {"user_id": {"$ref": "#/components/schemas/NamedEntity"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"$ref": "#/components/schemas/NamedEntity"}}}, {"required": ["app_id"], "properties": {"app_id": {"$ref": "#/components/schemas/NamedEntity"}}}, {"required": ["run_id"], "properties": {"run_id": {"$ref": "#/components/schemas/NamedEntity"}}}, {"required": ["AND"], "properties": {"AND": {"contains": {"anyOf": [{"required": ["user_id"], "properties": {"user_id": {"$ref": "#/components/schemas/NamedEntity"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"$ref": "#/components/schemas/NamedEntity"}}}, {"required": ["app_id"], "properties": {"app_id": {"$ref": "#/components/schemas/NamedEntity"}}}, {"required": ["run_id"], "properties": {"run_id": {"$ref": "#/components/schemas/NamedEntity"}}}]}}}}]
 },
 "PartialFilters": {
  "type": "object",
  "minProperties": 1,
  "additionalProperties": false,
  "properties": {
   "AND": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/FilterPart"}},
   "OR": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/FilterPart"}},
   "NOT": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/FilterPart"}},
   "user_id": {"$ref": "#/components/schemas/EntityCondition"},
   "agent_id": {"$ref": "#/components/schemas/EntityCondition"},
   "app_id": {"$ref": "#/components/schemas/EntityCondition"},
   "run_id": {"$ref": "#/components/schemas/EntityCondition"},
   "created_at": {"$ref": "#/components/schemas/TimeCondition"},
   "updated_at": {"$ref": "#/components/schemas/TimeCondition"},
   "expiration_date": {"$ref": "#/components/schemas/TimeCondition"},
   "categories": {"$ref": "#/components/schemas/TextCondition"},
   "keywords": {"$ref": "#/components/schemas/TextCondition"},
   "memory": {"$ref": "#/components/schemas/TextCondition"},
   "metadata": {"type": "object", "minProperties": 1, "description": "{key: value} or {key: {operator: value}}", "propertyNames": {"not": {"enum": ["eq", "ne", "in", "gt", "gte", "lt", "lte", "contains", "icontains"]}}}
  },
  "description": "as Filters; the entity id may stand beside it"
 },
 "AddRequest": {
  "type": "object",
  "required": ["messages"],
  "anyOf": [{"required": ["user_id"], "properties": {"user_id": {"type": "string"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"type": "string"}}}, {"required": ["app_id"], "properties": {"app_id": {"type": "string"}}}, {"required": ["run_id"], "properties": {"run_id": {"type": "string"}}}],
  "properties": {
   "messages": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object", "required": ["role", "content"], "properties": {"role": {"type": "string", "enum": ["user", "assistant", "system", "tool"]}, "content": {"$ref": "#/components/schemas/Text"}}}},
   "user_id": {"$ref": "#/components/schemas/OwnerId"},
   "agent_id": {"$ref": "#/components/schemas/OwnerId"},
   "app_id": {"$ref": "#/components/schemas/OwnerId"},
   "run_id": {"$ref": "#/components/schemas/OwnerId"},
   "metadata": {"$ref": "#/components/schemas/Metadata"},
   "categories": {"$ref": "#/components/schemas/Categories"},
   "infer": {"type": ["boolean", "null"], "default": true, "description": "true: a language model extracts facts, where one is configured"},
   "timestamp": {"$ref": "#/components/schemas/Time"},
   "expiration_date": {"$ref": "#/components/schemas/Date"}
  },
  "description": "the ids may stand in `filters` instead"
 },
 "UpdateRequest": {
  "type": "object",
  "properties": {
   "text": {"type": ["string", "null"], "pattern": "[^ \\t\\n\\r\\f\\v]"},
   "metadata": {"$ref": "#/components/schemas/Metadata"},
   "timestamp": {"$ref": "#/components/schemas/Time"},
   "expiration_date": {"type": ["string", "null"], "description": "null clears it", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?$"}
  },
  "anyOf": [{"required": ["text"], "properties": {"text": {"type": "string"}}}, {"required": ["metadata"], "properties": {"metadata": {"type": "object"}}}, {"required": ["expiration_date"]}, {"required": ["timestamp"], "properties": {"timestamp": {"type": ["number", "string"]}}}]
 },
 "ListRequest": {
  "type": "object",
  "required": ["filters"],
  "properties": {
   "filters": {"$ref": "#/components/schemas/Filters"},
   "start_date": {"$ref": "#/components/schemas/Date"},
   "end_date": {"$ref": "#/components/schemas/Date"},
   "categories": {"$ref": "#/components/schemas/WantedCategories"},
   "fields": {"$ref": "#/components/schemas/Fields"},
   "show_expired": {"$ref": "#/components/schemas/Flag"}
  }
 },
 "LegacyListRequest": {
  "type": "object",
  "description": "entity ids may stand at top level",
  "anyOf": [{"required": ["filters"], "properties": {"filters": {"$ref": "#/components/schemas/Filters"}}}, {"required": ["user_id"], "properties": {"user_id": {"type": "string"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"type": "string"}}}, {"required": ["app_id"], "properties": {"app_id": {"type": "string"}}}, {"required": ["run_id"], "properties": {"run_id": {"type": "string"}}}],
  "properties": {
   "filters": {"anyOf": [{"$ref": "#/components/schemas/PartialFilters"}, {"type": "null"}]},
   "user_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "agent_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "app_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "run_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "start_date": {"$ref": "#/components/schemas/Date"},
   "end_date": {"$ref": "#/components/schemas/Date"},
   "categories": {"$ref": "#/components/schemas/WantedCategories"},
   "fields": {"$ref": "#/components/schemas/Fields"},
   "show_expired": {"$ref": "#/components/schemas/Flag"}
  }
 },
 "SearchRequest": {
  "type": "object",
  "required": ["query", "filters"],
  "properties": {
   "query": {"$ref": "#/components/schemas/Text"},
   "filters": {"$ref": "#/components/schemas/Filters"},
   "top_k": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000, "default": 10},
   "threshold": {"type": ["number", "null"], "minimum": 0, "maximum": 1, "default": 0.1},
   "rerank": {"$ref": "#/components/schemas/Flag"},
   "keyword_search": {"$ref": "#/components/schemas/Flag"},
   "latest_only": {"$ref": "#/components/schemas/Flag"},
   "reference_date": {"$ref": "#/components/schemas/Date"},
   "metadata": {"type": ["object", "null"], "description": "pairs that must match", "propertyNames": {"not": {"enum": ["eq", "ne", "in", "gt", "gte", "lt", "lte", "contains", "icontains"]}}},
   "categories": {"$ref": "#/components/schemas/WantedCategories"},
   "fields": {"$ref": "#/components/schemas/Fields"},
   "show_expired": {"$ref": "#/components/schemas/Flag"}
  }
 },
 "LegacySearchRequest": {
  "type": "object",
  "required": ["query"],
  "description": "entity ids may stand at top level, top_k may be called limit",
  "anyOf": [{"required": ["filters"], "properties": {"filters": {"$ref": "#/components/schemas/Filters"}}}, {"required": ["user_id"], "properties": {"user_id": {"type": "string"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"type": "string"}}}, {"required": ["app_id"], "properties": {"app_id": {"type": "string"}}}, {"required": ["run_id"], "properties": {"run_id": {"type": "string"}}}],
  "properties": {
   "query": {"$ref": "#/components/schemas/Text"},
   "filters": {"anyOf": [{"$ref": "#/components/schemas/PartialFilters"}, {"type": "null"}]},
   "user_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "agent_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "app_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "run_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "limit": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000, "default": 10},
   "top_k": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000, "default": 10},
   "threshold": {"type": ["number", "null"], "minimum": 0, "maximum": 1, "default": 0.1},
   "rerank": {"$ref": "#/components/schemas/Flag"},
   "keyword_search": {"$ref": "#/components/schemas/Flag"},
   "latest_only": {"$ref": "#/components/schemas/Flag"},
   "reference_date": {"$ref": "#/components/schemas/Date"},
   "metadata": {"type": ["object", "null"], "description": "pairs that must match", "propertyNames": {"not": {"enum": ["eq", "ne", "in", "gt", "gte", "lt", "lte", "contains", "icontains"]}}},
   "categories": {"$ref": "#/components/schemas/WantedCategories"},
   "fields": {"$ref": "#/components/schemas/Fields"},
   "show_expired": {"$ref": "#/components/schemas/Flag"}
  }
 },
 "BatchUpdate": {
  "type": "object",
  "required": ["memories"],
  "properties": {
   "memories": {"type": "array", "minItems": 1, "maxItems": 1000, "description": "different memories", "items": {"type": "object", "required": ["memory_id"], "properties": {"memory_id": {"$ref": "#/components/schemas/Id"}, "text": {"type": ["string", "null"], "pattern": "[^ \\t\\n\\r\\f\\v]"}, "metadata": {"$ref": "#/components/schemas/Metadata"}, "timestamp": {"$ref": "#/components/schemas/Time"}, "expiration_date": {"type": ["string", "null"], "description": "null clears it", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?$"}}, "anyOf": [{"required": ["text"], "properties": {"text": {"type": "string"}}}, {"required": ["metadata"], "properties": {"metadata": {"type": "object"}}}, {"required": ["expiration_date"]}, {"required": ["timestamp"], "properties": {"timestamp": {"type": ["number", "string"]}}}]}}
  }
 },
 "BatchDelete": {
  "type": "object",
  "required": ["memories"],
  "properties": {
   "memories": {"type": "array", "minItems": 1, "maxItems": 1000, "description": "different memories", "items": {"type": "object", "required": ["memory_id"], "properties": {"memory_id": {"$ref": "#/components/schemas/Id"}}}}
  }
 },
 "ExportRequest": {
  "type": "object",
  "required": ["schema"],
  "description": "without filters: all memories",
  "properties": {
   "schema": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "object"}]},
   "filters": {"anyOf": [{"$ref": "#/components/schemas/PartialFilters"}, {"type": "null"}]},
   "user_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "agent_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "app_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "run_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256}
  },
  "anyOf": [{"properties": {"filters": {"type": "null"}}}, {"required": ["filters"], "properties": {"filters": {"$ref": "#/components/schemas/Filters"}}}, {"required": ["user_id"], "properties": {"user_id": {"type": "string"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"type": "string"}}}, {"required": ["app_id"], "properties": {"app_id": {"type": "string"}}}, {"required": ["run_id"], "properties": {"run_id": {"type": "string"}}}]
 },
 "ExportQuery": {
  "type": "object",
  "properties": {
   "memory_export_id": {"type": ["string", "null"]},
   "filters": {"anyOf": [{"$ref": "#/components/schemas/PartialFilters"}, {"type": "null"}]},
   "user_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "agent_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "app_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "run_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256}
  },
  "anyOf": [{"properties": {"filters": {"type": "null"}}}, {"required": ["filters"], "properties": {"filters": {"$ref": "#/components/schemas/Filters"}}}, {"required": ["user_id"], "properties": {"user_id": {"type": "string"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"type": "string"}}}, {"required": ["app_id"], "properties": {"app_id": {"type": "string"}}}, {"required": ["run_id"], "properties": {"run_id": {"type": "string"}}}]
 },
 "ImportRequest": {
  "type": "object",
  "required": ["memories"],
  "properties": {
   "memories": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object", "required": ["memory"], "anyOf": [{"required": ["user_id"], "properties": {"user_id": {"type": "string"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"type": "string"}}}, {"required": ["app_id"], "properties": {"app_id": {"type": "string"}}}, {"required": ["run_id"], "properties": {"run_id": {"type": "string"}}}], "properties": {"memory": {"$ref": "#/components/schemas/Text"}, "user_id": {"$ref": "#/components/schemas/OwnerId"}, "agent_id": {"$ref": "#/components/schemas/OwnerId"}, "app_id": {"$ref": "#/components/schemas/OwnerId"}, "run_id": {"$ref": "#/components/schemas/OwnerId"}, "metadata": {"$ref": "#/components/schemas/Metadata"}, "categories": {"$ref": "#/components/schemas/Categories"}, "created_at": {"$ref": "#/components/schemas/Time"}, "expiration_date": {"$ref": "#/components/schemas/Date"}}}}
  }
 },
 "SummaryRequest": {
  "type": "object",
  "properties": {
   "filters": {"anyOf": [{"$ref": "#/components/schemas/PartialFilters"}, {"type": "null"}]},
   "user_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "agent_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "app_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
   "run_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 256}
  },
  "anyOf": [{"properties": {"filters": {"type": "null"}}}, {"required": ["filters"], "properties": {"filters": {"$ref": "#/components/schemas/Filters"}}}, {"required": ["user_id"], "properties": {"user_id": {"type": "string"}}}, {"required": ["agent_id"], "properties": {"agent_id": {"type": "string"}}}, {"required": ["app_id"], "properties": {"app_id": {"type": "string"}}}, {"required": ["run_id"], "properties": {"run_id": {"type": "string"}}}]
 },
 "FeedbackRequest": {
  "type": "object",
  "required": ["memory_id"],
  "properties": {
   "memory_id": {"$ref": "#/components/schemas/Id"},
   "feedback": {"enum": ["POSITIVE", "NEGATIVE", "VERY_NEGATIVE", null]},
   "feedback_reason": {"type": ["string", "null"]}
  }
 },
 "ProjectUpdate": {
  "type": "object",
  "minProperties": 1,
  "additionalProperties": false,
  "properties": {
   "custom_instructions": {"type": ["string", "null"]},
   "agent_custom_instructions": {"type": ["string", "null"]},
   "memory_depth": {"type": ["string", "null"]},
   "usecase_setting": {"type": ["string", "null"]},
   "multilingual": {"$ref": "#/components/schemas/Flag"},
   "enable_graph": {"$ref": "#/components/schemas/Flag"},
   "decay": {"$ref": "#/components/schemas/Flag"},
   "custom_categories": {"type": ["array", "null"], "items": {"type": ["string", "object"]}},
   "retrieval_criteria": {"type": ["array", "null"], "items": {"type": ["string", "object"]}}
  }
 }
})json";
}

}  // namespace memory_api::api
