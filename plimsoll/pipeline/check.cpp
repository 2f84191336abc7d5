#include "plimsoll/pipeline/check.h"

#include <algorithm>

#include "base/clock.h"
#include "base/json.h"
#include "plimsoll/pipeline/adjust_family.h"
#include "plimsoll/pipeline/fold.h"
#include "plimsoll/pipeline/gather.h"
#include "plimsoll/pipeline/interleave.h"
#include "plimsoll/pipeline/judge_run.h"
#include "plimsoll/pipeline/new_run.h"
#include "plimsoll/pipeline/repository.h"
#include "plimsoll/pipeline/trend.h"
#include "plimsoll/pipeline/web_repository.h"

namespace plimsoll::pipeline {
namespace {

constexpr int most_extensions = 2;  // bounded, so that a check ends

// One walk over the path. Its steps stand in the order in which they happen.
class Check {
 public:
  Check(const plan::Plan& plan, const CheckOptions& options, evidence::EvidenceStore& store,
        Progress& progress)
      : plan_(plan), options_(options), store_(store), progress_(progress) {}

  base::Result<model::Snapshot> run() {
    BASE_ASSIGN(schedule_, schedule(plan_, options_.choice));
    run_ = new_run(plan_.root, plan_.project);
    run_.partial = schedule_.partial;
    BASE_ASSIGN(writer_, store_.begin(run_));
    base_commits_ = base_commits(plan_.root, plan_.base_branch);
    BASE_TRY(gather_all());
    BASE_TRY(conclude());
    BASE_TRY(keep());
    return std::move(snapshot_);
  }

 private:
  base::Status gather_all() {
    const GatherOptions options{.program = options_.program};
    BASE_ASSIGN(auto gatherer, Gatherer::create(plan_, options, *writer_, progress_));
    for (const ScheduledProbe& scheduled : schedule_.probes) {
      states_.push_back({.record = skipped(scheduled),
                         .kind = find_kind(scheduled.probe->kind),
                         .skipped = !scheduled.selected});
    }
    for (const auto& places : groups(schedule_)) {
      BASE_ASSIGN(auto records, measure(probes_at(places), *gatherer));
      for (std::size_t i = 0; i < places.size(); ++i) states_[places[i]].record = std::move(records[i]);
    }
    BASE_TRY(judge());
    if (options_.base.empty()) BASE_TRY(extend(*gatherer));
    gathered_ = gatherer->finish();
    return {};
  }

  ProbeGroup probes_at(const std::vector<std::size_t>& places) const {
    ProbeGroup group;
    for (const std::size_t place : places) group.push_back(schedule_.probes[place].probe);
    return group;
  }

  base::Result<std::vector<model::ProbeRecord>> measure(const ProbeGroup& group, Gatherer& gatherer) {
    if (options_.base.empty()) return gatherer.run(group);
    if (!interleaved_) {
      BASE_ASSIGN(interleaved_,
                  Interleaved::create(plan_, options_.base, options_.program, *writer_, progress_));
    }
    return interleaved_->run(group, gatherer);
  }

  static model::ProbeRecord skipped(const ScheduledProbe& scheduled) {
    model::ProbeRecord record{.kind = scheduled.probe->kind, .name = scheduled.probe->name};
    record.config_digest = scheduled.probe->digest();
    record.status = "skipped";
    record.error = scheduled.why_not;
    return record;
  }

  base::Status judge() {
    run_.probes.clear();
    for (const ProbeState& state : states_) run_.probes.push_back(state.record);
    const JudgeInputs inputs{plan_, run_, states_, base_commits_, base::system_clock().utc()};
    BASE_ASSIGN(judged_, judge_run(inputs, store_));
    return {};
  }

  // While a threshold is undecided and nothing has failed, its probe measures on, up to its max_duration.
  base::Status extend(Gatherer& gatherer) {
    for (int round = 0; round < most_extensions && fold(judged_.judgements) == model::Status::inconclusive;
         ++round) {
      bool extended = false;
      for (const auto& places : groups(schedule_)) {
        std::chrono::nanoseconds more{};
        for (const std::size_t place : places) {
          more = std::max(more, extension(states_[place], *schedule_.probes[place].probe));
        }
        if (more.count() == 0) continue;
        BASE_TRY(measure_on(places, more, gatherer));
        extended = true;
      }
      if (!extended) return {};
      BASE_TRY(judge());
    }
    return {};
  }

