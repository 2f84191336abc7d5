// One line for each format's .cpp file; see format.h for what the two functions promise.
#pragma once

#include "plimsoll/formats/format.h"

namespace plimsoll::formats {

Format google_benchmark();
Format pytest_benchmark();
Format hyperfine();
Format junit();

}  // namespace plimsoll::formats
