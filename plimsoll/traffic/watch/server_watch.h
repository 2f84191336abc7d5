// Watches a server while load is on it, from a thread of its own: the load is never held up by it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "plimsoll/traffic/load_plan.h"
#include "plimsoll/traffic/watch/process_tree.h"
#include "plimsoll/traffic/watch/prometheus_scrape.h"

namespace plimsoll::traffic {

struct WatchOptions {
  pid_t pid = 0;  // the server's first process; 0: not watched
  std::optional<ScrapeOptions> scrape;
  base::Nanoseconds interval = std::chrono::seconds(1);

  bool any() const { return pid != 0 || scrape.has_value(); }
};

struct ServerSample {
  double at = 0;       // unix seconds, its end
  double seconds = 0;  // since the one before
  std::optional<TreeUsage> usage;
  std::optional<double> cpu_cores;  // mean since the one before; not of the first
  std::vector<ScrapedValue> metrics;
};

// What shall be said when the watch ends.
struct WatchReport {
  std::vector<ScrapedMetric> metrics;  // that samples speak of
  std::size_t left_out = 0;            // metrics that were not kept
  std::uint64_t scrapes = 0, failed_scrapes = 0;
  std::string scrape_error;  // the last one
  bool process_gone = false;
};

// Thread-safe. Stops with the object.
class ServerWatch {
 public:
  explicit ServerWatch(WatchOptions options);
  ~ServerWatch();

  std::vector<ServerSample> take();  // since the last call, in order
  WatchReport report() const;
  void stop();  // one last sample, then no more

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A second, shorter for short loads so that there are about 60 samples.
base::Nanoseconds watch_interval(const LoadShape& shape);

// One sentence each, for people: metrics that were left out, scrapes that failed, a process that went.
std::vector<std::string> remarks(const WatchReport& report);

// Two that follow each other as one, for BoundedKeeper: the later one's readings stand, CPU is averaged over
// time.
void merge_into(ServerSample& sample, const ServerSample& next);

}  // namespace plimsoll::traffic
