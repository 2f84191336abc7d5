#include "apps/memory_api/api/authorization.h"

#include <algorithm>

namespace memory_api::api {
namespace {

constexpr std::string_view scheme = "Token ";
constexpr std::size_t longest_key = 256;

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= longest_key &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

}  // namespace

base::Result<memory::Tenant> authorize(memory::MemoryService& service, const net::Request& request) {
  constexpr auto refused = base::ErrorCode::permission;
  const std::string* header = net::find_header(request.headers, "authorization");
  if (!header) return base::fail(refused, "no key: send \"Authorization: Token KEY\"");
  if (net::count_headers(request.headers, "authorization") > 1) {
    return base::fail(refused, "more than one Authorization header");
  }
  const std::string_view value = *header;
  const bool has_scheme =
      value.size() > scheme.size() && net::equal_ignoring_case(value.substr(0, scheme.size()), scheme);
  if (!has_scheme || !is_key(value.substr(scheme.size()))) {
    return base::fail(
        refused, "malformed: expected \"Authorization: Token KEY\", the key of 1 to 256 visible characters");
  }
  auto tenant = service.authenticate(value.substr(scheme.size()));
  if (!tenant && tenant.error().code == refused) return base::fail(refused, "unknown key");
  return tenant;
}

}  // namespace memory_api::api
