// The life of the service that is judged: started, waited for, watched while probes work on it, stopped, and
// never left behind. A service that dies while it is watched is the first thing a verdict says.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/process.h"

namespace plimsoll::traffic {

struct ServiceOptions {
  std::vector<std::string> start;  // words, every placeholder expanded
  std::filesystem::path folder;    // working directory
  std::map<std::string, std::string> environment;
  int port = 0;             // where it will listen on 127.0.0.1
  std::string ready = "/";  // asked for until it answers 200
  std::chrono::nanoseconds ready_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds stop_timeout = std::chrono::seconds(10);
};

// How the service ended while somebody still needed it.
struct ServiceDeath {
  base::Exit exit;
  base::UtcTime at;
};

// Owns the process and a thread that reads its output. All methods may be called from any thread.
class GuardedService {
 public:
  // Starts it and waits until it is ready. Errors: not_found (no such program), unavailable (it ended before
  // it was ready: how, and its last lines), timeout (never ready: the last answer, and its last lines),
  // cancelled (an interrupt). After an error nothing is left running.
  static base::Result<std::unique_ptr<GuardedService>> start(const ServiceOptions& options);

  ~GuardedService();  // stops it

  std::string url() const;  // http://127.0.0.1:PORT
  pid_t pid() const;

  // Set once the process ended without being asked to.
  std::optional<ServiceDeath> death() const;

  // At most the last `lines` lines it wrote to either output, masked and printable.
  std::vector<std::string> log_tail(std::size_t lines = 20) const;

  // SIGTERM, then SIGKILL after stop_timeout; the whole group. What it used over its life. Safe to call
  // twice.
  base::Exit stop();

 private:
  struct State;
  explicit GuardedService(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Waits until http://127.0.0.1:port/path answers 200. `gone` says that waiting is pointless (and why).
base::Status wait_until_ready(const std::string& url, const std::string& path,
                              std::chrono::nanoseconds timeout,
                              const std::function<std::optional<std::string>()>& gone);

}  // namespace plimsoll::traffic
