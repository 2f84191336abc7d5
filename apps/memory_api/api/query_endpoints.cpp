#include <fmt/format.h>

#include "apps/memory_api/api/endpoints.h"
#include "apps/memory_api/api/envelope.h"
#include "apps/memory_api/api/fault.h"
#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/read_memory.h"
#include "apps/memory_api/api/read_query.h"
#include "apps/memory_api/api/wire.h"
#include "base/json.h"

namespace memory_api::api {
namespace {

using base::Result;

Result<ListRequest> read_list_request(const Call& call, FilterStyle style) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_list(body, style);
}

Result<ListRequest> read_v1_list_request(const Call& call) {
  BASE_ASSIGN(const memory::EntityIds ids, read_query_ids(call));
  if (ids.empty()) {
    return base::fail(base::ErrorCode::invalid_argument,
                      "expected one of user_id, agent_id, app_id and run_id, found none");
  }
  ListRequest request;
  request.query.filter = memory::of_entities(ids);
  return request;
}

Result<SearchRequest> read_search_request(const Call& call, FilterStyle style) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_search(body, style);
}

enum class Shape { envelope, envelope_if_paged, results };

void answer_list(Call call, Result<ListRequest> request, Shape shape) {
  if (!request) return call.fail(request.error());
  const auto paging = read_paging(call);
  if (!paging) return call.fail(paging.error());
  request->query.page = paging->page;
  const auto listed = call.service().list(call.tenant, request->query);
  if (!listed) return call.fail(listed.error());
  OutJson results = OutJson::array();
  for (const memory::Memory& memory : listed->items) {
    results.push_back(pick_fields(to_json(memory), request->fields));
  }
  if (shape == Shape::envelope || paging->asked_for) {
    return answer_page(call, paging->page, listed->total, std::move(results));
  }
  if (shape == Shape::results) return call.answer(OutJson{{"results", std::move(results)}});
  call.answer(results);
}

OutJson search_results(Call& call, memory::Found& found, const std::vector<std::string>& fields) {
  call.context().fault.disturb_ranking(found.results);
  OutJson results = OutJson::array();
  for (const memory::Scored& scored : found.results) results.push_back(pick_fields(to_json(scored), fields));
  return results;
}

enum class SearchShape { envelope, bare };

void answer_search(Call call, FilterStyle style, SearchShape shape) {
  auto request = read_search_request(call, style);
  if (!request) return call.fail(request.error());
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  auto done = [call = std::move(call), shape,
               fields = std::move(request->fields)](Result<memory::Found> found) mutable {
    if (!found) return call.fail(found.error());
    OutJson results = search_results(call, *found, fields);
    if (shape == SearchShape::bare) return call.answer(results);
    OutJson body = {{"results", std::move(results)}};
    if (found->without_vectors) body["degraded"] = {"vectors"};
    call.answer(body);
  };
  service.find(tenant, std::move(request->query), std::move(done));
}

Result<std::vector<memory::BatchChange>> read_batch_update_request(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_batch_update(body);
}

Result<std::vector<std::string>> read_batch_delete_request(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_batch_delete(body);
}

// Says that a write is done; `pattern` may have a place for how many memories it touched.
memory::Done<std::size_t> answer_count(Call call, std::string_view pattern) {
  return [call = std::move(call), pattern](Result<std::size_t> count) mutable {
    if (!count) return call.fail(count.error());
    call.answer_message(fmt::format(fmt::runtime(pattern), *count));
  };
}

}  // namespace

void list_memories_v3(Call call) {
  auto request = read_list_request(call, FilterStyle::only_filters);
  answer_list(std::move(call), std::move(request), Shape::envelope);
}

void list_memories_v2(Call call) {
  auto request = read_list_request(call, FilterStyle::ids_at_top);
  answer_list(std::move(call), std::move(request), Shape::envelope_if_paged);
}

void list_memories_v1(Call call) {
  auto request = read_v1_list_request(call);
  answer_list(std::move(call), std::move(request), Shape::envelope_if_paged);
}

void list_memories_plain(Call call) {
  auto request = read_v1_list_request(call);
  answer_list(std::move(call), std::move(request), Shape::results);
}

void search_memories_v3(Call call) {
  answer_search(std::move(call), FilterStyle::only_filters, SearchShape::envelope);
}

void search_memories_plain(Call call) {
  answer_search(std::move(call), FilterStyle::ids_at_top, SearchShape::envelope);
}

void search_memories_bare(Call call) {
  answer_search(std::move(call), FilterStyle::ids_at_top, SearchShape::bare);
}

void delete_memories(Call call) {
  auto filter = read_delete_filter(call);
  if (!filter) return call.fail(filter.error());
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  service.remove_all(tenant, *std::move(filter),
                     answer_count(std::move(call), "Memories deleted successfully!"));
}

// Every memory names one of the four.
void reset_memories(Call call) {
  std::vector<memory::Filter> any;
  for (const auto field :
       {memory::Field::user_id, memory::Field::agent_id, memory::Field::app_id, memory::Field::run_id}) {
    any.push_back(memory::where(field, memory::Operator::present, {}));
  }
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  service.remove_all(tenant, memory::any_of(std::move(any)),
                     answer_count(std::move(call), "All memories reset: {} deleted"));
}

void update_batch(Call call) {
  auto changes = read_batch_update_request(call);
  if (!changes) return call.fail(changes.error());
  call.drop_body();
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  service.update_batch(tenant, *std::move(changes),
                       answer_count(std::move(call), "Successfully updated {} memories"));
}

void delete_batch(Call call) {
  auto ids = read_batch_delete_request(call);
  if (!ids) return call.fail(ids.error());
  call.drop_body();
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  service.remove_batch(tenant, *std::move(ids),
                       answer_count(std::move(call), "Successfully deleted {} memories"));
}

}  // namespace memory_api::api
