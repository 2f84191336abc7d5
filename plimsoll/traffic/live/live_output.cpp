#include "plimsoll/traffic/live/live_output.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"

namespace plimsoll::traffic {
namespace {

constexpr base::Nanoseconds last_words_within = std::chrono::seconds(3);

double now() {
  return base::to_unix_seconds(base::system_clock().utc());
}

}  // namespace

base::Result<LiveOptions> live_options(const LiveRequest& request) {
  LiveOptions options;
  const std::tuple<const char*, LiveProtocol, const std::string&> asked[] = {
      {"remote_write", LiveProtocol::remote_write, request.remote_write},
      {"otlp", LiveProtocol::otlp, request.otlp}};
  for (const auto& [key, protocol, url] : asked) {
    if (url.empty()) continue;
    auto target = live_target(protocol, url, request.headers);
    if (!target) return std::unexpected(base::with_context(target.error(), key));
    options.targets.push_back(*std::move(target));
  }
  BASE_TRY(check_names(request.names));
  options.names = request.names;
  return options;
}

LiveOutput::LiveOutput(const LoadPlan& plan, const std::string& scenario, const LiveOptions& options)
    : metrics_(plan, scenario, options.names, now()) {
  for (const LiveTarget& target : options.targets) senders_.push_back(std::make_unique<LiveSender>(target));
  push(metrics_.beginning());
}

void LiveOutput::take(const ServerSample& sample) {
  metrics_.take(sample);
}

void LiveOutput::take(const LoadSlice& slice) {
  if (senders_.empty()) return;
  if (auto batch = metrics_.take(slice, now())) push(*std::move(batch));
}

std::vector<LiveReport> LiveOutput::finish() {
  std::vector<LiveReport> reports;
  if (senders_.empty()) return reports;
  for (telemetry::MetricBatch& batch : metrics_.end(now())) push(std::move(batch));
  // All at the same time: one that does not answer costs the others nothing.
  for (const auto& sender : senders_) sender->end(last_words_within);
  for (const auto& sender : senders_) reports.push_back(sender->finish(last_words_within));
  return reports;
}

void LiveOutput::push(telemetry::MetricBatch batch) {
  const auto shared = std::make_shared<const telemetry::MetricBatch>(std::move(batch));
  for (const auto& sender : senders_) sender->push(shared);
}

std::string live_text(const LiveReport& report) {
  const auto count = [](std::uint64_t number) { return base::format_count(static_cast<double>(number)); };
  std::string text =
      fmt::format("{} to {}: {} readings", report.protocol == LiveProtocol::otlp ? "OTLP" : "remote-write",
                  base::printable(report.url), count(report.sent));
  if (report.dropped > 0) text += fmt::format(", {} dropped", count(report.dropped));
  if (report.dropped > 0 && !report.problem.empty()) text += ": " + base::printable(report.problem);
  return text;
}

}  // namespace plimsoll::traffic
