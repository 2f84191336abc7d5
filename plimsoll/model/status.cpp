#include "plimsoll/model/status.h"

#include <array>

namespace plimsoll::model {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 6> kStatuses = {"pass",         "warn",     "fail",
                                                       "inconclusive", "learning", "not_run"};
constexpr std::array<std::string_view, 10> kReasons = {
    "",        "too_few",    "undecided", "no_baseline", "probe_crashed",
    "missing", "not_finite", "saturated", "environment", "stale"};

template <class Enum, std::size_t N>
base::Result<Enum> parse(const std::array<std::string_view, N>& words, std::string_view text,
                         std::string_view what) {
  for (std::size_t i = 0; i < N; ++i) {
    if (words[i] == text) return static_cast<Enum>(i);
  }
  return base::fail(base::ErrorCode::corrupt, "expected a " + std::string(what) + ", found \"" +
                                                  std::string(text.substr(0, 60)) + "\"");
}

}  // namespace

std::string_view to_string(Status status) {
  return kStatuses.at(static_cast<std::size_t>(status));
}
std::string_view to_string(Reason reason) {
  return kReasons.at(static_cast<std::size_t>(reason));
}

base::Result<Status> parse_status(std::string_view text) {
  return parse<Status>(kStatuses, text, "status");
}
base::Result<Reason> parse_reason(std::string_view text) {
  return parse<Reason>(kReasons, text, "reason");
}

}  // namespace plimsoll::model
