// Who is asking: `Authorization: Token KEY`, or `X-API-Key: KEY` as mem0's self-hosted server has it.
#pragma once

#include <string>

#include "apps/memory_api/memory/memory_service.h"
#include "net/http_server.h"

namespace memory_api::api {

// The tenant of the request's key. permission where the header is missing, given twice, malformed, or the key
// unknown: one message for each, none of which tells whether a key exists. Other codes: the storage failed.
base::Result<memory::Tenant> authorize(memory::MemoryService& service, const net::Request& request);

}  // namespace memory_api::api
