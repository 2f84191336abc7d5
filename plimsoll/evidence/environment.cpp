#include "plimsoll/evidence/environment.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <vector>

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

namespace plimsoll::evidence {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
  const auto text = base::read_file(path, 4u << 20);
  return text ? *text : std::string();
}

// The value of the first `key<separator>value` line.
std::string field(const std::string& text, std::string_view key, char separator) {
  for (const auto& line : base::split(text, '\n')) {
    const auto split = line.find(separator);
    if (split == std::string::npos || base::trim(line.substr(0, split)) != key) continue;
    return std::string(base::trim(std::string_view(line).substr(split + 1)));
  }
  return {};
}

// ARM kernels give no model name, only the numbers of maker and part.
std::string cpu_model(const std::string& cpuinfo) {
  for (const auto* key : {"model name", "Model", "Hardware", "cpu model"}) {
    if (auto name = field(cpuinfo, key, ':'); !name.empty()) return name;
  }
  const auto maker = field(cpuinfo, "CPU implementer", ':');
  return maker.empty() ? "" : maker + " " + field(cpuinfo, "CPU part", ':');
}

// Machines with more than CPU_SETSIZE processors need a larger set than cpu_set_t.
int usable_cores() {
  constexpr std::size_t most = 1 << 16;
  for (std::size_t count = CPU_SETSIZE; count <= most; count *= 2) {
    const auto size = CPU_ALLOC_SIZE(count);
    cpu_set_t* set = CPU_ALLOC(count);
    const bool read = ::sched_getaffinity(0, size, set) == 0;
    const int cores = read ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (read) return cores;
  }
  return static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
}

std::optional<double> quota_of(std::string_view quota, std::string_view period) {
  const auto allowed = base::parse_double(base::trim(quota));
  const auto per = base::parse_double(base::trim(period));
  // "max" in v2 and -1 in v1 mean none.
  if (!allowed || !per || *allowed <= 0 || *per <= 0) return std::nullopt;
  return *allowed / *per;
}

std::optional<double> quota_v2(const fs::path& group) {
  const auto parts = base::split(base::trim(read_text(group / "cpu.max")), ' ');
  return parts.size() == 2 ? quota_of(parts[0], parts[1]) : std::nullopt;
}

std::optional<double> quota_v1(const fs::path& group) {
  return quota_of(read_text(group / "cpu.cfs_quota_us"), read_text(group / "cpu.cfs_period_us"));
}

// A group is bound by its parents too. In a container the path names a group outside of what is mounted; then
// the mount's root is our own.
template <class Quota>
void tighten(std::optional<double>& tightest, const fs::path& mount, std::string path,
             const Quota& quota_in) {
  while (true) {
    if (const auto quota = quota_in(mount / fs::path(path).relative_path())) {
      tightest = std::min(tightest.value_or(*quota), *quota);
    }
    if (path.empty() || path == "/") return;
    path = fs::path(path).parent_path().string();
  }
}

// Lines `id:controllers:path`, cgroups(7); the one of v2 is `0::path`.
double cgroup_quota(const MachineFiles& files) {
  std::optional<double> tightest;
  const auto mounts = files.sys / "fs/cgroup";
  for (const auto& line : base::split(read_text(files.proc / "self/cgroup"), '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const auto path = line.substr(second + 1);
    if (controllers.empty()) {
      tighten(tightest, mounts, path, quota_v2);
      tighten(tightest, mounts / "unified", path, quota_v2);
      continue;
    }
    const auto names = base::split(controllers, ',');
    if (std::ranges::find(names, "cpu") == names.end()) continue;
    for (const auto& mount : {controllers, std::string("cpu"), std::string("cpu,cpuacct")}) {
      tighten(tightest, mounts / mount, path, quota_v1);
    }
  }
  return tightest.value_or(0);
}

// Hosted runners name their image; else the distribution's name will do.
std::string image_name(const MachineFiles& files) {
  if (const char* image = std::getenv("ImageOS")) {
    const char* version = std::getenv("ImageVersion");
    return version != nullptr ? std::string(image) + " " + version : image;
  }
  const auto name = field(read_text(files.etc / "os-release"), "PRETTY_NAME", '=');
  return base::replace_all(name, "\"", "");
}

std::uint64_t memory_bytes(const MachineFiles& files) {
  const auto kibibytes = base::split(field(read_text(files.proc / "meminfo"), "MemTotal", ':'), ' ');
  const auto number = base::parse_integer(kibibytes.front()).value_or(0);
  return static_cast<std::uint64_t>(std::max(number, 0LL)) * 1024;
}

}  // namespace

model::Environment read_environment(const MachineFiles& files) {
  model::Environment environment;
  struct utsname system{};
  if (::uname(&system) == 0) {
    environment.architecture = system.machine;
    environment.kernel = std::string(system.sysname) + " " + system.release;
  }
  environment.cpu_model = cpu_model(read_text(files.proc / "cpuinfo"));
  environment.usable_cores = usable_cores();
  environment.cgroup_quota_cores = cgroup_quota(files);
  if (const char* label = std::getenv("PLIMSOLL_RUNNER")) environment.runner_label = label;
  environment.compiler = __VERSION__;
  environment.governor =
      base::trim(read_text(files.sys / "devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  environment.steal_share = steal_share({}, read_cpu_times(files));
  environment.memory_bytes = memory_bytes(files);
  environment.image = image_name(files);
  return environment;
}

CpuTimes read_cpu_times(const MachineFiles& files) {
  // user nice system idle iowait irq softirq steal; guest time is part of user already.
  constexpr std::size_t steal_index = 7;
  const auto text = read_text(files.proc / "stat");
  const auto line = std::string_view(text).substr(0, text.find('\n'));
  if (!line.starts_with("cpu ")) return {};
  CpuTimes times;
  std::size_t index = 0;
  for (const auto& word : base::split(base::trim(line.substr(4)), ' ')) {
    const auto ticks = static_cast<std::uint64_t>(std::max(base::parse_integer(word).value_or(0), 0LL));
    if (index > steal_index) break;
    if (index == steal_index) times.steal = ticks;
    times.total += ticks;
    ++index;
  }
  return times;
}

double steal_share(const CpuTimes& before, const CpuTimes& after) {
  if (after.total <= before.total || after.steal < before.steal) return 0;
  return static_cast<double>(after.steal - before.steal) / static_cast<double>(after.total - before.total);
}

}  // namespace plimsoll::evidence
