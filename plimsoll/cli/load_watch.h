// The server that a load is put on, watched from the command line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/cli/load_arguments.h"
#include "plimsoll/traffic/bounded_keeper.h"
#include "plimsoll/traffic/load_plan.h"
#include "plimsoll/traffic/watch/server_watch.h"

namespace plimsoll::cli {

// Which process (--watch-pid, else whoever listens on the target's port of this machine, if that may be
// read) and which metrics (--metrics, --metric). not_found for a --watch-pid that does not run.
base::Result<traffic::WatchOptions> watch_options(const LoadArguments& arguments,
                                                  const traffic::LoadPlan& plan);

// Keeps what the watch saw in bounded memory. Not thread-safe.
class WatchedServer {
 public:
  explicit WatchedServer(const traffic::WatchOptions& options);

  // What is new since the last call.
  std::vector<traffic::ServerSample> take();
  void stop();

  const std::vector<traffic::ServerSample>& samples() const { return samples_.items(); }
  traffic::WatchReport report() const;

 private:
  std::unique_ptr<traffic::ServerWatch> watch_;
  traffic::BoundedKeeper<traffic::ServerSample> samples_;
};

// "  server     33.1 MiB (28.0 to 34.2 MiB), 0.42 cores, 18 descriptors, 5 threads" and the report's
// remarks, a line each; empty where nothing was watched.
std::string server_text(const std::vector<traffic::ServerSample>& samples,
                        const traffic::WatchReport& report);

// {"memory_bytes":{"first","last","max"},"cpu_cores","descriptors","threads","processes","remarks":[…]};
// null where nothing was watched.
nlohmann::ordered_json server_json(const std::vector<traffic::ServerSample>& samples,
                                   const traffic::WatchReport& report);

}  // namespace plimsoll::cli
