#include <iostream>
#include <iterator>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "plimsoll/cli/command.h"
#include "plimsoll/probes/catalogue.h"
#include "plimsoll/probes/stream.h"

namespace plimsoll::cli {
namespace {

constexpr int stream_descriptor = 3;

base::Status run_probe(const std::string& kind) {
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  BASE_ASSIGN(const base::Json json, base::parse_json(input, "task"));
  BASE_ASSIGN(const probes::Task task, probes::task_from_json(json));
  const std::unique_ptr<probes::Probe> probe = probes::make_probe(kind);
  if (!probe)
    return base::fail(base::ErrorCode::invalid_argument, "there is no probe of the kind \"" + kind + "\"");
  probes::StreamRecorder recorder(stream_descriptor);
  BASE_ASSIGN(const probes::Done done, probe->run(task, recorder));
  return recorder.done(done);
}

}  // namespace

void add_probe(Commands& commands) {
  auto kind = std::make_shared<std::string>();
  CLI::App& command =
      commands.add("probe", "run one probe: a task on standard input, the stream on descriptor 3",
                   "plimsoll probe load < task.json 3> stream.jsonl");
  command.group("");  // what `check` calls, not what people type
  command.add_option("kind", *kind, "load, bench, eval, …")->required();
  commands.on_run(command, [kind] {
    const base::Status status = run_probe(*kind);
    return status ? exit_pass : end_with_error(status.error(), {});
  });
}

}  // namespace plimsoll::cli
