// Python programs from PyPI that tests run against the service: each in a virtual environment of its own.
#pragma once

#include <cstdlib>
#include <optional>

#include "base/file.h"
#include "base/process.h"

namespace memory_api::testing {

// Where the environments lie, one folder a package ("mem0ai-2.2.1"): PLIMSOLL_PYTHON_CLIENTS, or the build
// folder.
inline std::filesystem::path python_tools_folder() {
  const char* given = std::getenv("PLIMSOLL_PYTHON_CLIENTS");
  return given ? std::filesystem::path(given) : std::filesystem::path(PLIMSOLL_BIN_DIR) / "../python_clients";
}

inline bool runs(std::vector<std::string> arguments, std::chrono::seconds limit) {
  const auto exit = base::run_process({.arguments = std::move(arguments)}, limit);
  return exit && exit->ok();
}

// The folder of the package's programs; made by pip where it is missing, which needs the network once.
// Nothing where that does not work: a test then skips.
inline std::optional<std::filesystem::path> python_tool(const std::string& package,
                                                        const std::string& version) {
  const auto folder = std::filesystem::absolute(python_tools_folder() / (package + "-" + version));
  const auto programs = folder / "bin";
  if (runs({(programs / "python").string(), "-c", "import " + (package == "mem0ai" ? "mem0" : package)},
           std::chrono::seconds(60))) {
    return programs;
  }
  const bool made = runs({"python3", "-m", "venv", folder.string()}, std::chrono::seconds(60)) &&
                    runs({(programs / "python").string(), "-m", "pip", "install", "-q",
                          "--disable-pip-version-check", package + "==" + version},
                         std::chrono::seconds(240));
  return made ? std::optional(programs) : std::nullopt;
}

}  // namespace memory_api::testing
