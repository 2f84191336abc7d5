// Child processes: started without a shell, in a group of their own, with limits, ended as a whole group.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/file.h"

namespace base {

struct ProcessOptions {
  std::vector<std::string> arguments;  // arguments[0] is looked up in the parent's PATH
  std::filesystem::path folder = {};   // working directory, also for a relative program; empty: the parent's
  std::map<std::string, std::string> environment = {};  // added to the parent's, which is inherited
  std::string input = {};                               // written to standard input, then closed
  bool capture_output = true;                           // standard output to on_output; else inherited
  bool capture_error = true;                            // standard error to on_error; else inherited
  bool stream_on_3 = false;           // a pipe on the child's descriptor 3, read by on_stream
  std::size_t tail_bytes = 64 << 10;  // how much of each output Exit keeps (its end)
  // PR_SET_PDEATHSIG: the child (not what it starts itself) is killed when the thread that started it ends,
  // alone or with its process. Start long-lived children from a thread that outlives them, or say false.
  bool die_with_parent = true;
  std::uint64_t memory_limit_bytes = 0;  // RLIMIT_AS; 0: none
  // Called from the thread that waits, with bytes as they arrive. May be empty.
  std::function<void(std::string_view)> on_output = {};
  std::function<void(std::string_view)> on_error = {};
  std::function<void(std::string_view)> on_stream = {};
};

// How a process ended and what it used.
struct Exit {
  int code = -1;           // exit status, or -1 where a signal ended it
  int signal = 0;          // the signal, or 0
  bool timed_out = false;  // we killed it because its time was up
  double user_seconds = 0;
  double system_seconds = 0;
  double wall_seconds = 0;
  std::uint64_t peak_rss_bytes = 0;  // getrusage(2); never below what the parent had resident when it forked
  std::string output_tail;
  std::string error_tail;

  bool ok() const { return code == 0 && signal == 0; }
  // "exited with status 7", "was killed by SIGSEGV (segmentation fault)", "timed out after 30 s".
  std::string describe() const;
};

// A running child. Not thread-safe, except `signal_group`.
class Process {
 public:
  virtual ~Process() = default;  // ends the group with SIGKILL if it still runs, and reaps it

  virtual pid_t pid() const = 0;

  // Reads the outputs and waits until it ended and its outputs are closed, or the time is up (nullopt: still
  // running). What the program left running and holding an output is given half a second after its end; then,
  // in any case, the rest of the group is killed. Callbacks run in here.
  virtual std::optional<Exit> wait_for(std::chrono::nanoseconds timeout) = 0;

  // To every process of the group.
  virtual void signal_group(int signal) = 0;

  // SIGTERM to the group, SIGKILL after `grace`; waits until it is gone. Outputs are read meanwhile.
  virtual Exit stop(std::chrono::nanoseconds grace) = 0;
};

// Starts processes; a test may put a scripted one behind it.
class ProcessStarter {
 public:
  virtual ~ProcessStarter() = default;
  // not_found where the program or the folder does not exist, permission, io; invalid_argument for an empty
  // command or an impossible variable name.
  virtual Result<std::unique_ptr<Process>> start(ProcessOptions options) = 0;
};

ProcessStarter& system_processes();

// Starts, waits at most `timeout`, kills the group when the time is up (Exit::timed_out). An interrupt
// (below) that arrives meanwhile stops the group and is the error `cancelled`.
Result<Exit> run_process(ProcessOptions options, std::chrono::nanoseconds timeout);

// Resident memory and CPU time of a process now, from /proc; not_found where it is gone.
struct ProcessUsage {
  std::uint64_t rss_bytes = 0;
  std::uint64_t peak_rss_bytes = 0;
  double cpu_seconds = 0;
  int threads = 0;
  int open_files = 0;
};
Result<ProcessUsage> process_usage(pid_t pid);

// A TCP port on 127.0.0.1 that was free a moment ago.
Result<int> free_port();

// "SIGSEGV", "SIGKILL", …; "signal 42" where it has no name.
std::string signal_name(int signal);

// SIGINT and SIGTERM of this program. `install` once, early, in main; afterwards `raised()` is the first
// signal that arrived (0: none) and `descriptor()` becomes readable then. Every process started above is
// ended by its owner, who polls this. Thread-safe.
namespace interrupts {
void install();
int raised();
int descriptor();
}  // namespace interrupts

}  // namespace base
