// What can be said of a URL before anything is asked for.
#pragma once

#include <string_view>

#include "base/error.h"

namespace plimsoll::plan {

// http:// or https://, a host, a port from 1 to 65535 where there is one; {port} may stand for it. No space
// inside.
base::Status check_url(std::string_view url);

}  // namespace plimsoll::plan
