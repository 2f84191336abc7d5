// The tables, and how an older file becomes a present one.
#pragma once

#include "apps/memory_api/storage/sqlite_connection.h"
#include "base/error.h"

namespace memory_api::storage {

// Brings a file, new or old, to this program's version, in one transaction. unsupported where the file is
// newer; corrupt where it is another program's database.
base::Status migrate(Connection& connection);

}  // namespace memory_api::storage
