#include "apps/memory_api/api/read_query.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/read_memory.h"
#include "apps/memory_api/api/wire.h"
#include "apps/memory_api/memory/filter_json.h"
#include "base/json.h"
#include "base/text.h"

namespace memory_api::api {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::size_t max_page_size = 200;
constexpr std::size_t max_top_k = 1000;
constexpr std::array<std::string_view, 4> id_names = {"user_id", "agent_id", "app_id", "run_id"};

Result<std::size_t> read_number(const Call& call, std::string_view name, std::size_t otherwise,
                                std::size_t most) {
  BASE_ASSIGN(const auto text, call.query(name));
  if (!text) return otherwise;
  const auto number = base::parse_integer(*text);
  if (!number || *number < 1 || static_cast<unsigned long long>(*number) > most) {
    return base::fail(ErrorCode::invalid_argument,
                      fmt::format("{}: expected a whole number from 1 to {}, found \"{}\"", name, most,
                                  base::printable(*text)));
  }
  return static_cast<std::size_t>(*number);
}

// `filters`, with the ids at top level beside it where the style allows them, and the pairs of metadata of a
// search, as one filter; null where there is none of them.
Result<Json> gather_filters(const Json& body, FilterStyle style, const Json* metadata = nullptr) {
  Json parts = Json::array();
  if (const Json* filters = member(body, "filters")) parts.push_back(*filters);
  if (metadata) parts.push_back(Json{{"metadata", *metadata}});
  for (const std::string_view name : id_names) {
    const Json* id = member(body, name);
    if (!id) continue;
    if (style == FilterStyle::only_filters) {
      return base::fail(ErrorCode::invalid_argument, fmt::format("{}: belongs into filters", name),
                        fmt::format("{{\"filters\": {{\"{}\": …}}}}", name));
    }
    parts.push_back(Json{{name, *id}});
  }
  BASE_TRY(read_entity_ids(body));
  if (parts.empty()) return Json();
  return parts.size() == 1 ? std::move(parts.front()) : Json{{"AND", std::move(parts)}};
}

Result<memory::Filter> read_filters(const Json& body, FilterStyle style, const Json* metadata = nullptr) {
  BASE_ASSIGN(const Json filters, gather_filters(body, style, metadata));
  if (!filters.is_null()) return memory::read_filter(filters);
  return base::fail(
      ErrorCode::invalid_argument,
      "filters: expected an object that names a user_id, agent_id, app_id or run_id, found nothing");
}

Status add_date(const Json& body, std::string_view key, memory::Operator op,
                std::vector<memory::Filter>& parts) {
  BASE_ASSIGN(const auto text, optional_text(body, key));
  if (!text) return {};
  auto time = memory::read_time(*text);
  if (!time) return std::unexpected(wrong_member(key, "a date or RFC 3339", member(body, key)));
  const bool is_bare_end = op == memory::Operator::less_equal && text->size() == 10;
  if (is_bare_end) {  // a bare end date means all of that day
    op = memory::Operator::less;
    *time += std::chrono::days(1);
  }
  parts.push_back(memory::where(memory::Field::created_at, op, {*time}));
  return {};
}

Status add_categories(const Json& body, std::vector<memory::Filter>& parts) {
  BASE_ASSIGN(const std::vector<std::string> categories, optional_texts(body, "categories"));
  if (categories.empty()) return {};
  parts.push_back(memory::where(memory::Field::categories, memory::Operator::in,
                                std::vector<memory::Value>(categories.begin(), categories.end())));
  return {};
}

// metadata of a search: {k: v} matches those pairs; nullptr where there are none.
Result<const Json*> read_metadata_pairs(const Json& body) {
  const Json* metadata = member(body, "metadata");
  if (metadata && !metadata->is_object())
    return std::unexpected(wrong_member("metadata", "an object", metadata));
  return metadata && !metadata->empty() ? metadata : nullptr;
}

Result<std::vector<std::string>> read_fields(const Json& body) {
  BASE_ASSIGN(std::vector<std::string> fields, optional_texts(body, "fields"));
  for (const std::string& field : fields) {
    if (is_memory_field(field)) continue;
    return base::fail(ErrorCode::invalid_argument,
                      fmt::format("fields: a memory has no field \"{}\"", field));
  }
  return fields;
}

// Accepted for the clients' sake; without a reranker or a graph they change nothing, but their types are
// held.
Status check_switches(const Json& body) {
  for (const std::string_view key : {"rerank", "latest_only", "keyword_search"}) {
    BASE_TRY(optional_bool(body, key, false));
  }
  BASE_ASSIGN(const auto date, optional_text(body, "reference_date"));
  if (date && !memory::read_time(*date)) {
    return std::unexpected(
        wrong_member("reference_date", "a date or RFC 3339", member(body, "reference_date")));
  }
  return {};
}

}  // namespace

