#include "plimsoll/probes/omitted_waiting.h"

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace plimsoll::probes {
namespace {

struct ClosedLoop {
  std::string_view format;
  std::string_view tool;
  std::string_view message;
  bool judges_by_exit_code;  // it has thresholds of its own
};

constexpr std::string_view of_k6 =
    "k6's virtual users ask no more while they wait: these percentiles leave out what users would have felt "
    "during a stall. An arrival-rate executor, or plimsoll load with a rate, does not";

constexpr std::array closed_loops = {
    ClosedLoop{"k6-summary", "k6", of_k6, true}, ClosedLoop{"k6-csv", "k6", of_k6, true},
    ClosedLoop{
        "locust-stats", "locust",
        "Locust's users ask no more while they wait: these percentiles leave out what users would have felt "
        "during a stall. plimsoll load with a rate does not",
        true},
    ClosedLoop{"oha", "oha",
               "oha's connections ask no more while they wait, unless it was run with -q and "
               "--latency-correction: these percentiles leave out what users would have felt during a stall. "
               "plimsoll load with a rate does not",
               false},
    ClosedLoop{
        "autocannon", "autocannon",
        "autocannon's connections ask no more while they wait, unless it was run with -R: these "
        "percentiles leave out what users would have felt during a stall. plimsoll load with a rate does not",
        false}};

const ClosedLoop* find(std::string_view format) {
  const auto* found = std::ranges::find(closed_loops, format, &ClosedLoop::format);
  return found == closed_loops.end() ? nullptr : found;
}

}  // namespace

std::optional<model::Finding> omitted_waiting(std::string_view format, const std::string& probe) {
  const ClosedLoop* loop = find(format);
  if (loop == nullptr) return std::nullopt;
  model::Finding finding;
  finding.rule = "latency-omits-waiting";
  finding.severity = model::Severity::low;
  finding.tools = {std::string(loop->tool)};
  finding.message = loop->message;
  finding.fingerprint = base::sha256_hex(finding.rule + "\n" + probe).substr(0, 32);
  return finding;
}

bool judges_by_exit_code(std::string_view format) {
  const ClosedLoop* loop = find(format);
  return loop != nullptr && loop->judges_by_exit_code;
}

}  // namespace plimsoll::probes
