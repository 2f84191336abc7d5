// Runs the planned probes, a group at a time, against the guarded service, and appends what they see to the
// run.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plimsoll/evidence/store.h"
#include "plimsoll/model/run.h"
#include "plimsoll/model/snapshot.h"
#include "plimsoll/pipeline/progress.h"
#include "plimsoll/pipeline/schedule.h"
#include "plimsoll/plan/plan.h"
#include "plimsoll/plan/probe_kind.h"

namespace plimsoll::pipeline {

struct GatherOptions {
  std::filesystem::path program;      // this program: its own probe runner
  std::optional<std::int32_t> block;  // stamped on all that is seen
  bool base_side = false;
};

// What was learnt beside the observations.
struct Gathered {
  std::vector<model::Fact> facts;
  std::optional<std::string> service_death;  // "the service was killed by SIGSEGV … at …, while …"
  std::vector<std::string> log_tail;         // only where it died or never got ready
};

// One gathering. The service starts before the first probe that needs it and serves all of them (`state:
// fresh` excepted). Not thread-safe. No process is left behind, whatever happens.
class Gatherer {
 public:
  // `plan` must outlive the object; its root is where commands run.
  static base::Result<std::unique_ptr<Gatherer>> create(const plan::Plan& plan, const GatherOptions& options,
                                                        evidence::RunWriter& writer, Progress& progress);
  ~Gatherer();

  // What became of each probe of the group, which run side by side; `extend` measures that long instead of
  // what the plan says. Whatever a probe or the service does stands in the record. Errors: cancelled (an
  // interrupt), and the store's.
  base::Result<std::vector<model::ProbeRecord>> run(const ProbeGroup& group,
                                                    std::chrono::nanoseconds extend = {});

  void set_block(std::optional<std::int32_t> block);

  // Stops the service; nothing runs afterwards.
  Gathered finish();

 private:
  class Session;
  explicit Gatherer(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
};

// The kind of that name, or nullptr.
const plan::ProbeKind* find_kind(const std::string& name);

}  // namespace plimsoll::pipeline
