#include "plimsoll/cli/load_watch.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"
#include "base/units.h"
#include "plimsoll/cli/header_options.h"

namespace plimsoll::cli {
namespace {

constexpr std::size_t most_samples = 1'024;

base::Result<pid_t> process_to_watch(const LoadArguments& arguments, const traffic::LoadPlan& plan) {
  if (arguments.watch_pid) {
    BASE_TRY(base::process_usage(*arguments.watch_pid));
    return *arguments.watch_pid;
  }
  if (!plan.target.is_loopback()) return 0;
  return traffic::listening_process(plan.target.port).value_or(0);
}

// "/metrics" of the target, or a whole URL.
base::Result<net::Url> metrics_url(const std::string& text, const traffic::LoadPlan& plan) {
  if (text.find("://") != std::string::npos) return net::parse_url(text);
  net::Url url = plan.target;
  url.path = (text.starts_with('/') ? "" : "/") + text;
  url.query.clear();
  return url;
}

// Over the samples that have processes.
struct Summary {
  std::size_t samples = 0;
  double first = 0, last = 0, low = 0, high = 0;  // bytes
  double cpu = 0;                                 // core seconds
  double cpu_time = 0;
  traffic::TreeUsage usage;  // the last
};

Summary summarize(const std::vector<traffic::ServerSample>& samples) {
  Summary summary;
  for (const traffic::ServerSample& sample : samples) {
    if (!sample.usage) continue;
    const auto memory = static_cast<double>(sample.usage->rss_bytes);
    if (summary.samples++ == 0) summary.first = summary.low = summary.high = memory;
    summary.last = memory;
    summary.low = std::min(summary.low, memory);
    summary.high = std::max(summary.high, memory);
    summary.usage = *sample.usage;
    if (!sample.cpu_cores) continue;
    summary.cpu += *sample.cpu_cores * sample.seconds;
    summary.cpu_time += sample.seconds;
  }
  return summary;
}

}  // namespace

base::Result<traffic::WatchOptions> watch_options(const LoadArguments& arguments,
                                                  const traffic::LoadPlan& plan) {
  traffic::WatchOptions options;
  BASE_ASSIGN(options.pid, process_to_watch(arguments, plan));
  options.interval = traffic::watch_interval(plan.shape);
  if (arguments.metrics.empty()) return options;
  traffic::ScrapeOptions scrape;
  BASE_ASSIGN(scrape.url, metrics_url(arguments.metrics, plan));
  BASE_ASSIGN(const auto headers, parse_headers(arguments.headers));
  for (const auto& [name, value] : headers) scrape.headers.push_back({name, value});
  scrape.names = arguments.metric_names;
  options.scrape = std::move(scrape);
  return options;
}

WatchedServer::WatchedServer(const traffic::WatchOptions& options) : samples_(most_samples) {
  if (options.any()) watch_ = std::make_unique<traffic::ServerWatch>(options);
}

std::vector<traffic::ServerSample> WatchedServer::take() {
  if (!watch_) return {};
  std::vector<traffic::ServerSample> fresh = watch_->take();
  for (const traffic::ServerSample& sample : fresh) samples_.add(sample);
  return fresh;
}

void WatchedServer::stop() {
  if (watch_) watch_->stop();
  take();
}

traffic::WatchReport WatchedServer::report() const {
  return watch_ ? watch_->report() : traffic::WatchReport{};
}

std::string server_text(const std::vector<traffic::ServerSample>& samples,
                        const traffic::WatchReport& report) {
  std::string text;
  const Summary summary = summarize(samples);
  if (summary.samples > 0) {
    text += fmt::format("  server     {}", base::format_bytes(summary.last));
    if (summary.low != summary.high) {
      text += fmt::format(" ({} to {})", base::format_bytes(summary.low), base::format_bytes(summary.high));
    }
    if (summary.cpu_time > 0) text += fmt::format(", {:.3g} cores", summary.cpu / summary.cpu_time);
    text += fmt::format(", {} descriptors, {} threads", summary.usage.descriptors, summary.usage.threads);
    if (summary.usage.processes > 1) text += fmt::format(", {} processes", summary.usage.processes);
    text += "\n";
  }
  for (const std::string& remark : traffic::remarks(report)) text += "             " + remark + "\n";
  return text;
}

nlohmann::ordered_json server_json(const std::vector<traffic::ServerSample>& samples,
                                   const traffic::WatchReport& report) {
  const Summary summary = summarize(samples);
  const std::vector<std::string> lines = traffic::remarks(report);
  if (summary.samples == 0 && lines.empty()) return nullptr;
  base::OrderedJson json = {{"memory_bytes", nullptr}};
  if (summary.samples > 0) {
    json["memory_bytes"] = {{"first", summary.first}, {"last", summary.last}, {"max", summary.high}};
    json["cpu_cores"] = base::number_or_null(summary.cpu / summary.cpu_time);  // null where there was no time
    json["descriptors"] = summary.usage.descriptors;
    json["threads"] = summary.usage.threads;
    json["processes"] = summary.usage.processes;
  }
  json["remarks"] = lines;
  return json;
}

}  // namespace plimsoll::cli
