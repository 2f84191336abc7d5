// Exports, imports and summaries: sets of memories as they are when they are asked for, so that an export
// never shows what was deleted since it was made.
#include <fmt/format.h>

#include "apps/memory_api/api/endpoints.h"
#include "apps/memory_api/api/json_body.h"
#include "apps/memory_api/api/read_memory.h"
#include "apps/memory_api/api/read_query.h"
#include "apps/memory_api/api/wire.h"
#include "apps/memory_api/memory/filter_json.h"
#include "apps/memory_api/memory/uuid.h"
#include "base/json.h"
#include "base/text.h"

namespace memory_api::api {
namespace {

using base::Result;

constexpr std::string_view document_kind = "export";
constexpr std::size_t largest_export = 16u << 20;
constexpr std::size_t summary_memories = 20;
constexpr std::size_t summary_bytes_each = 500;

// The same filters of the same tenant are the same export: it is found by its filters, and made twice it is
// one.
std::string export_id(const memory::Tenant& tenant, std::string_view filters) {
  return memory::uuid_of_name(fmt::format("export/{}/{}", tenant.id, filters));
}

struct NewExport {
  std::string id;
  std::string body;
};

Result<NewExport> read_new_export(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  const Json* schema = member(body, "schema");
  const bool is_schema = schema && (schema->is_object() || (schema->is_string() && *schema != ""));
  if (!is_schema) return std::unexpected(wrong_member("schema", "a text or an object", schema));
  BASE_ASSIGN(const Selection selection, read_selection(body));
  const Json document = {{"filters", selection.text}};
  return NewExport{export_id(call.tenant, selection.text), base::dump(document)};
}

Result<memory::Filter> read_wanted_export(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  BASE_ASSIGN(std::optional<std::string> id, optional_text(body, "memory_export_id"));
  if (!id) {
    BASE_ASSIGN(const Selection selection, read_selection(body));
    id = export_id(call.tenant, selection.text);
  }
  const auto not_made = [] {
    return base::fail(base::ErrorCode::not_found, "the export does not exist",
                      "POST /v1/exports/ makes one for these filters");
  };
  if (!memory::uuid_bytes(*id)) return not_made();
  const auto document = call.service().document(call.tenant, document_kind, *id);
  if (!document && document.error().code == base::ErrorCode::not_found) return not_made();
  if (!document) return std::unexpected(document.error());
  BASE_ASSIGN(const Json stored, base::parse_json(*document, "export"));
  BASE_ASSIGN(const std::string filters, base::get_string(stored, "filters"));
  if (filters.empty()) return memory::Filter();
  return memory::read_filter_text(filters);
}

// The body is put together page by page: at no time do all memories exist as objects.
Result<std::string> exported(const Call& call) {
  memory::ListQuery query;
  BASE_ASSIGN(query.filter, read_wanted_export(call));
  query.page.size = 500;
  std::string text = "{\"memories\":[";
  for (std::size_t seen = 0;; ++query.page.number) {
    BASE_ASSIGN(const auto listed, call.service().list(call.tenant, query));
    for (const memory::Memory& memory : listed.items) {
      if (text.size() > largest_export) {
        return base::fail(base::ErrorCode::invalid_argument, "the export is larger than 16 MiB",
                          "narrow its filters, by created_at for example");
      }
      if (seen++ > 0) text += ',';
      text += base::dump(to_json(memory));
    }
    if (listed.items.size() < query.page.size) return text + "]}";
  }
}

Result<OutJson> summary(const Call& call) {
  memory::ListQuery query;
  BASE_ASSIGN(const Json body, read_object(call.request()));
  BASE_ASSIGN(Selection selection, read_selection(body));
  query.filter = std::move(selection.filter);
  query.page.size = summary_memories;
  BASE_ASSIGN(const auto listed, call.service().list(call.tenant, query));
  std::string text = fmt::format("{} {}", listed.total, listed.total == 1 ? "memory" : "memories");
  if (!listed.items.empty()) text += listed.total > listed.items.size() ? "; the newest:" : ":";
  for (const memory::Memory& memory : listed.items) {
    text += fmt::format("\n- {}", base::truncate_utf8(memory.text, summary_bytes_each));
  }
  return OutJson{{"summary", text}, {"count", listed.total}};
}

Result<std::vector<memory::NewMemory>> read_import_request(const Call& call) {
  BASE_ASSIGN(const Json body, read_object(call.request()));
  return read_import(body);
}

}  // namespace

void create_export(Call call) {
  auto made = read_new_export(call);
  if (!made) return call.fail(made.error());
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  const std::string id = made->id;
  service.put_document(tenant, std::string(document_kind), id, std::move(made->body),
                       [call = std::move(call), id](const base::Status& stored) mutable {
                         if (!stored) return call.fail(stored.error());
                         call.answer(OutJson{{"message", "The export is ready."}, {"id", id}}, 201);
                       });
}

void get_export(Call call) {
  auto text = exported(call);
  if (!text) return call.fail(text.error());
  call.answer(net::Response{200, {{"Content-Type", "application/json"}}, *std::move(text)});
}

void import_memories(Call call) {
  auto memories = read_import_request(call);
  if (!memories) return call.fail(memories.error());
  call.drop_body();
  memory::MemoryService& service = call.service();
  const memory::Tenant tenant = call.tenant;
  service.add(tenant, *std::move(memories),
              [call = std::move(call)](base::Result<memory::Added> added) mutable {
                call.answer_with(std::move(added), [](const memory::Added& value) {
                  return OutJson{{"event_id", value.event_id},
                                 {"status", "SUCCEEDED"},
                                 {"results", added_results(value.memories)}};
                });
              });
}

void summarize(Call call) {
  call.answer_with(summary(call), [](const OutJson& json) { return json; });
}

}  // namespace memory_api::api
