// What filters are called in the SQL of both engines.
#pragma once

#include <string_view>

#include "apps/memory_api/memory/filter.h"

namespace memory_api::storage {

std::string_view column_of(memory::Field field);

// Of an ordering; of any other operator "=".
std::string_view symbol_of(memory::Operator op);

}  // namespace memory_api::storage
