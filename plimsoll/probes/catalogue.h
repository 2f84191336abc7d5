// Every kind of probe there is: one entry each.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "plimsoll/plan/probe_kind.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes {

// In the order in which `init` writes them and `help` lists them. Lives as long as the program.
std::span<const plan::ProbeKind> catalogue();

// A new probe of the kind, or nullptr where there is none of that name.
std::unique_ptr<Probe> make_probe(std::string_view kind);

}  // namespace plimsoll::probes
