#include "plimsoll/probes/eval/evaluated_service.h"

#include <cmath>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"

namespace plimsoll::probes::eval {
namespace {

constexpr int attempts = 6;
constexpr auto first_pause = std::chrono::milliseconds(50);  // doubled at each further attempt
constexpr std::size_t largest_answer = 16u << 20;
constexpr std::size_t shown_answer = 160;

std::unexpected<base::Error> unexpected_answer(const std::string& what) {
  return base::fail(base::ErrorCode::corrupt, "the service's answer is not what the suite says: " + what);
}

const base::Json* at(const base::Json& json, const std::string& pointer) {
  const base::Json::json_pointer where(pointer);
  return json.contains(where) ? &json.at(where) : nullptr;
}

// A document's id, which a service may have kept as a number.
std::optional<std::string> id_of(const base::Json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  return value->is_number_integer() ? std::optional(base::dump(*value)) : std::nullopt;
}

base::Result<Hit> read_hit(const base::Json& result, const Api& api, std::size_t rank) {
  const auto id = id_of(at(result, api.document_id));
  if (!id) return unexpected_answer(fmt::format("result {} has no document id at {}", rank, api.document_id));
  Hit hit{*id, std::nullopt};
  if (api.score.empty()) return hit;
  const base::Json* score = at(result, api.score);
  if (score == nullptr || !score->is_number()) {
    return unexpected_answer(fmt::format("result {} has no number at {}", rank, api.score));
  }
  hit.score = score->get<double>();
  return hit;
}

bool is_worth_another_try(const base::Error& error) {
  return error.code == base::ErrorCode::unavailable;
}

net::Headers list_of(const std::map<std::string, std::string>& headers) {
  net::Headers list;
  list.reserve(headers.size());
  for (const auto& [name, value] : headers) list.push_back({name, value});
  return list;
}

void add_common_holes(Holes& holes, const std::string& metadata, const Suite& suite,
                      const std::string& digest) {
  holes["tenant"] = metadata_field(metadata, suite.tenant_field).value_or("");
  holes["user"] = metadata_field(metadata, suite.user_field).value_or("plimsoll-eval");
  holes["top_k"] = std::to_string(suite.top_k);
  holes["set"] = digest;
}

}  // namespace

Holes holes_of(const Document& document, const Suite& suite, const std::string& set_digest) {
  Holes holes = {{"id", document.id}, {"text", document.text}, {"title", document.title}};
  holes["content"] = document.title.empty() ? document.text : document.title + "\n" + document.text;
  add_common_holes(holes, document.metadata, suite, set_digest);
  return holes;
}

Holes holes_of(const Query& query, const Suite& suite, const std::string& set_digest) {
  Holes holes = {{"id", query.id}, {"text", query.text}, {"content", query.text}};
  add_common_holes(holes, query.metadata, suite, set_digest);
  return holes;
}

Holes holes_of_tenant(const std::string& tenant, const std::string& set_digest) {
  return {{"tenant", tenant}, {"set", set_digest}};
}

EvaluatedService::EvaluatedService(const Suite& suite, const net::Url& url,
                                   const std::map<std::string, std::string>& headers)
    : suite_(suite),
      headers_(list_of(headers)),
      client_(url, {.timeout = suite.timeout, .max_body_bytes = largest_answer}) {}

base::Status EvaluatedService::add(const Holes& document) {
  BASE_TRY(send_patiently(suite_.api.add, document));
  return {};
}

base::Result<std::uint64_t> EvaluatedService::count(const Call& call, const Holes& tenant) {
  BASE_ASSIGN(const std::string answer, send_patiently(call, tenant));
  BASE_ASSIGN(const base::Json json, base::parse_json(answer, "the answer", {.bytes = largest_answer}));
  const base::Json* value = at(json, suite_.api.count_value);
  if (value == nullptr || !value->is_number_unsigned()) {
    return unexpected_answer("no whole number at \"" + suite_.api.count_value + "\"");
  }
  return value->get<std::uint64_t>();
}

base::Result<Found> EvaluatedService::search(const Holes& query) {
  const auto began = base::system_clock().steady();
  BASE_ASSIGN(const std::string answer, send(suite_.api.search, query));
  const std::chrono::duration<double> took = base::system_clock().steady() - began;
  BASE_ASSIGN(std::vector<Hit> hits, read_hits(answer, suite_.api, suite_.top_k));
  return Found{std::move(hits), took.count()};
}

base::Result<std::string> EvaluatedService::send(const Call& call, const Holes& holes) {
  net::ClientRequest request;
  request.method = call.method;
  request.target = fill_path(call.path, holes);
  request.headers = headers_;
  request.body = call.body.fill(holes);
  if (!call.body.empty()) net::set_header(request.headers, "Content-Type", "application/json");
  for (const auto& [name, value] : suite_.api.headers)
    net::set_header(request.headers, name, fill(value, holes));
  BASE_ASSIGN(net::ClientResponse response, client_.send(request));
  if (response.ok()) return std::move(response.body);
  const bool may_pass = response.status == 429 || response.status >= 500;
  return base::fail(may_pass ? base::ErrorCode::unavailable : base::ErrorCode::corrupt,
                    fmt::format("{} {} was answered {}: {}", call.method, call.path, response.status,
                                base::printable(base::truncate_utf8(response.body, shown_answer))));
}

base::Result<std::string> EvaluatedService::send_patiently(const Call& call, const Holes& holes) {
  auto pause = std::chrono::milliseconds(first_pause);
  for (int attempt = 1;; ++attempt, pause *= 2) {
    auto answer = send(call, holes);
    const bool again = !answer && is_worth_another_try(answer.error()) && attempt < attempts;
    if (!again || base::interrupts::raised() != 0) return answer;
    std::this_thread::sleep_for(pause);
  }
}

base::Result<std::vector<Hit>> read_hits(std::string_view answer, const Api& api, std::size_t top_k) {
  BASE_ASSIGN(const base::Json json, base::parse_json(answer, "the answer", {.bytes = largest_answer}));
  const base::Json* results = at(json, api.results);
  if (results == nullptr || !results->is_array()) {
    return unexpected_answer("no list of results at \"" + api.results + "\"");
  }
  std::vector<Hit> hits;
  for (const base::Json& result : *results) {
    if (hits.size() == top_k) break;
    BASE_ASSIGN(Hit hit, read_hit(result, api, hits.size() + 1));
    hits.push_back(std::move(hit));
  }
  return hits;
}

}  // namespace plimsoll::probes::eval
