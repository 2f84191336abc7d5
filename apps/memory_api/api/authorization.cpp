#include "apps/memory_api/api/authorization.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace memory_api::api {
namespace {

constexpr std::string_view scheme = "Token ";
constexpr std::size_t longest_key = 256;

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= longest_key &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

// The clients of mem0's self-hosted server send the bare key as X-API-Key.
std::optional<std::string_view> key_in(const net::Request& request) {
  std::string_view key;
  if (const std::string* bare = net::find_header(request.headers, "x-api-key")) {
    key = *bare;
  } else {
    const std::string_view value = *net::find_header(request.headers, "authorization");
    if (!net::equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return std::nullopt;
    key = value.substr(scheme.size());
  }
  if (!is_key(key)) return std::nullopt;
  return key;
}

}  // namespace

base::Result<memory::Tenant> authorize(memory::MemoryService& service, const net::Request& request) {
  constexpr auto refused = base::ErrorCode::permission;
  const int given =
      net::count_headers(request.headers, "authorization") + net::count_headers(request.headers, "x-api-key");
  if (given > 1) return base::fail(refused, "more than one Authorization or X-API-Key header");
  if (given == 0) return base::fail(refused, "no key: send \"Authorization: Token KEY\"");
  const auto key = key_in(request);
  if (!key) {
    return base::fail(
        refused, "malformed: expected \"Authorization: Token KEY\", the key of 1 to 256 visible characters");
  }
  auto tenant = service.authenticate(*key);
  if (!tenant && tenant.error().code == refused) return base::fail(refused, "unknown key");
  return tenant;
}

}  // namespace memory_api::api
