#include "plimsoll/traffic/request/regex.h"

#include <array>

#include <re2/re2.h>

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

constexpr std::int64_t memory = 8 << 20;  // bounds what a hostile pattern may cost

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return options;
}

re2::StringPiece piece_of(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

struct Regex::Compiled {
  explicit Compiled(const std::string& pattern) : regex(pattern, options()) {}
  RE2 regex;
};

base::Result<Regex> Regex::compile(const std::string& pattern) {
  Regex result;
  const auto compiled = std::make_shared<const Compiled>(pattern);
  if (!compiled->regex.ok()) {
    return base::fail(base::ErrorCode::invalid_argument,
                      "not a regular expression of RE2: " + base::printable(compiled->regex.error()));
  }
  result.compiled_ = compiled;
  return result;
}

bool Regex::found_in(std::string_view text) const {
  return RE2::PartialMatch(piece_of(text), compiled_->regex);
}

std::optional<std::string_view> Regex::first_group(std::string_view text) const {
  std::array<re2::StringPiece, 2> groups;
  const int wanted = compiled_->regex.NumberOfCapturingGroups() > 0 ? 2 : 1;
  if (!compiled_->regex.Match(piece_of(text), 0, text.size(), RE2::UNANCHORED, groups.data(), wanted))
    return std::nullopt;
  const re2::StringPiece& group = groups[static_cast<std::size_t>(wanted - 1)];
  return std::string_view(group.data(), group.size());
}

}  // namespace plimsoll::traffic
