// What the command line of `plimsoll load` says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plimsoll/cli/command.h"

namespace plimsoll::cli {

struct LoadArguments {
  CommonOptions common;
  std::string target, base_url;
  std::optional<int> connections;
  std::optional<double> rate;
  std::string duration, stages, think_time, timeout, warmup, arrival;
  std::optional<std::uint64_t> requests;
  std::string method, body, expect;
  std::vector<std::string> headers, thresholds;
  std::string allowed_host, hdr_file, html_file;
  std::optional<int> watch_pid;
  std::string metrics;                    // path or URL of the server's Prometheus text
  std::vector<std::string> metric_names;  // which of them
  std::string remote_write, otlp;         // where figures go while it runs
  std::vector<std::string> live_headers, live_labels;
  std::string live_prefix = "plimsoll";
  std::string soak;  // how fast memory may rise: "1MiB/h"; empty: not judged
  bool find_limit = false;
  std::string from_openapi, from_har, output;  // write a scenario in place of running one
  bool insecure = false;
  std::string ca_file, server_name, abort_after;
  std::uint64_t seed = 1;
  int threads = 0;
};

// Adds the options; `arguments` must outlive the parsing.
void add_load_options(CLI::App& command, LoadArguments& arguments);

}  // namespace plimsoll::cli
