// A guarded project in a temporary folder, and the real plimsoll run on it.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"

namespace plimsoll::testing {

using namespace std::chrono_literals;

inline std::string program(const std::string& name) {
  return std::string(PLIMSOLL_BIN_DIR) + "/" + name;
}

struct Outcome {
  base::Exit exit;
  std::string output;
  std::string error;

  base::Json json() const {
    auto parsed = base::parse_json(output, "standard output");
    return parsed ? *parsed : base::Json();
  }
  std::string first_error_line() const { return error.substr(0, error.find('\n')); }
};

class Project {
 public:
  explicit Project(const std::string& plan) : folder_(must(base::TemporaryFolder::create("plimsoll-test"))) {
    write("plimsoll.yaml", plan);
  }

  const std::filesystem::path& path() const { return folder_.path(); }

  void write(const std::string& name, const std::string& text) {
    const auto status = base::system_files().write_atomically(path() / name, text);
    if (!status) throw std::runtime_error(base::to_string(status.error()));
  }

  std::string read(const std::string& name) const { return must(base::read_file(path() / name)); }

  Outcome run(std::vector<std::string> arguments, std::chrono::nanoseconds timeout = 60s) const {
    Outcome outcome;
    base::ProcessOptions options = command(std::move(arguments));
    options.on_output = [&](std::string_view bytes) { outcome.output += bytes; };
    options.on_error = [&](std::string_view bytes) { outcome.error += bytes; };
    outcome.exit = must(base::run_process(std::move(options), timeout));
    return outcome;
  }

  std::unique_ptr<base::Process> start(std::vector<std::string> arguments) const {
    return must(base::system_processes().start(command(std::move(arguments))));
  }

  // A repository of its own with everything committed.
  void commit_all() const {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"git", "init", "-q", "-b", "main"},
          {"git", "add", "-A"},
          {"git", "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-q", "-m", "all"}}) {
      base::ProcessOptions options;
      options.arguments = words;
      options.folder = path();
      if (!must(base::run_process(std::move(options), 20s)).ok()) throw std::runtime_error("git failed");
    }
  }

  template <class T>
  static T must(base::Result<T> result) {
    if (!result) throw std::runtime_error(base::to_string(result.error()));
    return std::move(*result);
  }

 private:
  base::ProcessOptions command(std::vector<std::string> arguments) const {
    base::ProcessOptions options;
    options.arguments = std::move(arguments);
    options.arguments.insert(options.arguments.begin(), program("plimsoll"));
    options.folder = path();
    options.environment = {{"GIT_CEILING_DIRECTORIES", path().parent_path().string()}};
    return options;
  }

  base::TemporaryFolder folder_;
};

}  // namespace plimsoll::testing
