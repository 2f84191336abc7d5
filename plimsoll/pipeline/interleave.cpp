#include "plimsoll/pipeline/interleave.h"

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "plimsoll/pipeline/repository.h"

namespace plimsoll::pipeline {
namespace {

constexpr auto build_timeout = std::chrono::minutes(30);
constexpr auto shortest_block = std::chrono::seconds(1);

base::Status build(const plan::Plan& plan, const std::filesystem::path& folder) {
  if (!plan.base || plan.base->build.empty()) return {};
  base::ProcessOptions options;
  options.arguments = plan.base->build;
  options.folder = folder;
  BASE_ASSIGN(const base::Exit exit, base::run_process(std::move(options), build_timeout));
  if (exit.ok()) return {};
  const std::string_view output = base::trim(exit.error_tail.empty() ? exit.output_tail : exit.error_tail);
  const std::string_view end = output.substr(output.size() > 1000 ? output.size() - 1000 : 0);
  return base::fail(base::ErrorCode::unavailable, "building the base " + exit.describe() + ": " +
                                                      base::printable(base::mask_secrets(end), true));
}

}  // namespace

struct Interleaved::State {
  base::TemporaryFolder folder;
  Worktree worktree;
  plan::Plan plan;                     // the same plan, rooted in the worktree
  std::unique_ptr<Gatherer> gatherer;  // after `plan`: it refers to it
};

base::Result<std::unique_ptr<Interleaved>> Interleaved::create(const plan::Plan& plan,
                                                               const std::string& revision,
                                                               const std::filesystem::path& program,
                                                               evidence::RunWriter& writer,
                                                               Progress& progress) {
  BASE_ASSIGN(base::TemporaryFolder folder, base::TemporaryFolder::create("plimsoll-base"));
  BASE_ASSIGN(Worktree worktree, Worktree::create(plan.root, revision, folder.path() / "tree"));
  progress.step("building the base " + worktree.commit().substr(0, 12));
  BASE_TRY(build(plan, worktree.path()));
  auto state = std::make_unique<State>(State{std::move(folder), std::move(worktree), plan, nullptr});
  state->plan.root = state->worktree.path();
  const GatherOptions options{.program = program, .base_side = true};
  BASE_ASSIGN(state->gatherer, Gatherer::create(state->plan, options, writer, progress));
  return std::unique_ptr<Interleaved>(new Interleaved(std::move(state)));
}

Interleaved::Interleaved(std::unique_ptr<State> state) : state_(std::move(state)) {}

Interleaved::~Interleaved() = default;

base::Result<model::ProbeRecord> Interleaved::run(const plan::ProbePlan& probe, Gatherer& head) {
  const plan::ProbeKind* kind = find_kind(probe.kind);
  std::chrono::nanoseconds share{};
  if (kind != nullptr && kind->extendable && probe.expected.count() > 0) {
    share = std::max<std::chrono::nanoseconds>(shortest_block, probe.expected / interleaved_blocks);
  }
  model::ProbeRecord total;
  for (int block = 0; block < interleaved_blocks; ++block) {
    for (const bool base_side : {block % 2 == 0, block % 2 != 0}) {
      Gatherer& side = base_side ? *state_->gatherer : head;
      side.set_block(block);
      BASE_ASSIGN(model::ProbeRecord record, side.run(probe, share));
      const double before = total.duration_seconds;
      const bool broken = record.reason != model::Reason::none;
      if (broken && base_side) record.error = "on the base: " + record.error;
      total = std::move(record);
      total.duration_seconds += before;
      if (broken) return total;
    }
  }
  return total;
}

}  // namespace plimsoll::pipeline
