// `--format`, as the commands that read results take it.
#pragma once

#include <string>

#include "base/error.h"

namespace plimsoll::cli {

// A format's name or a mapping's text as it stands; of `@FILE` the mapping in that file, checked.
base::Result<std::string> read_format_option(const std::string& given);

}  // namespace plimsoll::cli
