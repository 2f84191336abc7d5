#include <filesystem>
#include <iostream>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/format_option.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/result_text.h"
#include "plimsoll/formats/format.h"

namespace plimsoll::cli {
namespace {

struct ImportArguments {
  CommonOptions common;
  std::vector<std::string> files;
  std::string format, run;
};

struct Imported {
  std::string path;
  formats::ImportedFile file;
};

base::OrderedJson document(const std::vector<Imported>& imported, const std::string& run) {
  base::OrderedJson files = base::OrderedJson::array();
  for (const auto& [path, file] : imported) {
    base::OrderedJson findings = base::OrderedJson::array();
    for (const model::Finding& finding : file.findings)
      findings.push_back(base::OrderedJson(model::to_json(finding)));
    files.push_back({{"file", path},
                     {"format", file.format},
                     {"series", series_documents(file.series)},
                     {"findings", findings},
                     {"skipped", skipped_documents(file.skipped)}});
  }
  return {
      {"plimsoll", "import"}, {"version", 1}, {"status", "pass"}, {"run", {{"id", run}}}, {"files", files}};
}

void print(const std::vector<Imported>& imported) {
  for (const auto& [path, file] : imported) {
    std::cout << base::printable(path) << " (" << file.format << ")\n" << series_lines(file.series);
    for (const model::Finding& finding : file.findings)
      std::cout << "  " << finding.rule << ": " << base::printable(finding.message) << "\n";
    std::cout << skipped_lines(file.skipped);
  }
}

// A file's name without its ending; a number behind it where two have the same.
std::string source_name(const std::string& path, std::set<std::string>& taken) {
  const std::string stem = path == "-" ? "stdin" : std::filesystem::path(path).stem().string();
  std::string name = base::truncate_utf8(stem, 100);
  for (int i = 2; !taken.insert(name).second; ++i) name = stem + "_" + std::to_string(i);
  return name;
}

base::Status keep(const std::string& store, const model::Run& run, const std::vector<Imported>& imported) {
  std::set<std::string> taken;
  std::vector<KeptResults> results;
  for (const auto& [path, file] : imported) {
    const std::string source = source_name(path, taken);
    results.push_back({"import", source, source, {base::to_unix_seconds(run.started), 0}, file});
  }
  return keep_run(store, run, results,
                  fmt::format("{} result files were imported; nothing was judged.", imported.size()));
}

base::Result<int> import(const ImportArguments& arguments) {
  BASE_ASSIGN(const std::string format, read_format_option(arguments.format));
  std::vector<Imported> imported;
  for (const std::string& path : arguments.files) {
    BASE_ASSIGN(formats::ImportedFile file, formats::read_results_file(path, format));
    imported.push_back({path, std::move(file)});
  }
  BASE_ASSIGN(const model::Run run, new_run(arguments.run));
  if (!arguments.common.store.empty()) BASE_TRY(keep(arguments.common.store, run, imported));
  if (arguments.common.json) {
    print_json(document(imported, run.id));
  } else {
    print(imported);
    if (!arguments.common.store.empty()) std::cout << "kept as run " << run.id << "\n";
  }
  return exit_pass;
}

}  // namespace

void add_import(Commands& commands) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App& command =
      commands.add("import", "read result files of other tools, and keep them where --store is given",
                   "plimsoll import junit.xml hyperfine.json --json");
  add_common_options(command, arguments->common);
  command.add_option("files", arguments->files, "result files, or Criterion's folder; - is standard input")
      ->required()
      ->type_name("FILE");
  command
      .add_option(
          "--format", arguments->format,
          "what they are: " + base::join(formats::format_names(), ", ") +
              "; a mapping as {json: {value: /time, unit: ms}} or {csv: {value: COLUMN}}; @FILE: a mapping "
              "in a file (default: by content)")
      ->type_name("F");
  command.add_option("--run", arguments->run, "the id of the run that --store gets (default: a new one)")
      ->type_name("ID");
  commands.on_run(command, [arguments] {
    const base::Result<int> result = import(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
