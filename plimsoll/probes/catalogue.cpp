#include "plimsoll/probes/catalogue.h"

#include <vector>

#include "plimsoll/probes/bench/bench_probe.h"
#include "plimsoll/probes/eval/eval_probe.h"
#include "plimsoll/probes/exec/exec_probe.h"
#include "plimsoll/probes/import/import_probe.h"
#include "plimsoll/probes/load/load_probe.h"

namespace plimsoll::probes {
namespace {

struct Entry {
  plan::ProbeKind (*kind)();
  std::unique_ptr<Probe> (*make)();
};

// One entry a kind: the whole of what the rest of the program knows of it.
constexpr Entry entries[] = {
    {load::kind, load::make},
    {bench::kind, bench::make},
    {eval::kind, eval::make},
    {exec::kind, exec::make},
    {import_file::kind, import_file::make},
};

}  // namespace

std::span<const plan::ProbeKind> catalogue() {
  static const std::vector<plan::ProbeKind> kinds = [] {
    std::vector<plan::ProbeKind> result;
    for (const Entry& entry : entries) result.push_back(entry.kind());
    return result;
  }();
  return kinds;
}

std::unique_ptr<Probe> make_probe(std::string_view kind) {
  for (const Entry& entry : entries) {
    if (entry.kind().name == kind) return entry.make();
  }
  return nullptr;
}

}  // namespace plimsoll::probes
