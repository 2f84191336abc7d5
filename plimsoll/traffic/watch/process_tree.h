// What a server uses: its process and all that it started, from /proc (proc(5)).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "base/error.h"

namespace plimsoll::traffic {

struct TreeUsage {
  std::uint64_t rss_bytes = 0;    // pages shared between processes count in each
  double cpu_seconds = 0;         // since the watch began, of all processes that were seen
  std::uint64_t descriptors = 0;  // open; 0 where another user's are not shown
  std::uint64_t threads = 0;
  std::size_t processes = 0;
};

// A process and its descendants. Not thread-safe. CPU time of a descendant that began and ended between two
// readings is not seen.
class ProcessTree {
 public:
  explicit ProcessTree(pid_t root);

  // not_found where the root is gone.
  base::Result<TreeUsage> read();

 private:
  pid_t root_;
  std::map<pid_t, double> cpu_seen_;  // by process, when it was last seen
  double cpu_seconds_ = 0;
  bool began_ = false;
};

// The process and its descendants, the root first.
std::vector<pid_t> process_tree(pid_t root);

// Who listens on a TCP port of this machine; of several that share the socket the one that started the
// others. Nothing where nobody does, or where it belongs to another user.
std::optional<pid_t> listening_process(int port);

}  // namespace plimsoll::traffic
