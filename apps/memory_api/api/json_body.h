// Reading members of a request's JSON body, with errors that name the field: "top_k: expected a whole number
// from 1 to 1000, found "many"". A member that is null counts as absent, unless said otherwise. All errors
// are invalid_argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "net/http_server.h"

namespace memory_api::api {

using Json = nlohmann::json;

// The body as a JSON object. `too_large` and `unsupported` never occur here; a content type that is given and
// is not JSON's is the caller's to refuse (has_foreign_content_type).
base::Result<Json> read_object(const net::Request& request);
bool has_foreign_content_type(const net::Request& request);

// nullptr where the member is absent or null.
const Json* member(const Json& object, std::string_view key);

base::Result<std::optional<std::string>> optional_text(const Json& object, std::string_view key);
base::Result<std::string> required_text(const Json& object, std::string_view key);
base::Result<bool> optional_bool(const Json& object, std::string_view key, bool otherwise);
base::Result<std::size_t> optional_count(const Json& object, std::string_view key, std::size_t otherwise,
                                         std::size_t most);
base::Result<double> optional_share(const Json& object, std::string_view key, double otherwise);
base::Result<std::vector<std::string>> optional_texts(const Json& object, std::string_view key);

// "expected …, found …" for the member.
base::Error wrong_member(std::string_view key, std::string_view expected, const Json* found);

}  // namespace memory_api::api
