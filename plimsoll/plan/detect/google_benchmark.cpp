#include "plimsoll/plan/detect/google_benchmark.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "plimsoll/plan/detect/cmake_commands.h"
#include "plimsoll/plan/detect/repository.h"

namespace plimsoll::plan::detect {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_programs = 8;

struct Program {
  std::string name;
  fs::path folder;  // of its CMakeLists.txt, relative to the root
  bool benchmark = false;
};

bool is_benchmark_library(const std::string& name) {
  return name == "benchmark" || name == "benchmark_main" || name.starts_with("benchmark::");
}

// What CMake may call a target without quotes; anything else is a variable that we could not follow.
bool is_target_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '+';
  });
}

// What needs no quoting in a shell.
bool is_plain_path(const std::string& path) {
  return std::ranges::all_of(path, [](char c) { return c == '/' || is_target_name(std::string(1, c)); });
}

// The programs of a project, read file by file from the outside in, so that variables are known where they
// are used.
class ProgramFinder {
 public:
  explicit ProgramFinder(fs::path root) : root_(std::move(root)) {
    for (const auto* name : {"CMAKE_BINARY_DIR", "PROJECT_BINARY_DIR"}) variables_[name] = "build";
    for (const auto* name : {"CMAKE_SOURCE_DIR", "PROJECT_SOURCE_DIR"}) variables_[name] = ".";
  }

  void read(const fs::path& file) {
    for (auto command : cmake_commands(text_of(root_ / file))) {
      for (auto& argument : command.arguments) argument = replace_variables(std::move(argument), variables_);
      if (!command.arguments.empty()) take(command, file.parent_path());
    }
  }

  std::vector<Program> benchmarks() const {
    std::vector<Program> result;
    std::ranges::copy_if(programs_, std::back_inserter(result), &Program::benchmark);
    return result;
  }

  // Where CMake puts a program, relative to the root.
  std::string output_of(const Program& program) const {
    const auto folder = variables_.find("CMAKE_RUNTIME_OUTPUT_DIRECTORY");
    const bool known = folder != variables_.end() && is_plain_path(folder->second);
    const auto output = known ? fs::path(folder->second) : fs::path("build") / program.folder;
    return (output / program.name).generic_string();
  }

 private:
  void take(const CmakeCommand& command, const fs::path& folder) {
    const auto& arguments = command.arguments;
    const bool plain = is_target_name(arguments[0]) && is_plain_path(folder.generic_string());
    if (command.name == "project") variables_["PROJECT_NAME"] = arguments[0];
    if (command.name == "set" && arguments.size() == 2) variables_[arguments[0]] = arguments[1];
    if (command.name == "add_executable" && plain) programs_.push_back({arguments[0], folder});
    if (command.name != "target_link_libraries") return;
    const auto program = std::ranges::find(programs_, arguments[0], &Program::name);
    if (program != programs_.end() && std::ranges::any_of(arguments, is_benchmark_library))
      program->benchmark = true;
  }

  fs::path root_;
  std::map<std::string, std::string> variables_;
  std::vector<Program> programs_;
};

bool is_executable(const fs::path& file) {
  std::error_code error;
  const auto status = fs::status(file, error);
  return !error && fs::is_regular_file(status) &&
         (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
}

// Options of the benchmark program may be appended to either form.
std::string command_for(const fs::path& root, const std::string& name, const std::string& output) {
  if (is_executable(root / output)) return output;
  return fmt::format(
      "sh -c 'cmake -S . -B build -DCMAKE_BUILD_TYPE=Release >&2 && cmake --build build --target {} >&2 && "
      "exec {} "
      "\"$@\"' {}",
      name, output, name);
}

// The outermost first, so that a variable is known before the folders below use it.
void sort_by_depth(std::vector<fs::path>& files) {
  std::ranges::sort(files, {}, [](const fs::path& file) {
    return std::pair(std::distance(file.begin(), file.end()), file.generic_string());
  });
}

}  // namespace

std::vector<Detected> google_benchmark(const fs::path& root) {
  auto files = find_files(root, [](std::string_view name) { return name == "CMakeLists.txt"; });
  sort_by_depth(files);
  ProgramFinder finder(root);
  for (const auto& file : files) finder.read(file);
  std::vector<Detected> all;
  for (const auto& program : finder.benchmarks()) {
    if (all.size() == most_programs) break;
    Detected found;
    const auto run = command_for(root, program.name, finder.output_of(program));
    found.entry =
        fmt::format("name: {}\nrun: {}\nformat: google-benchmark\n", as_yaml(program.name), as_yaml(run));
    found.rules = {"bench.** regression warn 10% fail 20%"};
    found.because = fmt::format("{} links {} with Google Benchmark",
                                (program.folder / "CMakeLists.txt").generic_string(), program.name);
    all.push_back(std::move(found));
  }
  return all;
}

}  // namespace plimsoll::plan::detect
