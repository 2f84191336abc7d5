// The key `format` of the probes that read results.
#pragma once

#include <string>

#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::probes {

// A format's name, or a mapping (formats/mapping.h) as a map; in the config the name, or the mapping's text.
plan::Field format_field(std::string description);

}  // namespace plimsoll::probes
