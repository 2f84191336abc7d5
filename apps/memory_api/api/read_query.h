// Requests that name memories: lists, searches, deletions by filter. Every error is invalid_argument.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/memory_api/api/call.h"
#include "apps/memory_api/memory/memory_service.h"
#include "base/error.h"

namespace memory_api::api {

// Where a body's filter may stand: v3 wants everything in `filters`, older versions take ids at top level
// too.
enum class FilterStyle { only_filters, ids_at_top };

struct Paging {
  memory::Page page;
  bool asked_for = false;  // the request had `page`: an envelope is expected, not a bare list
};

// ?page= from 1, ?page_size= (or page size under the old name `limit`) 1 to 200; 100 where absent.
base::Result<Paging> read_paging(const Call& call);

struct ListRequest {
  memory::ListQuery query;
  std::vector<std::string> fields;  // empty: all
};

struct SearchRequest {
  memory::SearchQuery query;
  std::vector<std::string> fields;
};

// {filters, start_date, end_date, categories, fields, show_expired}; the page is not part of it.
base::Result<ListRequest> read_list(const nlohmann::json& body, FilterStyle style);

// {query, filters, top_k (limit in older versions), threshold, fields, categories, metadata, show_expired,
// rerank …}
base::Result<SearchRequest> read_search(const nlohmann::json& body, FilterStyle style);

// {filters, user_id …}, all of it optional: which memories an export or a summary is about.
struct Selection {
  memory::Filter filter;  // where the request names none: all of the tenant's
  std::string text;       // the same as compact JSON, keys in order; empty where there is none
};
base::Result<Selection> read_selection(const nlohmann::json& body);

// The ids in a query string, as GET and DELETE /v1/memories/ take them.
base::Result<memory::EntityIds> read_query_ids(const Call& call);

// The filter of DELETE /v1/memories/: ids and `filters`, all of which must hold. Refuses a parameter that it
// does not know, since ignoring one would delete more than was meant.
base::Result<memory::Filter> read_delete_filter(const Call& call);

}  // namespace memory_api::api
