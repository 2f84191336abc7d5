#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "net/headers.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/cli/eval_embed.h"
#include "plimsoll/cli/eval_summary.h"
#include "plimsoll/cli/header_options.h"
#include "plimsoll/cli/kept_run.h"
#include "plimsoll/cli/memory_recorder.h"
#include "plimsoll/model/verdict.h"
#include "plimsoll/probes/eval/eval_series.h"
#include "plimsoll/probes/eval/evaluation.h"
#include "plimsoll/probes/eval/scores.h"
#include "plimsoll/probes/eval/suite.h"

namespace plimsoll::cli {
namespace {

using base::ErrorCode;
using probes::eval::JudgedSet;
using probes::eval::Suite;

struct EvalArguments {
  CommonOptions common;
  std::string source;  // a suite file, or a folder
  std::string url;
  std::vector<std::string> headers;
};

struct Asked {
  Suite suite;
  JudgedSet set;
};

// What the user named and does not exist is his to mend: usage, not a measurement that failed.
template <class T>
base::Result<T> named_by_user(base::Result<T> result) {
  if (!result && (result.error().code == ErrorCode::not_found || result.error().code == ErrorCode::corrupt)) {
    result.error().code = ErrorCode::invalid_argument;
  }
  return result;
}

base::Result<Asked> read_suite(const EvalArguments& arguments) {
  BASE_ASSIGN(Suite suite, named_by_user(probes::eval::read_suite(arguments.source)));
  BASE_ASSIGN(JudgedSet set, named_by_user(probes::eval::read_set(suite.files)));
  return Asked{std::move(suite), std::move(set)};
}

base::Result<Asked> read_folder(const EvalArguments& arguments) {
  BASE_ASSIGN(const auto files, named_by_user(probes::eval::find_set(arguments.source)));
  BASE_ASSIGN(JudgedSet set, named_by_user(probes::eval::read_set(files)));
  Suite suite = probes::eval::suite_of(arguments.source, files, set);
  if (!suite.tenant_field.empty() && !arguments.common.quiet) {
    std::cerr << "· each tenant's documents lie under its own key: Authorization: Token TENANT" << std::endl;
  }
  return Asked{std::move(suite), std::move(set)};
}

base::Result<probes::eval::Target> target_of(const EvalArguments& arguments, const Suite& suite) {
  const std::string& address = arguments.url.empty() ? suite.url : arguments.url;
  if (address.empty()) {
    return base::fail(ErrorCode::invalid_argument, "there is no service to evaluate",
                      "say --url http://127.0.0.1:PORT, or give the suite a `url:`");
  }
  BASE_ASSIGN(net::Url url, net::parse_url(address));
  BASE_ASSIGN(auto headers, parse_headers(arguments.headers));
  return probes::eval::Target{std::move(url), std::move(headers)};
}

// A query that failed counts as 0, so what was measured is then not the ranking alone.
model::Status status_of(const probes::eval::Summary& summary) {
  return summary.failed == 0 ? model::Status::pass : model::Status::inconclusive;
}

// The series that the eval probe would have streamed.
base::Status keep(const EvalArguments& arguments, const Asked& asked, const model::Run& run,
                  const probes::eval::Evaluation& evaluation, const probes::eval::Scores& scores,
                  model::Status status) {
  const model::ProbeRecord record{.kind = "eval", .name = asked.suite.name};
  MemoryRecorder recorder(model::probe_id(record));
  const probes::Task task{.kind = record.kind, .name = record.name};
  BASE_TRY(probes::eval::record(recorder, task, asked.suite, evaluation, scores));
  const auto series = recorder.take_series();
  return keep_snapshot(arguments.common.store, snapshot_of_one(run, record, series, {}, status), series);
}

base::Result<int> evaluate(const EvalArguments& arguments, const Asked& asked) {
  BASE_ASSIGN(const auto target, target_of(arguments, asked.suite));
  std::optional<model::Run> run;  // begun before the evaluation is
  if (!arguments.common.store.empty()) {
    BASE_ASSIGN(run, new_run(""));
  }
  const auto progress = make_progress(arguments.common.quiet);
  const auto tell = [&](std::string_view line) {
    progress->step(line);
    return true;
  };
  BASE_ASSIGN(const auto evaluation, probes::eval::evaluate(asked.suite, asked.set, target, tell));
  BASE_ASSIGN(const auto scores, probes::eval::score(asked.suite, evaluation));
  const auto summary = probes::eval::summarise(asked.suite, asked.set, evaluation, scores);
  const model::Status status = status_of(summary);
  if (run) BASE_TRY(keep(arguments, asked, *run, evaluation, scores, status));
  if (arguments.common.json) {
    print_json(eval_document(asked.suite.name, summary, status));
  } else {
    std::cout << eval_table(summary);
  }
  return model::exit_code(status);
}

using ReadSource = base::Result<Asked> (*)(const EvalArguments&);

void add_one(Commands& commands, CLI::App& command, const std::string& source, ReadSource read) {
  auto arguments = std::make_shared<EvalArguments>();
  add_common_options(command, arguments->common);
  command.add_option("source", arguments->source, source)->required()->type_name("PATH");
  command.add_option("--url", arguments->url, "the service, which runs already")->type_name("URL");
  command.add_option("--header,-H", arguments->headers, "\"Name: value\", again for more")
      ->allow_extra_args(false)
      ->type_name("H");
  commands.on_run(command, [arguments, read] {
    const base::Result<Asked> asked = read(*arguments);
    if (!asked) return end_with_error(asked.error(), arguments->common);
    const base::Result<int> result = evaluate(*arguments, *asked);
    return result ? *result : end_with_error(result.error(), arguments->common);
  });
}

}  // namespace

void add_eval(Commands& commands) {
  CLI::App& eval = commands.add("eval", "measure how well a service finds what it holds", "");
  eval.require_subcommand(1);
  add_one(commands,
          commands.add_to(
              eval, "run", "put a suite to a service and print its measures",
              "plimsoll eval run tests/ml_quality/retrieval_quality.yaml --url http://127.0.0.1:8080"),
          "a suite file", read_suite);
  add_one(commands,
          commands.add_to(eval, "golden", "the same for a folder in the BEIR layout, in mem0's wire",
                          "plimsoll eval golden tests/ml_quality/golden --url http://127.0.0.1:8080"),
          "a folder with corpus.jsonl, queries.jsonl and qrels.tsv", read_folder);
  add_eval_embed(commands, eval);
}

}  // namespace plimsoll::cli
