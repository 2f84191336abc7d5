#include "plimsoll/cli/command.h"

#include <cstdlib>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"

namespace plimsoll::cli {
namespace {

class PlainProgress final : public pipeline::Progress {
 public:
  void step(std::string_view line) override { std::cerr << "· " << line << std::endl; }
  void detail(std::string_view line) override { std::cerr << "    " << line << std::endl; }
};

class NoProgress final : public pipeline::Progress {
 public:
  void step(std::string_view) override {}
  void detail(std::string_view) override {}
};

base::OrderedJson error_document(const base::Error& error) {
  base::OrderedJson place = nullptr;
  if (error.place) {
    place = {{"file", error.place->file}, {"line", error.place->line}, {"column", error.place->column}};
  }
  return {{"plimsoll", "error"},
          {"version", 1},
          {"status", "inconclusive"},
          {"error",
           {{"code", base::to_string(error.code)},
            {"message", error.message},
            {"hint", error.hint},
            {"place", place}}}};
}

}  // namespace

CLI::App& Commands::add(const std::string& name, const std::string& summary, const std::string& example) {
  return add_to(app_, name, summary, example);
}

CLI::App& Commands::add_to(CLI::App& parent, const std::string& name, const std::string& summary,
                           const std::string& example) {
  CLI::App* command = parent.add_subcommand(name, summary);
  if (!example.empty()) command->footer("Example:\n  " + base::replace_all(example, "\n", "\n  "));
  return *command;
}

void Commands::on_run(CLI::App& command, std::function<int()> run) {
  command.callback([this, run = std::move(run)] { exit_code_ = run(); });
}

void add_common_options(CLI::App& command, CommonOptions& options, Takes takes) {
  command.add_flag("--json", options.json,
                   "one JSON document on standard output, all else on standard error");
  command.add_flag("--quiet,-q", options.quiet, "no progress");
  if (takes == Takes::json_and_store) {
    command.add_option("--store", options.store, "the evidence store: a file, sqlite:FILE")->type_name("URL");
  }
}

int end_with_error(const base::Error& error, const CommonOptions& options) {
  std::cerr << base::to_string(error) << std::endl;
  if (options.json) print_json(error_document(error));
  return exit_code_of(error);
}

int exit_code_of(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::invalid_argument:
    case base::ErrorCode::too_large:  // a plan past its limits
      return exit_usage;
    case base::ErrorCode::internal:
      return exit_internal;
    case base::ErrorCode::cancelled:
      return base::interrupts::raised() != 0 ? 128 + base::interrupts::raised() : exit_inconclusive;
    default:
      return exit_inconclusive;
  }
}

void print_json(const nlohmann::ordered_json& document) {
  std::cout << base::dump(document, 2) << std::endl;
}

nlohmann::ordered_json judgement_documents(std::span<const model::Judgement> judgements) {
  base::OrderedJson json = base::OrderedJson::array();
  for (const model::Judgement& judgement : judgements)
    json.push_back(base::OrderedJson(model::to_json(judgement)));
  return json;
}

std::unique_ptr<pipeline::Progress> make_progress(bool quiet) {
  if (quiet) return std::make_unique<NoProgress>();
  return std::make_unique<PlainProgress>();
}

std::filesystem::path this_program() {
  std::error_code error;
  std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path("plimsoll") : path;
}

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace plimsoll::cli
