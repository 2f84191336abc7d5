#include <memory>

#include <CLI/CLI.hpp>

#include "plimsoll/cli/bench_commands.h"
#include "plimsoll/cli/bench_judging.h"
#include "plimsoll/formats/format.h"

namespace plimsoll::cli {
namespace {

struct CompareArguments {
  CommonOptions common;
  std::string base, head, format;
  BoundsOptions bounds;
};

base::Result<int> compare(const CompareArguments& arguments) {
  BASE_ASSIGN(const model::Regression bounds, read_bounds(arguments.bounds.warn, arguments.bounds.fail));
  BASE_ASSIGN(const formats::ImportedFile base, formats::read_results_file(arguments.base, arguments.format));
  BASE_ASSIGN(const formats::ImportedFile head, formats::read_results_file(arguments.head, arguments.format));
  return answer("bench.compare", compare_results(base, head, bounds), arguments.common);
}

}  // namespace

void add_bench_compare(Commands& commands, CLI::App& bench) {
  auto arguments = std::make_shared<CompareArguments>();
  CLI::App& command = commands.add_to(bench, "compare", "judge one result file against another",
                                      "plimsoll bench compare base.json head.json --warn 10% --fail 20%");
  add_common_options(command, arguments->common, Takes::json);
  command.add_option("base", arguments->base, "result file, any known format")->required()->type_name("BASE");
  command.add_option("head", arguments->head, "the same of the new version")->required()->type_name("HEAD");
  add_format(command, arguments->format);
  add_bounds(command, arguments->bounds);
  commands.on_run(command, [arguments] {
    const base::Result<int> result = compare(*arguments);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
