#include "plimsoll/traffic/request/status_set.h"

#include <optional>
#include <utility>

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

std::optional<int> parse_status(std::string_view text) {
  const auto number = text.size() == 3 ? base::parse_integer(text) : std::nullopt;
  if (!number || *number < 100 || *number > 599) return std::nullopt;
  return static_cast<int>(*number);
}

std::optional<std::pair<int, int>> parse_range(std::string_view text) {
  if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
    const int low = (text[0] - '0') * 100;
    return std::pair(low, low + 99);
  }
  const std::size_t dash = text.find('-');
  const auto from = parse_status(text.substr(0, dash));
  const auto to = dash == std::string_view::npos ? from : parse_status(text.substr(dash + 1));
  if (!from || !to || *from > *to) return std::nullopt;
  return std::pair(*from, *to);
}

}  // namespace

StatusSet StatusSet::success() {
  StatusSet set;
  set.add(200, 399);
  return set;
}

base::Result<StatusSet> StatusSet::parse(std::string_view text) {
  StatusSet set;
  for (const std::string& part : base::split(text, ',')) {
    const auto range = parse_range(base::trim(part));
    if (!range) {
      return base::fail(base::ErrorCode::invalid_argument,
                        "\"" + base::printable(base::truncate_utf8(part, 40)) + "\" is no status",
                        "write statuses like 200, 2xx or 200-204, separated by commas");
    }
    set.add(range->first, range->second);
  }
  return set;
}

void StatusSet::add(int from, int to) {
  for (int status = from; status <= to; ++status) bits_.set(static_cast<std::size_t>(status));
}

}  // namespace plimsoll::traffic
