// A regular expression of RE2 on response bodies: linear in their length, whatever they hold.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::traffic {

// Immutable; safe to share between threads. Copies share.
class Regex {
 public:
  static base::Result<Regex> compile(const std::string& pattern);

  bool found_in(std::string_view text) const;

  // What the first group caught, or all that matched where there is no group. Nothing without a match.
  std::optional<std::string_view> first_group(std::string_view text) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace plimsoll::traffic
