// What a load says while it runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/histogram.h"
#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/watch/server_watch.h"

namespace plimsoll::cli {

// On a terminal a line that is rewritten twice a second (errors in red unless NO_COLOR is set), elsewhere a
// plain line every five seconds; on standard error. Silent where `quiet`. Not thread-safe.
class LiveLine {
 public:
  LiveLine(const traffic::LoadPlan& plan, bool quiet);
  ~LiveLine();  // takes the line away

  void take(const traffic::ServerSample& sample);
  void take(const traffic::LoadSlice& slice);

 private:
  std::string line(double now, double length) const;
  std::string users(double now) const;
  void show(const std::string& line);

  const traffic::LoadPlan& plan_;
  bool quiet_, terminal_, colour_;
  bool shown_ = false;
  double begun_ = 0;
  std::uint64_t errors_ = 0, errors_before_ = 0;
  base::Histogram recent_;
  std::optional<traffic::TreeUsage> server_;
};

}  // namespace plimsoll::cli
