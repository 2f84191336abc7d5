#include "plimsoll/traffic/watch/process_tree.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <span>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

namespace plimsoll::traffic {
namespace {

constexpr std::size_t most_processes = 4'096;
constexpr std::uint64_t most_bytes = 16u << 20;

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  for (const std::string& word : base::split(text, ' ')) {
    if (!word.empty()) result.push_back(word);
  }
  return result;
}

std::vector<pid_t> numbers(std::span<const std::string> names) {
  std::vector<pid_t> result;
  for (const std::string& name : names) {
    if (const auto number = base::parse_integer(name); number && *number > 0)
      result.push_back(static_cast<pid_t>(*number));
  }
  return result;
}

std::vector<pid_t> numbers_in(const std::filesystem::path& folder) {
  const auto names = base::system_files().list(folder);
  return names ? numbers(*names) : std::vector<pid_t>();
}

// Each thread lists the processes that it started.
std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> result;
  for (const pid_t thread : numbers_in(fmt::format("/proc/{}/task", pid))) {
    const auto list =
        base::system_files().read(fmt::format("/proc/{}/task/{}/children", pid, thread), most_bytes);
    if (!list) continue;
    const auto children = numbers(words(base::trim(*list)));
    result.insert(result.end(), children.begin(), children.end());
  }
  return result;
}

std::optional<pid_t> parent_of(pid_t pid) {
  const auto status = base::system_files().read(fmt::format("/proc/{}/status", pid), most_bytes);
  if (!status) return std::nullopt;
  constexpr std::string_view field = "\nPPid:";
  const auto at = status->find(field);
  if (at == std::string::npos) return std::nullopt;
  const std::string_view rest = std::string_view(*status).substr(at + field.size());
  const auto number = base::parse_integer(base::trim(rest.substr(0, rest.find('\n'))));
  return number ? std::optional(static_cast<pid_t>(*number)) : std::nullopt;
}

// Inodes of the sockets that listen on the port: of /proc/net/tcp the fields 2 (address:port, hexadecimal),
// 4 (state, 0A is LISTEN) and 10.
void add_listeners(const std::filesystem::path& table, int port, std::set<std::string>& inodes) {
  const auto text = base::system_files().read(table, most_bytes);
  if (!text) return;
  const std::string ending = fmt::format(":{:04X}", port);
  for (const std::string& line : base::split(*text, '\n')) {
    const auto fields = words(line);
    if (fields.size() > 9 && fields[1].ends_with(ending) && fields[3] == "0A") inodes.insert(fields[9]);
  }
}

bool holds_one(pid_t pid, const std::set<std::string>& inodes) {
  const std::filesystem::path folder = fmt::format("/proc/{}/fd", pid);
  const auto names = base::system_files().list(folder);
  if (!names) return false;
  return std::ranges::any_of(*names, [&](const std::string& name) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(folder / name, gone).string();
    return target.starts_with("socket:[") && inodes.contains(target.substr(8, target.size() - 9));
  });
}

}  // namespace

ProcessTree::ProcessTree(pid_t root) : root_(root) {}

base::Result<TreeUsage> ProcessTree::read() {
  TreeUsage usage;
  std::map<pid_t, double> seen;
  for (const pid_t pid : process_tree(root_)) {
    const auto one = base::process_usage(pid);
    if (!one && pid == root_) return std::unexpected(one.error());
    if (!one) continue;
    usage.rss_bytes += one->rss_bytes;
    usage.descriptors += static_cast<std::uint64_t>(one->open_files);
    usage.threads += static_cast<std::uint64_t>(one->threads);
    ++usage.processes;
    seen[pid] = one->cpu_seconds;
    // What came later spent all of its time under the watch.
    const auto before = cpu_seen_.find(pid);
    const double since = before != cpu_seen_.end() ? before->second : began_ ? 0 : one->cpu_seconds;
    cpu_seconds_ += std::max(0.0, one->cpu_seconds - since);
  }
  cpu_seen_ = std::move(seen);
  began_ = true;
  usage.cpu_seconds = cpu_seconds_;
  return usage;
}

std::vector<pid_t> process_tree(pid_t root) {
  std::vector<pid_t> tree = {root};
  for (std::size_t at = 0; at < tree.size() && tree.size() < most_processes; ++at) {
    for (const pid_t child : children_of(tree[at])) {
      if (std::ranges::find(tree, child) == tree.end()) tree.push_back(child);
    }
  }
  return tree;
}

std::optional<pid_t> listening_process(int port) {
  std::set<std::string> inodes;
  add_listeners("/proc/net/tcp", port, inodes);
  add_listeners("/proc/net/tcp6", port, inodes);
  if (inodes.empty()) return std::nullopt;
  std::set<pid_t> holders;
  for (const pid_t pid : numbers_in("/proc")) {
    if (holds_one(pid, inodes)) holders.insert(pid);
  }
  for (const pid_t pid : holders) {
    const auto parent = parent_of(pid);
    if (!parent || !holders.contains(*parent)) return pid;
  }
  return std::nullopt;
}

}  // namespace plimsoll::traffic
