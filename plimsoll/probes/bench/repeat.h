// One command, run again and again: each time a value of every series it measures.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/formats/imported_file.h"
#include "plimsoll/probes/bench/bench_config.h"
#include "plimsoll/probes/run_command.h"

namespace plimsoll::probes::bench {

// Of a command that prints no results, the command itself:
//   bench.wall_time{benchmark}    seconds  from start to end
//   bench.cpu_time{benchmark}     seconds  user and system, its children's included
//   bench.peak_memory{benchmark}  bytes    largest resident set; never below our own when we started it
struct Repeat {
  double began_at = 0;  // unix seconds
  double seconds = 0;
  formats::ImportedFile results;
};

struct Surroundings {
  std::filesystem::path root;     // relative paths mean this
  std::filesystem::path workdir;  // for files of our own
  std::map<std::string, std::string> environment;
};

class Repeater {
 public:
  // `name` is the benchmark label where the command itself is timed.
  Repeater(BenchConfig config, std::string name, Surroundings surroundings);

  // Runs it once. An error where it fails (unavailable, its last words), prints what its format cannot be, or
  // holds no successful run (unavailable).
  base::Result<Repeat> run();

  // One run under callgrind: bench.instructions{benchmark}, unit `instructions`, of all the command does, its
  // start included. Google Benchmark is asked for one iteration each, since how many it makes else depends on
  // the clock. Nothing where this machine has no valgrind; errors as of run().
  base::Result<std::optional<Repeat>> count_instructions();

  // What the first run showed it to be: a format's name, or empty where the command is timed.
  const std::string& format() const { return format_; }

 private:
  base::Result<formats::ImportedFile> read(const CommandResult& result);
  formats::ImportedFile time_itself(const base::Exit& exit) const;
  void recognise_once(std::string_view text);

  BenchConfig config_;
  std::string name_;
  Command command_;
  std::filesystem::path workdir_;
  std::string format_;
  bool recognised_ = false;
};

}  // namespace plimsoll::probes::bench
