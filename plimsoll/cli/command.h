// What every command shares: how it is added, the options all of them take, and how it ends.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/status.h"
#include "plimsoll/pipeline/progress.h"

namespace CLI {
class App;
}

namespace plimsoll::cli {

// Exit codes of every command (INTERFACES: 128+n after signal n).
inline constexpr int exit_pass = 0;
inline constexpr int exit_fail = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_inconclusive = 3;
inline constexpr int exit_internal = 70;

// --json, --quiet and --store.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  std::string store;
};

// A command adds itself with its options and calls `run` with what to do when it was chosen; the result is
// the exit code.
class Commands {
 public:
  explicit Commands(CLI::App& app) : app_(app) {}

  // The new subcommand. `example` ends its --help.
  CLI::App& add(const std::string& name, const std::string& summary, const std::string& example);
  CLI::App& add_to(CLI::App& parent, const std::string& name, const std::string& summary,
                   const std::string& example);
  void on_run(CLI::App& command, std::function<int()> run);

  int exit_code() const { return exit_code_; }

 private:
  CLI::App& app_;
  int exit_code_ = exit_pass;
};

enum class Takes { json, json_and_store };
void add_common_options(CLI::App& command, CommonOptions& options, Takes takes = Takes::json_and_store);

// Says the error on standard error, and with --json as a document {"plimsoll":"error",…} on standard output;
// gives the exit code that fits: 2 for what the user wrote, 70 for a defect of ours, 128+n after signal n,
// else 3.
int end_with_error(const base::Error& error, const CommonOptions& options);
int exit_code_of(const base::Error& error);

// One document on standard output.
void print_json(const nlohmann::ordered_json& document);

// The judgements of a document, as INTERFACES.md has them.
nlohmann::ordered_json judgement_documents(std::span<const model::Judgement> judgements);

// Plain lines on standard error; nothing where `quiet`.
std::unique_ptr<pipeline::Progress> make_progress(bool quiet);

// Path of the running program.
std::filesystem::path this_program();

// The environment variable, for ${NAME} in plans.
std::optional<std::string> environment_variable(const std::string& name);

// One function for each command, in the order of `plimsoll --help`.
void add_check(Commands& commands);
void add_init(Commands& commands);
void add_schema(Commands& commands);
void add_report(Commands& commands);
void add_import(Commands& commands);
void add_store(Commands& commands);
void add_accept(Commands& commands);
void add_load(Commands& commands);
void add_bench(Commands& commands);
void add_eval(Commands& commands);
void add_probe(Commands& commands);

}  // namespace plimsoll::cli
