#include "plimsoll/evidence/environment.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <sched.h>
#include <sys/utsname.h>

#include "base/random.h"
#include "base/text.h"

namespace plimsoll::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTextLimit = 200;

std::string read_small(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(64 << 10, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

std::string first_word(const fs::path& file) {
  std::istringstream stream(read_small(file));
  std::string word;
  stream >> word;
  return word;
}

// The value behind the first line "key : value".
std::string field(const std::string& text, std::string_view key) {
  for (const std::string& line : base::split(text, '\n')) {
    if (!line.starts_with(key)) continue;
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) return std::string(base::trim(std::string_view(line).substr(colon + 1)));
  }
  return "";
}

std::string cpu_model(const fs::path& root) {
  const std::string text = read_small(root / "proc/cpuinfo");
  for (const char* key : {"model name", "Model", "CPU part"}) {
    if (std::string value = field(text, key); !value.empty()) return base::truncate_utf8(value, kTextLimit);
  }
  return "";
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

double ratio(const std::string& quota, const std::string& period) {
  const auto q = base::parse_double(quota);
  const auto p = base::parse_double(period);
  return q && p && *q > 0 && *p > 0 ? *q / *p : 0;
}

// The path of this process below a controller's mount, from /proc/self/cgroup: "4:memory:/a/b" or "0::/a/b".
std::string cgroup_path(const std::string& text, std::string_view controller) {
  for (const std::string& line : base::split(text, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
    if (names == "," + std::string(controller) + "," ||
        names.find("," + std::string(controller) + ",") != std::string::npos) {
      return line.substr(second + 1);
    }
  }
  return "";
}

fs::path below(const fs::path& root, const std::string& path) {
  return root / fs::path(path).relative_path();
}

// The tightest CPU quota of this process' cgroup and those above it, in cores; 0: none. v2 first, then v1.
double cgroup_quota(const fs::path& root) {
  const std::string cgroups = read_small(root / "proc/self/cgroup");
  double tightest = 0;
  const auto keep = [&](double cores) {
    if (cores > 0 && (tightest == 0 || cores < tightest)) tightest = cores;
  };
  for (fs::path path = fs::path(cgroup_path(cgroups, "")).relative_path();; path = path.parent_path()) {
    std::istringstream stream(read_small(below(root / "sys/fs/cgroup", path.string()) / "cpu.max"));
    std::string quota, period;
    stream >> quota >> period;
    keep(ratio(quota, period));
    if (path.empty()) break;
  }
  for (fs::path path = fs::path(cgroup_path(cgroups, "cpu")).relative_path();; path = path.parent_path()) {
    const fs::path folder = below(root / "sys/fs/cgroup/cpu", path.string());
    keep(ratio(first_word(folder / "cpu.cfs_quota_us"), first_word(folder / "cpu.cfs_period_us")));
    if (path.empty()) break;
  }
  return tightest;
}

// Time that the hypervisor kept from us, of all time since boot.
double steal_share(const fs::path& root) {
  std::istringstream stream(read_small(root / "proc/stat"));
  std::string name;
  stream >> name;
  double total = 0, steal = 0, value = 0;
  for (int i = 0; i < 8 && stream >> value; ++i) {
    total += value;
    if (i == 7) steal = value;
  }
  return total > 0 ? steal / total : 0;
}

std::uint64_t memory_bytes(const fs::path& root) {
  std::istringstream stream(field(read_small(root / "proc/meminfo"), "MemTotal"));
  std::uint64_t kib = 0;
  stream >> kib;
  return kib * 1024;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : base::truncate_utf8(base::printable(value), kTextLimit);
}

}  // namespace

model::Environment this_environment() {
  return environment_under("/");
}

model::Environment environment_under(const fs::path& root) {
  utsname names{};
  ::uname(&names);
  model::Environment environment;
  environment.architecture = names.machine;
  environment.cpu_model = cpu_model(root);
  environment.usable_cores = usable_cores();
  environment.cgroup_quota_cores = cgroup_quota(root);
  environment.runner_label = variable("PLIMSOLL_RUNNER");
  environment.kernel = std::string(names.sysname) + " " + names.release;
  environment.compiler = "clang " __clang_version__;
  environment.governor = first_word(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  environment.steal_share = steal_share(root);
  environment.memory_bytes = memory_bytes(root);
  environment.image = variable("PLIMSOLL_IMAGE");
  return environment;
}

std::string new_run_id(base::UtcTime started) {
  std::string stamp;
  for (const char c : base::to_rfc3339(started)) {
    if (c != '-' && c != ':' && c != 'Z') stamp += c;
  }
  return stamp + "-" + base::random_hex(4);
}

}  // namespace plimsoll::evidence
