#include "plimsoll/pipeline/new_run.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "plimsoll/evidence/environment.h"
#include "plimsoll/evidence/process_identity.h"
#include "plimsoll/pipeline/repository.h"

namespace plimsoll::pipeline {
namespace {

std::string new_run_id(base::UtcTime started) {
  std::string stamp;
  for (const char c : base::to_rfc3339(started)) {
    if (c != '-' && c != ':' && c != 'Z') stamp += c;
  }
  return stamp + "-" + base::random_hex(4);
}

}  // namespace

model::Run new_run(const std::filesystem::path& root, const std::string& project) {
  const Revision revision = current_revision(root);
  model::Run run;
  run.started = base::system_clock().utc();
  run.id = new_run_id(run.started);
  run.project = project;
  run.commit = revision.commit;
  run.branch = revision.branch;
  run.dirty = revision.dirty;
  run.environment = evidence::read_environment();
  run.comparability = model::comparability_key(run.environment);
  run.program_version = PLIMSOLL_VERSION;
  run.process_id = ::getpid();
  run.boot_id = evidence::current_boot_id();
  return run;
}

}  // namespace plimsoll::pipeline
