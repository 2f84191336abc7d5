// What each route does: read the request, ask the service, write the answer. Thin on purpose.
#pragma once

#include "apps/memory_api/api/call.h"

namespace memory_api::api {

// memory_endpoints.cpp: one memory
void add_memories(Call call);
void get_memory(Call call);
void update_memory(Call call);
void delete_memory(Call call);
void memory_history(Call call);
void get_event(Call call);

// query_endpoints.cpp: many memories
void list_memories_v3(Call call);
void list_memories_v2(Call call);
void list_memories_v1(Call call);
void search_memories_v3(Call call);
void list_memories_plain(Call call);
void search_memories_bare(Call call);
void search_memories_plain(Call call);
void delete_memories(Call call);
void reset_memories(Call call);
void update_batch(Call call);
void delete_batch(Call call);

// entity_endpoints.cpp
void ping(Call call);
void list_entities(Call call);
void delete_entity(Call call);

// export_endpoints.cpp
void create_export(Call call);
void get_export(Call call);
void import_memories(Call call);
void summarize(Call call);

// project_endpoints.cpp
void get_project(Call call);
void update_project(Call call);
void give_feedback(Call call);
void managed_only(Call call);

// service_endpoints.cpp: the service itself; no key needed
void health(Call call);
void ready(Call call);
void metrics(Call call);
void openapi_document(Call call);

}  // namespace memory_api::api
