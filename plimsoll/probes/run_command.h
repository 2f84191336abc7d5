// A program that a probe runs to measure it or to be told what it measured.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/process.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes {

// What every program that a probe runs is told of the run, as environment variables: PLIMSOLL_SERVICE_URL,
// PLIMSOLL_ROOT, PLIMSOLL_WORKDIR.
std::map<std::string, std::string> command_environment(const Task& task);

struct Command {
  std::vector<std::string> arguments;  // run without a shell
  std::filesystem::path folder;        // where it runs; a relative program is looked up there
  std::map<std::string, std::string> environment;
  std::filesystem::path result_file = {};  // what it writes its results to; empty: its standard output
};

struct CommandResult {
  base::Exit exit;
  std::string output;                  // standard output, at most formats::most_bytes
  bool output_was_cut = false;         // there was more
  std::optional<std::string> results;  // the result file, where it wrote one
};

// Runs it to its end, however it ends. An interrupt of this program stops it within a second (cancelled).
// An old result file is not mistaken for a new one: it must have been written by this run.
base::Result<CommandResult> run_command(const Command& command);

// The same for one process with options of one's own.
base::Result<base::Exit> run_to_end(base::ProcessOptions options, const std::function<bool()>& stop = {});

// unavailable, unless it ended with status 0: "`name` exited with status 7: last line of its standard error".
base::Status expect_success(const Command& command, const base::Exit& exit);

}  // namespace plimsoll::probes
