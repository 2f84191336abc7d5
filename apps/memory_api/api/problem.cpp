#include "apps/memory_api/api/problem.h"

#include "base/json.h"
#include "base/text.h"

namespace memory_api::api {
namespace {

constexpr std::size_t longest_detail = 1000;

std::string detail_of(const base::Error& error, int status) {
  switch (status) {
    case 500:
      return "the server failed; its log has the reason under this trace_id";
    case 507:
      return "the disk is full: nothing was stored";
    default:
      return error.hint.empty() ? error.message : error.message + " (" + error.hint + ")";
  }
}

}  // namespace

net::Response problem(int status, std::string_view detail, const telemetry::TraceContext& trace) {
  const base::OrderedJson body = {{"type", "about:blank"},
                                  {"title", net::reason_phrase(status)},
                                  {"status", status},
                                  {"detail", base::truncate_utf8(detail, longest_detail)},
                                  {"trace_id", trace.trace_id()}};
  return {status, {{"Content-Type", "application/problem+json"}}, base::dump(body)};
}

int status_of(base::ErrorCode code) {
  switch (code) {
    case base::ErrorCode::invalid_argument:
    case base::ErrorCode::unsupported:
      return 400;
    case base::ErrorCode::not_found:
      return 404;
    case base::ErrorCode::conflict:
      return 409;
    case base::ErrorCode::too_large:
      return 413;
    case base::ErrorCode::unavailable:
      return 503;
    case base::ErrorCode::timeout:
      return 504;
    case base::ErrorCode::no_space:
      return 507;
    default:
      return 500;
  }
}

net::Response problem(const base::Error& error, const telemetry::TraceContext& trace) {
  const int status = status_of(error.code);
  net::Response response = problem(status, detail_of(error, status), trace);
  if (status == 503) response.headers.push_back({"Retry-After", "1"});
  return response;
}

}  // namespace memory_api::api
