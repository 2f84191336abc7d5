// The tables in the schema `memory_api` of a database, and how an older one becomes a present one.
#pragma once

#include "apps/memory_api/storage/postgres_connection.h"
#include "base/error.h"

namespace memory_api::storage {

// Brings the schema, absent or old, to this program's version; several processes may do so at once.
// unsupported: it is newer, or the database's encoding is not UTF8; permission where the role may not.
base::Status migrate(PgConnection& connection);

}  // namespace memory_api::storage