  base::Status measure_on(const std::vector<std::size_t>& places, std::chrono::nanoseconds more,
                          Gatherer& gatherer) {
    progress_.step("undecided: measuring on");
    BASE_ASSIGN(auto records, gatherer.run(probes_at(places), more));
    for (std::size_t i = 0; i < places.size(); ++i) {
      model::ProbeRecord& record = states_[places[i]].record;
      measured_on_[probe_id(record)] += more;
      records[i].duration_seconds += record.duration_seconds;
      record = std::move(records[i]);
    }
    return {};
  }

  // How much longer a probe may measure: nothing where it is not undecided, cannot, or has had its time.
  std::chrono::nanoseconds extension(const ProbeState& state, const plan::ProbePlan& probe) {
    const bool able = state.kind != nullptr && state.kind->extendable && !state.skipped &&
                      state.record.reason == model::Reason::none && probe.expected.count() > 0;
    if (!able) return {};
    const bool wanted = std::ranges::any_of(judged_.judgements, [&](const model::Judgement& judgement) {
      return judgement.reason == model::Reason::undecided && !judgement.p_fail &&
             judgement.series.find(state.record.name) != std::string::npos;
    });
    const std::chrono::nanoseconds left =
        probe.max_duration - probe.expected - measured_on_[probe_id(state.record)];
    if (!wanted || left < std::chrono::seconds(1)) return {};
    return std::min(left, probe.expected);
  }

  base::Status conclude() {
    const Family family = adjust_family(judged_.judgements);
    model::Verdict& verdict = snapshot_.verdict;
    verdict.status = fold(judged_.judgements);
    verdict.headline = headline(verdict.status, judged_.judgements, gathered_.service_death);
    verdict.partial = schedule_.partial;
    verdict.false_alarm_rate = family.false_alarm_rate;
    verdict.family_size = family.size;
    verdict.judgements = std::move(judged_.judgements);
    verdict.findings = std::move(judged_.findings);
    BASE_ASSIGN(snapshot_.timelines, timelines(run_.id, store_));
    BASE_ASSIGN(const auto latencies, store_.read(run_.id, model::Selector{"load.latency", {}, {}}));
    snapshot_.loads = model::load_pictures(latencies);
    snapshot_.histories = std::move(judged_.histories);
    name_commits(snapshot_.histories, plan_.root);
    if (const auto remote = origin_url(plan_.root)) snapshot_.repository = web_repository(*remote);
    snapshot_.facts = std::move(gathered_.facts);
    snapshot_.log_tail = std::move(gathered_.log_tail);
    return {};
  }

  base::Status keep() {
    run_.state = model::RunState::complete;
    run_.finished = base::system_clock().utc();
    run_.verdict = snapshot_.verdict.status;
    snapshot_.verdict.run = run_;
    const std::string text = base::dump(model::to_json(snapshot_));
    BASE_TRY(writer_->finish(run_, text));
    // What is told now is what `report` will read back: the same bytes, also for names that are not UTF-8.
    BASE_ASSIGN(const base::Json kept, base::parse_json(text, "the snapshot"));
    BASE_ASSIGN(snapshot_, model::snapshot_from_json(kept));
    return {};
  }

  const plan::Plan& plan_;
  const CheckOptions& options_;
  evidence::EvidenceStore& store_;
  Progress& progress_;
  Schedule schedule_;
  model::Run run_;
  std::unique_ptr<evidence::RunWriter> writer_;
  std::unique_ptr<Interleaved> interleaved_;
  std::vector<std::string> base_commits_;
  std::vector<ProbeState> states_;
  std::map<std::string, std::chrono::nanoseconds> measured_on_;
  Gathered gathered_;
  Judged judged_;
  model::Snapshot snapshot_;
};

}  // namespace

base::Result<model::Snapshot> check(const plan::Plan& plan, const CheckOptions& options,
                                    evidence::EvidenceStore& store, Progress& progress) {
  return Check(plan, options, store, progress).run();
}

}  // namespace plimsoll::pipeline