Result<Paging> read_paging(const Call& call) {
  Paging paging;
  BASE_ASSIGN(const auto page, call.query("page"));
  paging.asked_for = page.has_value();
  BASE_ASSIGN(paging.page.number, read_number(call, "page", 1, 1'000'000'000));
  BASE_ASSIGN(const std::size_t limit, read_number(call, "limit", 100, max_page_size));
  BASE_ASSIGN(paging.page.size, read_number(call, "page_size", limit, max_page_size));
  return paging;
}

Result<ListRequest> read_list(const Json& body, FilterStyle style) {
  ListRequest request;
  std::vector<memory::Filter> parts;
  BASE_ASSIGN(memory::Filter filter, read_filters(body, style));
  parts.push_back(std::move(filter));
  BASE_TRY(add_date(body, "start_date", memory::Operator::greater_equal, parts));
  BASE_TRY(add_date(body, "end_date", memory::Operator::less_equal, parts));
  BASE_TRY(add_categories(body, parts));
  request.query.filter = memory::all_of(std::move(parts));
  BASE_ASSIGN(request.query.show_expired, optional_bool(body, "show_expired", false));
  BASE_ASSIGN(request.fields, read_fields(body));
  return request;
}

Result<SearchRequest> read_search(const Json& body, FilterStyle style) {
  SearchRequest request;
  BASE_ASSIGN(const std::string text, required_text(body, "query"));
  request.query.text = std::string(base::trim(text));
  if (request.query.text.empty()) {
    return std::unexpected(wrong_member("query", "a text that is not blank", member(body, "query")));
  }
  BASE_ASSIGN(const Json* metadata, read_metadata_pairs(body));
  std::vector<memory::Filter> parts;
  BASE_ASSIGN(memory::Filter filter, read_filters(body, style, metadata));
  parts.push_back(std::move(filter));
  BASE_TRY(add_categories(body, parts));
  request.query.filter = memory::all_of(std::move(parts));
  BASE_ASSIGN(const std::size_t limit, optional_count(body, "limit", 10, max_top_k));
  BASE_ASSIGN(request.query.top_k, optional_count(body, "top_k", limit, max_top_k));
  BASE_ASSIGN(request.query.threshold, optional_share(body, "threshold", 0.1));
  BASE_ASSIGN(request.query.show_expired, optional_bool(body, "show_expired", false));
  BASE_TRY(check_switches(body));
  BASE_ASSIGN(request.fields, read_fields(body));
  return request;
}

Result<Selection> read_selection(const Json& body) {
  BASE_ASSIGN(Json filters, gather_filters(body, FilterStyle::ids_at_top));
  Selection selection;
  if (filters.is_null()) return selection;
  BASE_ASSIGN(selection.filter, memory::read_filter(filters));
  selection.text = base::dump(filters);
  return selection;
}

Result<memory::EntityIds> read_query_ids(const Call& call) {
  Json ids = Json::object();
  for (const std::string_view name : id_names) {
    BASE_ASSIGN(const auto value, call.query(name));
    if (value) ids[std::string(name)] = *value;
  }
  return read_entity_ids(ids);
}

Result<memory::Filter> read_delete_filter(const Call& call) {
  for (const auto& [name, value] : call.request().parsed.query) {
    const bool is_own = (name == "org_id" || name == "project_id") && value == call.tenant.id;
    if (is_own || name == "filters" || std::find(id_names.begin(), id_names.end(), name) != id_names.end())
      continue;
    return base::fail(
        ErrorCode::invalid_argument,
        fmt::format("{}: no parameter of a deletion, or not this key's", base::printable(name)));
  }
  std::vector<memory::Filter> parts;
  BASE_ASSIGN(const memory::EntityIds ids, read_query_ids(call));
  if (!ids.empty()) parts.push_back(memory::of_entities(ids));
  BASE_ASSIGN(const auto filters, call.query("filters"));
  if (filters) {
    BASE_ASSIGN(memory::Filter filter, memory::read_filter_text(*filters));
    parts.push_back(std::move(filter));
  }
  if (parts.empty()) {
    return base::fail(ErrorCode::invalid_argument,
                      "expected filters or an entity id, found none: nothing is deleted",
                      "user_id=* deletes what belongs to any user");
  }
  return memory::all_of(std::move(parts));
}

}  // namespace memory_api::api
