// This machine as a measurement sees it: what makes runs comparable, and what is recorded beside.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "plimsoll/model/run.h"

namespace plimsoll::evidence {

// Where the system describes itself; a test puts folders of its own here.
struct MachineFiles {
  std::filesystem::path proc = "/proc";
  std::filesystem::path sys = "/sys";
  std::filesystem::path etc = "/etc";
};

// Never fails: what cannot be read stays empty or 0. Cores are those this process may use
// (sched_getaffinity(2)); the quota is the tightest of its control groups, v2 (cpu.max) and v1
// (cpu.cfs_quota_us) alike, from its own up to the root; steal_share is since boot; runner_label is
// $PLIMSOLL_RUNNER.
model::Environment read_environment(const MachineFiles& files = {});

// The first line of /proc/stat (proc(5)): what a hypervisor took from this machine's processors, of all their
// time.
struct CpuTimes {
  std::uint64_t steal = 0;
  std::uint64_t total = 0;
};
CpuTimes read_cpu_times(const MachineFiles& files = {});

// The share of steal between two readings; 0 where no time has passed.
double steal_share(const CpuTimes& before, const CpuTimes& after);

}  // namespace plimsoll::evidence
