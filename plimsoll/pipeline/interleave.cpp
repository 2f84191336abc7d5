#include "plimsoll/pipeline/interleave.h"

#include <algorithm>

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

// How long a block of it lasts; 0 where it says itself when it has enough.
std::chrono::nanoseconds share_of_a_block(const ProbeGroup& group) {
  std::chrono::nanoseconds longest{};
  for (const plan::ProbePlan* probe : group) {
    const plan::ProbeKind* kind = find_kind(probe->kind);
    if (kind != nullptr && kind->extendable) longest = std::max(longest, probe->expected);
  }
  if (longest.count() == 0) return {};
  return std::max<std::chrono::nanoseconds>(shortest_block, longest / interleaved_blocks);
}

// Whether the block came to nothing.
bool add_block(model::ProbeRecord& total, model::ProbeRecord block, bool base_side) {
  const bool broken = block.reason != model::Reason::none;
  if (broken && base_side) block.error = "on the base: " + block.error;
  block.duration_seconds += total.duration_seconds;
  total = std::move(block);
  return broken;
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

base::Result<std::vector<model::ProbeRecord>> Interleaved::run(const ProbeGroup& group, Gatherer& head) {
  const std::chrono::nanoseconds share = share_of_a_block(group);
  std::vector<model::ProbeRecord> totals(group.size());
  for (int block = 0; block < interleaved_blocks; ++block) {
    for (const bool base_side : {block % 2 == 0, block % 2 != 0}) {
      Gatherer& side = base_side ? *state_->gatherer : head;
      side.set_block(block);
      BASE_ASSIGN(std::vector<model::ProbeRecord> records, side.run(group, share));
      bool broken = false;
      for (std::size_t i = 0; i < records.size(); ++i) {
        broken |= add_block(totals[i], std::move(records[i]), base_side);
      }
      if (broken) return totals;
    }
  }
  return totals;
}

}  // namespace plimsoll::pipeline
