#include "plimsoll/probes/omitted_waiting.h"

#include "base/hash.h"

namespace plimsoll::probes {
namespace {

bool is_k6(std::string_view format) {
  return format == "k6-summary" || format == "k6-csv";
}

}  // namespace

std::optional<model::Finding> omitted_waiting(std::string_view format, const std::string& probe) {
  if (!is_k6(format) && format != "locust-stats") return std::nullopt;
  model::Finding finding;
  finding.rule = "latency-omits-waiting";
  finding.severity = model::Severity::low;
  finding.tools = {is_k6(format) ? "k6" : "locust"};
  finding.message =
      is_k6(format)
          ? "k6's virtual users ask no more while they wait: these percentiles leave out what users would "
            "have felt during a stall. An arrival-rate executor, or plimsoll load with a rate, does not"
          : "Locust's users ask no more while they wait: these percentiles leave out what users would have "
            "felt during a stall. plimsoll load with a rate does not";
  finding.fingerprint = base::sha256_hex(finding.rule + "\n" + probe).substr(0, 32);
  return finding;
}

bool judges_by_exit_code(std::string_view format) {
  return is_k6(format) || format == "locust-stats";
}

}  // namespace plimsoll::probes
