// From a host's name to the address that load goes to.
#pragma once

#include <string>

#include "base/error.h"
#include "net/url.h"
#include "plimsoll/traffic/engine/connection.h"

namespace plimsoll::traffic {

// Of several addresses the first that accepts a connection, else the first. not_found where the name is
// unknown; permission where a name of this machine resolves to another one.
base::Result<Endpoint> resolve(const net::Url& url);

}  // namespace plimsoll::traffic
