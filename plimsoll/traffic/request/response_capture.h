// What is kept of one response where somebody asked for it: checks and extraction read it, all other
// responses are dropped as they come.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::traffic {

// The owner sets the limit and may use one capture for many responses, one at a time; its memory is kept.
// Not thread-safe.
struct ResponseCapture {
  std::size_t body_limit = 1u << 20;  // bytes; what comes after them is counted and dropped

  int status = 0;  // of the final response: interim ones (1xx) and trailers leave nothing here
  std::vector<std::pair<std::string, std::string>> fields;  // as received and in this order, values trimmed
  std::string body;                                         // without its chunked coding
  bool body_cut = false;                                    // the body was longer than the limit

  // Empty again, with the same limit.
  void clear();

  // The first field of this name, whatever its case.
  std::optional<std::string_view> field(std::string_view name) const;
};

}  // namespace plimsoll::traffic
