#include "plimsoll/pipeline/select_baseline.h"

#include <algorithm>
#include <utility>

namespace plimsoll::pipeline {
namespace {

constexpr std::size_t baseline_runs = 20;

const model::ProbeRecord* probe_of(const model::Run& run, const std::string& id) {
  const auto found = std::ranges::find(run.probes, id, model::probe_id);
  return found == run.probes.end() ? nullptr : &*found;
}

bool same_configuration(const model::Run& a, const model::Run& b, const std::string& probe) {
  const model::ProbeRecord* mine = probe_of(a, probe);
  const model::ProbeRecord* theirs = probe_of(b, probe);
  return mine != nullptr && theirs != nullptr && mine->config_digest == theirs->config_digest &&
         mine->reason == model::Reason::none;
}

// The id of the newest run that an acceptance that still holds was spoken at; ids sort by start.
std::string accepted_until(const model::Run& run, std::span<const evidence::Acceptance> acceptances) {
  std::string newest;
  for (const evidence::Acceptance& acceptance : acceptances) {
    const bool holds = !acceptance.until || *acceptance.until >= run.started;
    if (holds && acceptance.run > newest) newest = acceptance.run;
  }
  return newest;
}

}  // namespace

bool may_be_shown(const model::Run& candidate, const model::Run& run, const std::string& probe,
                  const std::string& base_branch) {
  if (candidate.id == run.id || candidate.started > run.started) return false;
  if (candidate.state != model::RunState::complete || candidate.dirty) return false;
  if (candidate.project != run.project || candidate.comparability != run.comparability) return false;
  return candidate.branch == base_branch && candidate.commit && same_configuration(candidate, run, probe);
}

bool may_be_baseline(const model::Run& candidate, const model::Run& run, const std::string& probe,
                     const std::string& base_branch, std::span<const std::string> base_commits) {
  if (candidate.waived || candidate.verdict == model::Status::fail) return false;
  return may_be_shown(candidate, run, probe, base_branch) &&
         std::ranges::find(base_commits, *candidate.commit) != base_commits.end();
}

BaselineRuns select_baseline(const model::Run& run, std::span<const model::Run> candidates,
                             const std::string& probe, const std::string& base_branch,
                             std::span<const std::string> base_commits,
                             std::span<const evidence::Acceptance> acceptances) {
  const std::string accepted = accepted_until(run, acceptances);
  std::vector<std::string> eligible;
  for (const model::Run& candidate : candidates) {
    if (candidate.id > accepted && may_be_baseline(candidate, run, probe, base_branch, base_commits)) {
      eligible.push_back(candidate.id);
    }
  }
  BaselineRuns runs;
  const std::size_t newest = std::min(eligible.size(), baseline_runs);
  runs.newest.assign(eligible.begin(), eligible.begin() + static_cast<std::ptrdiff_t>(newest));
  const std::size_t older = std::min(eligible.size() - newest, baseline_runs);
  runs.anchor.assign(eligible.end() - static_cast<std::ptrdiff_t>(older), eligible.end());
  runs.all = std::move(eligible);
  return runs;
}

}  // namespace plimsoll::pipeline
