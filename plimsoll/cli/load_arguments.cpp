#include "plimsoll/cli/load_arguments.h"

#include <CLI/CLI.hpp>

namespace plimsoll::cli {

namespace {

// How many requests, when.
void add_shape(CLI::App& command, LoadArguments& arguments) {
  command
      .add_option("-c,--connections", arguments.connections,
                  "a closed loop of N users; with a rate, at most N connections")
      ->type_name("N");
  command.add_option("-r,--rate", arguments.rate, "requests due each second, whatever the server does")
      ->type_name("R");
  command.add_option("-d,--duration", arguments.duration, "how long (default 10s)")->type_name("D");
  command.add_option("-n,--requests", arguments.requests, "how many, in place of a duration")->type_name("N");
  command.add_option("--stages", arguments.stages, "linear ramps of the rate: 30s:100,2m:1000")
      ->type_name("D:R,…");
  command.add_option("--arrival", arguments.arrival, "how a rate is spread over time (default constant)")
      ->check(CLI::IsMember({"constant", "poisson"}));
  command
      .add_option("--think-time", arguments.think_time,
                  "of a user between answer and next request, on average")
      ->type_name("D");
}

// What is asked, and what counts as an answer.
void add_request(CLI::App& command, LoadArguments& arguments) {
  command.add_option("--method,-X", arguments.method, "the request's method")
      ->check(CLI::IsMember({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}));
  command.add_option("--header,-H", arguments.headers, "\"Name: value\", again for more")
      ->allow_extra_args(false)
      ->type_name("H");
  command.add_option("--body", arguments.body, "the request's body, or @FILE")->type_name("S|@F");
  command.add_option("--expect", arguments.expect, "statuses that are no error (default 2xx,3xx)")
      ->type_name("LIST");
  command
      .add_option("--timeout", arguments.timeout,
                  "a request is given up so long after it was due (default 30s)")
      ->type_name("D");
  command.add_option("--warmup", arguments.warmup, "load before the measured part, not counted")
      ->type_name("D");
}

// What is watched and judged, and what ends a run.
void add_judging(CLI::App& command, LoadArguments& arguments) {
  command
      .add_option("--threshold", arguments.thresholds,
                  "a rule like \"load.latency p99 < 50ms\", again for more")
      ->allow_extra_args(false)
      ->type_name("RULE");
  command
      .add_option("--watch-pid", arguments.watch_pid,
                  "the server's process (default: who listens on the target's port of this machine)")
      ->check(CLI::PositiveNumber)
      ->type_name("PID");
  command
      .add_option("--metrics", arguments.metrics,
                  "where the server exposes Prometheus text: /metrics, or a URL")
      ->type_name("PATH|URL");
  command
      .add_option("--metric", arguments.metric_names,
                  "which of its metrics, * for any text; again for more (default: up to 32)")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command.add_flag("--soak{1MiB/h}", arguments.soak,
                   "fail where the server's memory rises by 1MiB/h, or --soak=SPEED, and more");
  command.add_flag("--find-limit", arguments.find_limit,
                   "step the rate up (from -r, each step -d long) until a threshold breaks");
  command
      .add_option("--abort-after", arguments.abort_after,
                  "end when for so long no request was answered and some failed (default 1m), or never")
      ->type_name("D");
}

// Who is told while it runs.
void add_live(CLI::App& command, LoadArguments& arguments) {
  command
      .add_option("--remote-write", arguments.remote_write,
                  "send figures while it runs to Prometheus' remote-write (default path /api/v1/write)")
      ->type_name("URL");
  command
      .add_option("--otlp", arguments.otlp,
                  "send figures while it runs to OTLP over HTTP, as JSON (default path /v1/metrics)")
      ->type_name("URL");
  command
      .add_option("--live-header", arguments.live_headers,
                  "for these receivers: \"Authorization: Bearer …\", again for more")
      ->allow_extra_args(false)
      ->type_name("H");
  command
      .add_option("--live-label", arguments.live_labels, "of every metric: testid=nightly, again for more")
      ->allow_extra_args(false)
      ->type_name("K=V");
  command
      .add_option("--live-prefix", arguments.live_prefix,
                  "of the metrics' names; k6 fits dashboards that were made for k6")
      ->capture_default_str()
      ->type_name("NAME");
}

void add_https(CLI::App& command, LoadArguments& arguments) {
  command.add_flag("-k,--insecure", arguments.insecure, "https: take any certificate");
  command
      .add_option("--ca", arguments.ca_file,
                  "https: the only authorities to trust, as PEM (default: the system's)")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  command
      .add_option("--sni", arguments.server_name,
                  "https: the name to ask for and to verify in place of the URL's host")
      ->type_name("NAME");
}

// What is written, and what a scenario is written from.
void add_files(CLI::App& command, LoadArguments& arguments) {
  command.add_option("--html", arguments.html_file, "write a report with pictures of the run")
      ->type_name("FILE");
  command.add_option("--hdr", arguments.hdr_file, "write an HdrHistogram log of the latencies")
      ->type_name("FILE");
  command.add_option("--url", arguments.base_url, "where a scenario's paths are asked for")->type_name("URL");
  command
      .add_option("--i-may-load", arguments.allowed_host,
                  "a host other than this machine that you may put under load")
      ->type_name("HOST");
  command
      .add_option("--from-openapi", arguments.from_openapi,
                  "write a scenario from a service's OpenAPI document, in place of running one")
      ->type_name("URL|FILE");
  command
      .add_option("--from-har", arguments.from_har,
                  "write a scenario from a browser's recording (of --url's host), in place of running one")
      ->type_name("FILE");
  command
      .add_option("-o,--output", arguments.output, "the scenario file to write (default: standard output)")
      ->type_name("FILE");
}

}  // namespace

void add_load_options(CLI::App& command, LoadArguments& arguments) {
  command.add_option("target", arguments.target, "a URL, or a scenario file")->type_name("URL|SCENARIO.yaml");
  add_shape(command, arguments);
  add_request(command, arguments);
  add_judging(command, arguments);
  add_live(command, arguments);
  add_https(command, arguments);
  add_files(command, arguments);
  command.add_option("--seed", arguments.seed, "of arrivals and generated values")->capture_default_str();
  command.add_option("--threads", arguments.threads, "of the generator (default: as many as are worth it)")
      ->check(CLI::Range(1, 64));
}

}  // namespace plimsoll::cli
