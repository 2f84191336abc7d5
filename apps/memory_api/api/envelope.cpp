#include "apps/memory_api/api/envelope.h"

#include <fmt/format.h>

#include "base/json.h"

namespace memory_api::api {
namespace {

base::OrderedJson page_url(const Call& call, std::size_t number, std::size_t size) {
  const std::string* host = net::find_header(call.request().headers, "host");
  std::string url = host && !host->empty() ? "http://" + *host : "";
  url += fmt::format("{}?page={}&page_size={}", call.request().parsed.path, number, size);
  for (const auto& [name, value] : call.request().parsed.query) {
    if (name == "page" || name == "page_size" || name == "limit") continue;
    url += "&" + net::percent_encode(name) + "=" + net::percent_encode(value);
  }
  return url;
}

}  // namespace

void answer_page(Call& call, const memory::Page& page, std::size_t total, nlohmann::ordered_json results) {
  const std::size_t last = total == 0 ? 1 : (total + page.size - 1) / page.size;
  if (page.number > last) {
    return call.fail(404, fmt::format("there is no page {}: the last one is {}", page.number, last));
  }
  base::OrderedJson body = {{"count", total}, {"next", nullptr}, {"previous", nullptr}};
  if (page.number < last) body["next"] = page_url(call, page.number + 1, page.size);
  if (page.number > 1) body["previous"] = page_url(call, page.number - 1, page.size);
  body["results"] = std::move(results);
  call.answer(body);
}

}  // namespace memory_api::api
