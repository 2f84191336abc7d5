// Load runs as tests write them, and what must hold of every result.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "plimsoll/traffic/engine/engine.h"
#include "tests/integration/load/scripted_server.h"

namespace plimsoll::traffic {

LoadPlan plan_for(const std::string& url, const LoadShape& shape);
LoadShape closed(int users, std::uint64_t requests);
LoadShape open(double rate, base::Nanoseconds duration);

// Throws where the run is refused.
LoadResult run(const LoadPlan& plan, const LoadEvents& events = {});
LoadResult run(const ScriptedServer& server, const LoadShape& shape);

std::uint64_t count(const LoadResult& result, ErrorKind kind);
std::uint64_t answered(const LoadResult& result);

// Each request is due once and ends once.
void expect_sound(const LoadResult& result);

}  // namespace plimsoll::traffic
