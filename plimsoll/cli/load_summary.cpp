#include "plimsoll/cli/load_summary.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "plimsoll/report/text_layout.h"
#include "plimsoll/report/words.h"

namespace plimsoll::cli {
namespace {

constexpr std::size_t figure_width = 10;

std::string count(std::uint64_t number) {
  return base::format_count(static_cast<double>(number));
}

std::string seconds_of(base::Nanoseconds time) {
  return base::format_seconds(std::chrono::duration<double>(time).count());
}

std::string percentiles(const std::string& name, const base::Histogram& histogram, std::size_t width) {
  if (histogram.count() == 0) return {};
  std::string line = "  " + report::pad_right(name, width);
  for (const double percent : {50.0, 90.0, 95.0, 99.0, 99.9}) {
    line += report::pad_left(base::format_seconds(histogram.percentile(percent)), figure_width);
  }
  return line + report::pad_left(base::format_seconds(histogram.max()), figure_width) + "\n";
}

std::string percentile_head(std::size_t width) {
  std::string line = "  " + std::string(width, ' ');
  for (const char* name : {"p50", "p90", "p95", "p99", "p99.9", "max"})
    line += report::pad_left(name, figure_width);
  return line + "\n";
}

std::string outcome(const traffic::LoadResult& result) {
  const std::uint64_t errors = traffic::total(result.all.errors);
  const double share =
      result.all.requests == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(result.all.requests);
  std::string line = fmt::format("{} requests in {}, {} errors", count(result.all.requests),
                                 base::format_seconds(result.duration_seconds), count(errors));
  if (errors > 0) line += " (" + base::format_share(share) + ")";
  line += fmt::format(", {:.5g} answers a second", result.achieved_rate);
  if (result.intended_rate)
    line += fmt::format(" of {:.5g} {}", *result.intended_rate, result.flows.empty() ? "due" : "flows begun");
  return line + "\n";
}

std::string counts(const traffic::LoadResult& result) {
  std::vector<std::string> responses;
  for (const auto& [status, n] : result.all.responses)
    responses.push_back(fmt::format("{} × {}", status, count(n)));
  std::vector<std::string> errors;
  for (std::size_t kind = 0; kind < traffic::error_kinds; ++kind) {
    const auto n = result.all.errors[kind];
    if (n > 0)
      errors.push_back(fmt::format("{} × {}", to_string(static_cast<traffic::ErrorKind>(kind)), count(n)));
  }
  std::string text;
  if (!responses.empty()) text += "  answers    " + base::join(responses, ", ") + "\n";
  if (!errors.empty()) text += "  errors     " + base::join(errors, ", ") + "\n";
  if (result.tls && !result.tls->problem.empty()) text += "  TLS        " + result.tls->problem + "\n";
  if (result.open_at_end > 0) text += "  still open " + count(result.open_at_end) + "\n";
  return text;
}

// Flows that ended early, and checks that did not hold.
std::string flows(const traffic::LoadResult& result) {
  traffic::FlowCounts all;
  for (const auto& [name, counts] : result.flows) {
    all.completed += counts.completed;
    all.failed += counts.failed;
  }
  std::string text;
  if (all.completed + all.failed > 0)
    text = fmt::format("  flows      {} completed, {} failed\n", count(all.completed), count(all.failed));
  for (const traffic::CheckResult& check : result.checks) {
    if (check.counts.failed == 0) continue;
    text += fmt::format("  check      {}: \"{}\" failed {} of {} times\n", base::printable(check.route),
                        base::printable(check.name), count(check.counts.failed),
                        count(check.counts.passed + check.counts.failed));
  }
  return text;
}

std::string routes(const traffic::LoadResult& result) {
  if (result.routes.size() < 2) return {};
  std::size_t width = 9;
  for (const auto& [name, route] : result.routes)
    width = std::max(width, std::min<std::size_t>(report::display_width(name), 28));
  std::string text = "\n" + percentile_head(width);
  for (const auto& [name, route] : result.routes) {
    text += percentiles(base::truncate_utf8(base::printable(name), 28), route.latency, width);
  }
  return text;
}

std::string generator(const traffic::LoadResult& result) {
  const traffic::GeneratorResult& own = result.generator;
  std::string text = fmt::format("  traffic    {} sent, {} received\n",
                                 base::format_bytes(static_cast<double>(result.bytes_sent)),
                                 base::format_bytes(static_cast<double>(result.bytes_received)));
  text +=
      fmt::format("  generator  {} of CPU, {}, {} connections; ", base::format_seconds(own.cpu_seconds),
                  base::format_bytes(static_cast<double>(own.max_rss_bytes)), count(own.connections_opened));
  if (!own.saturated)
    return text + (own.late_sends == 0 ? "on time\n" : fmt::format("{} late sends\n", count(own.late_sends)));
  text += fmt::format("SATURATED: it sent {} requests late by its own fault\n", count(own.late_sends));
  if (own.run_queue_wait_seconds > 0.01 * result.duration_seconds) {
    text += fmt::format("             (it waited {} for a core); these latencies are too high\n",
                        base::format_seconds(own.run_queue_wait_seconds));
  }
  return text;
}

std::string rules(std::span<const model::Judgement> judgements) {
  std::string text;
  for (const model::Judgement& judgement : judgements) {
    text += fmt::format("{} {}\n", report::mark(judgement.status), base::printable(judgement.rule));
    text += report::wrap(base::printable(judgement.explanation), 80, 4);
  }
  return judgements.empty() ? text : "\n" + text;
}

std::string shape_text(const traffic::LoadShape& shape) {
  std::string text;
  if (!shape.rate_stages.empty() || !shape.user_stages.empty()) {
    const bool open = shape.is_open();
    for (const traffic::Stage& stage : open ? shape.rate_stages : shape.user_stages) {
      text +=
          fmt::format("{}to {:.5g} in {}", text.empty() ? (open ? "requests per second " : "users ") : ", ",
                      stage.target, seconds_of(stage.duration));
    }
    return text;
  }
  if (shape.rate) {
    text = fmt::format("{:.5g} requests due a second", *shape.rate);
  } else {
    text = fmt::format("{} users", shape.users.value_or(traffic::default_users));
    if (shape.think_time.mean.count() > 0) text += " thinking " + seconds_of(shape.think_time.mean);
  }
  if (shape.requests) return text + fmt::format(", {} requests", count(*shape.requests));
  return text + " for " + seconds_of(shape.duration.value_or(std::chrono::seconds(10)));
}

}  // namespace

std::string load_headline(const traffic::LoadPlan& plan) {
  if (!plan.parts.empty()) {
    std::string lines;
    for (const traffic::LoadPart& part : plan.parts)
      lines +=
          (lines.empty() ? "" : "; ") + base::printable(part.scenario) + " on " + load_headline(*part.plan);
    return lines;
  }
  std::string line = net::to_string(plan.target) + ": " + shape_text(plan.shape);
  if (plan.shape.is_open()) {
    const auto limit =
        static_cast<std::uint64_t>(plan.shape.connections.value_or(traffic::default_connection_limit()));
    line += ", over at most " + count(limit) + (limit == 1 ? " connection" : " connections");
  }
  return line;
}

std::string load_summary(const traffic::LoadPlan& plan, const traffic::LoadResult& result,
                         const std::string& server, std::span<const model::Judgement> judgements) {
  if (result.unreachable) {
    return fmt::format("{} ({} requests, all errors)\n", traffic::why_it_ended(plan, result),
                       count(result.all.requests)) +
           rules(judgements);
  }
  std::string text = result.gave_up ? traffic::why_it_ended(plan, result) + "\n" : "";
  text += (result.interrupted ? "stopped early: " : "") + outcome(result) + "\n";
  text += percentile_head(9) + percentiles("latency", result.all.latency, 9) +
          percentiles("service", result.all.service_time, 9) +
          percentiles("1st event", result.all.first_event, 9) + percentiles("gap", result.all.event_gap, 9);
  if (!result.open) text += "  (closed loop: what waiting users would have sent is not in these figures)\n";
  return text + routes(result) + "\n" + counts(result) + flows(result) + generator(result) + server +
         rules(judgements);
}

}  // namespace plimsoll::cli
