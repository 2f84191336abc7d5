// Walks over the text of a rule; every error it makes points at its column. Used by rule_text.cpp only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::plan {

class RuleScanner {
 public:
  RuleScanner(std::string_view text, const base::Place& place) : text_(text), place_(place) {}

  void skip_space();
  bool at_end();  // nothing but space is left
  std::size_t position() const { return position_; }
  void go_back(std::size_t position) { position_ = position; }

  // These skip space first. What is not there is not taken.
  char peek();  // '\0' at the end
  bool accept(std::string_view symbol);
  std::string_view take_word();  // letters, digits and _ . * -; empty where there are none
  std::string_view take_until_space();
  std::string_view take_until(std::string_view ends);  // without space at its end
  base::Result<std::string> take_json_string();        // stands on its opening quote

  // What stands at a position, for messages: `"regresion"` or `the end`.
  std::string found_at(std::size_t position) const;
  std::unexpected<base::Error> error(std::size_t position, std::string message, std::string hint = {}) const;
  std::unexpected<base::Error> expected(std::string_view what, std::string hint = {});  // at the next token

 private:
  std::string_view text_;
  base::Place place_;
  std::size_t position_ = 0;
};

}  // namespace plimsoll::plan
