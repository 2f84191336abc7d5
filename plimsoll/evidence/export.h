// The store as JSON lines: for copies, for other tools, for CI jobs without a disk of their own.
//
//   {"plimsoll":"store","version":1}                     first line
//   {"run":{…},"pruned":false}                           begins a run (model::to_json)
//   {"series":{"id":0,"probe":…,"name":…,…}}             its series; ids as the observations name them
//   {"observe":{"series":0,…}}                           its slices, or with "pruned" its merged values
//   {"finding":{…}}  {"snapshot":"…"}                    the snapshot's text, byte for byte
//   {"end":"RUN ID"}                                     the run is whole
//   {"acceptance":{…}}                                   after the runs
// Runs come oldest first. Whatever is finite or not, every value reads back exactly.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"

namespace plimsoll::evidence {

inline constexpr int kExportVersion = 1;

// All runs that are not being written now, or those named (prefixes do); acceptances of their projects. io
// where the stream fails.
base::Status export_store(Database& database, std::ostream& out, std::span<const std::string> runs);

}  // namespace plimsoll::evidence
