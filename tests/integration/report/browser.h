// A headless Chromium that opens one page and tells what happened. Nothing leaves the machine: no name
// resolves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace plimsoll::report::testing {

struct Visit {
  std::string dom;                    // the page's markup after it has loaded
  std::vector<std::string> console;   // lines of its console, complaints of its security policy among them
  std::vector<std::string> requests;  // addresses that the page asked for, itself left out
};

// Where chromium is on the PATH; nothing where it is not installed.
std::optional<std::string> find_browser();

// Opens the page in a window of so many CSS pixels.
base::Result<Visit> visit(const std::string& html, int width, int height);

}  // namespace plimsoll::report::testing
