// `--header "Name: value"`, as every command that makes requests takes it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::cli {

// invalid_argument, with the option and the header masked, where one is not a field name, a colon and a
// value.
base::Result<std::map<std::string, std::string>> parse_headers(std::span<const std::string> headers,
                                                               std::string_view option = "--header");

}  // namespace plimsoll::cli
