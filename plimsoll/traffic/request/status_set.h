// Which response statuses count as success: "2xx,3xx", "200-204,404".
#pragma once

#include <bitset>
#include <string_view>

#include "base/error.h"

namespace plimsoll::traffic {

class StatusSet {
 public:
  StatusSet() = default;       // none
  static StatusSet success();  // 200 … 399

  // A comma-separated list of statuses, ranges and classes (2xx), each within 100 … 599.
  static base::Result<StatusSet> parse(std::string_view text);

  void add(int from, int to);
  bool contains(int status) const {
    return status >= 0 && status < 1000 && bits_[static_cast<std::size_t>(status)];
  }
  bool operator==(const StatusSet&) const = default;

 private:
  std::bitset<1000> bits_;
};

}  // namespace plimsoll::traffic
