// What a long command says while it works. The command line decides how it looks.
#pragma once

#include <string_view>

namespace plimsoll::pipeline {

class Progress {
 public:
  virtual ~Progress() = default;
  virtual void step(std::string_view line) = 0;    // a stage begins: "load basic (10 s)"
  virtual void detail(std::string_view line) = 0;  // a probe's own words
};

}  // namespace plimsoll::pipeline
