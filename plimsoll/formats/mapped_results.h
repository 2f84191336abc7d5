// Reading any CSV or JSON by a user's mapping.
#pragma once

#include "base/error.h"
#include "plimsoll/formats/content.h"
#include "plimsoll/formats/imported_file.h"
#include "plimsoll/formats/mapping.h"

namespace plimsoll::formats {

// Numbers at the value's place are samples, row by row; null, an empty cell, NaN and N/A are none. corrupt
// with the place for a text where a number was expected, a row that is cut, a column or pointer that no row
// has.
base::Result<ImportedFile> read_mapped(const Content& content, const Mapping& mapping);

}  // namespace plimsoll::formats
