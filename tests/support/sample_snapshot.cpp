#include "tests/support/sample_snapshot.h"

#include <cmath>
#include <numbers>

#include "base/clock.h"

namespace plimsoll::report::testing {
namespace {

using model::Effect;
using model::EffectKind;
using model::Judgement;
using model::Reason;
using model::Status;

constexpr double kStart = 1'795'445'555;

Judgement threshold(std::string series, const std::string& asked, std::string unit, double value, double low,
                    double high, double bound, std::uint64_t n) {
  Judgement judgement;
  judgement.rule = series + " " + asked;
  judgement.series = std::move(series);
  judgement.unit = std::move(unit);
  judgement.value = value;
  judgement.effect = Effect{EffectKind::difference, value, low, high};
  judgement.bound = bound;
  judgement.n = n;
  judgement.test = "clopper-pearson";
  return judgement;
}

Judgement regression(std::string series, std::string stat, double value, double ratio, double low,
                     double high) {
  Judgement judgement;
  judgement.rule = "bench.** regression warn 10% fail 20%";
  judgement.series = std::move(series);
  judgement.stat = std::move(stat);
  judgement.unit = "seconds";
  judgement.value = value;
  judgement.effect = Effect{EffectKind::ratio, ratio, low, high};
  judgement.bound = 1.2;
  judgement.n = 3;
  judgement.n_base = 12;
  judgement.test = "t-prediction-interval";
  judgement.false_alarm_rate = 0.011;
  judgement.detectable_effect = 1.27;
  judgement.p_fail = judgement.p_warn = 0.4;
  return judgement;
}

Judgement as(Judgement judgement, Status status, std::string explanation) {
  judgement.status = status;
  judgement.explanation = std::move(explanation);
  return judgement;
}

std::vector<Judgement> thresholds() {
  Judgement slow =
      as(threshold("load.latency{scenario=basic_api_load}", "p95 < 200ms", "seconds", 0.213, 0.2071, 0.2194,
                   0.2, 24'013),
         Status::fail,
         "p95 of load.latency{scenario=basic_api_load} is 213 ms (95 %: 207 ms to 219 ms), beyond its bound "
         "< 200 ms");
  slow.because = "the search page feels slow above it";
  slow.owner = "search team";
  Judgement few =
      as(threshold("load.errors{scenario=nightly_soak}", "< 0.1%", "share", 0, 0, 0.0031, 0.001, 1'184),
         Status::inconclusive,
         "load.errors{scenario=nightly_soak} is 0 % (95 %: 0 % to 0.31 %): too few observations to tell it "
         "from its bound < 0.1 %");
  few.reason = Reason::undecided;
  few.detectable_effect = 0.0031;
  return {slow, few,
          as(threshold("load.errors{scenario=basic_api_load}", "< 0.1%", "share", 0.00004, 0.000005, 0.00015,
                       0.001, 24'013),
             Status::pass, "load.errors{scenario=basic_api_load} is 0.004 %, within its bound < 0.1 %"),
          as(threshold("load.latency{scenario=list}", "p99 < 50ms", "seconds", 0.0121, 0.0118, 0.0126, 0.05,
                       40'000),
             Status::pass, "p99 of load.latency{scenario=list} is 12.1 ms, within its bound < 50 ms"),
          as(threshold("eval.mrr{difficulty=all}", "> 0.75", "ratio", 0.823, 0.789, 0.856, 0.75, 412),
             Status::pass, "eval.mrr{difficulty=all} is 0.823, within its bound > 0.75")};
}

std::vector<Judgement> regressions() {
  Judgement learning = regression("bench.forget_user{rows=100000}", "", 0.0213, 1, 1, 1);
  learning.effect = std::nullopt;
  learning.bound = std::nullopt;
  learning.n_base = 2;
  learning.explanation =
      "bench.forget_user{rows=100000} is 21.3 ms; 2 of 5 comparable runs known, so it is learning";
  learning.status = Status::learning;
  Judgement open = regression("bench.embedding{batch=32}", "", 0.41, 1.08, 0.92, 1.31);
  open.effect->high = std::nullopt;
  open.reason = Reason::undecided;
  return {as(regression("bench.insert{rows=1000}", "p95", 0.0413, 1.31, 1.22, 1.41), Status::fail,
             "p95 of bench.insert{rows=1000} is 41.3 ms, 31 % worse than the last 12 runs (95 %: 22 % worse "
             "to 41 % "
             "worse)"),
          as(regression("bench.search{corpus=golden,k=10}", "p50", 0.00231, 1.145, 1.112, 1.18), Status::warn,
             "p50 of bench.search{corpus=golden,k=10} is 2.31 ms, 14.5 % worse than the last 12 runs (95 %: "
             "11.2 % "
             "worse to 18 % worse)"),
          as(open, Status::inconclusive,
             "bench.embedding{batch=32} is 410 ms, 8 % worse than the last 12 runs (95 %: 8 % better to ∞ "
             "worse): too "
             "imprecise to exclude the fail bound"),
          as(regression("bench.search{corpus=golden,k=10}", "p95", 0.0049, 0.987, 0.93, 1.045), Status::pass,
             "p95 of bench.search{corpus=golden,k=10} is 4.9 ms, 1.3 % better than the last 12 runs (95 %: 7 "
             "% better to "
             "4.5 % worse)"),
          learning};
}

Judgement left_out() {
  Judgement judgement;
  judgement.rule = "scan.findings{severity=~high|critical} none";
  judgement.series = "scan.findings{severity=~high|critical}";
  judgement.status = Status::not_run;
  judgement.explanation = "every probe that could answer was left out";
  return judgement;
}

// Repeatable noise without a generator: two waves that never meet.
double wobble(int i) {
  return 0.5 * std::sin(i * 1.7) + 0.35 * std::sin(i * 0.61 + 1) +
         0.15 * std::sin(i * std::numbers::pi * 2.3);
}

model::Timeline latency_timeline(std::string series, double level, int seconds) {
  model::Timeline timeline{std::move(series), "seconds", {}};
  for (int i = 0; i < seconds; ++i) {
    const double burst = i > seconds * 2 / 3 ? 1.9 : 1;
    const double p50 = level * (1 + 0.08 * wobble(i)) * (1 + (burst - 1) * 0.3);
    timeline.points.push_back({static_cast<double>(i), 400, p50,
                               p50 * 2.1 * burst * (1 + 0.1 * wobble(i + 7)),
                               p50 * 3.2 * burst * (1 + 0.25 * wobble(i + 3))});
  }
  return timeline;
}

model::Timeline rate_timeline() {
  model::Timeline timeline{"load.throughput{scenario=basic_api_load}", "requests/s", {}};
  for (int i = 0; i < 60; ++i) {
    timeline.points.push_back({static_cast<double>(i), 1, 400 + 4 * wobble(i), std::nullopt, std::nullopt});
  }
  timeline.points[31].p50 = std::nullopt;
  return timeline;
}

model::History history_of(const Judgement& judgement, double level) {
  model::History history;
  history.rule = judgement.rule;
  history.series = judgement.series;
  history.unit = judgement.unit;
  history.stat = judgement.stat;
  history.better = model::Better::lower;
  for (int i = 0; i < 12; ++i) {
    history.points.push_back({"20261" + std::to_string(110 + i) + "T101500-00c0ffee", "4f1c2d3e5a6b7c8d9e0f",
                              kStart - (12 - i) * 86'400.0, level * (1 + 0.05 * wobble(i))});
  }
  history.points.push_back({"20261123T145235-1a2b3c4d", "8be4df61c90d2f45a1b3", kStart, *judgement.value});
  history.levels = {{0, level, 0.98 * level, 1.02 * level, std::nullopt, {}, {}},
                    {7, 1.1 * level, 1.08 * level, 1.12 * level, Effect{EffectKind::ratio, 1.1, 1.07, 1.13},
                     "Ann Example", "search: rank before filtering"}};
  history.trend = Effect{EffectKind::ratio, 1.01, 1.005, 1.015};
  return history;
}

model::Run sample_run() {
  model::Run run;
  run.id = "20261123T145235-1a2b3c4d";
  run.project = "plimsoll";
  run.commit = "8be4df61c90d2f45a1b37c61de55ab0f92c4d013";
  run.branch = "feature/faster-search";
  run.started = base::from_unix_seconds(kStart);
  run.finished = run.started + std::chrono::milliseconds(83'400);
  run.environment = {.architecture = "x86_64",
                     .cpu_model = "AMD EPYC 7763 64-Core Processor",
                     .usable_cores = 2,
                     .cgroup_quota_cores = 2,
                     .runner_label = "ci-small",
                     .kernel = "6.1.0-18-amd64",
                     .compiler = "clang 19.1.7",
                     .governor = "performance",
                     .steal_share = 0.004,
                     .memory_bytes = 8ull << 30,
                     .image = "debian:12"};
  run.comparability = model::comparability_key(run.environment);
  run.state = model::RunState::complete;
  run.verdict = Status::fail;
  run.program_version = "0.1.0";
  run.probes = {{.kind = "load", .name = "basic_api_load", .duration_seconds = 60.2},
                {.kind = "bench", .name = "database", .duration_seconds = 12.7},
                {.kind = "eval",
                 .name = "retrieval_quality",
                 .status = "crashed",
                 .reason = Reason::probe_crashed,
                 .duration_seconds = 3.25,
                 .error = "was killed by SIGSEGV (segmentation fault) after 120 of 412 queries"},
                {.kind = "scan", .name = "secrets", .status = "skipped"}};
  return run;
}

std::vector<model::Finding> sample_findings() {
  return {{.probe = "scan/licenses",
           .rule = "licence-unknown",
           .severity = model::Severity::medium,
           .file = "third_party/fast_float/LICENSE",
           .fingerprint = "aa01",
           .message = "The licence text is none of the SPDX list."},
          {.probe = "scan/secrets",
           .rule = "generic-api-key",
           .severity = model::Severity::critical,
           .file = "apps/memory_api/config/local.yaml",
           .line = 12,
           .column = 9,
           .fingerprint = "aa02",
           .message = "A key with 164 bits of entropy stands in a tracked file.",
           .tools = {"plimsoll"}},
          {.probe = "scan/dependencies",
           .rule = "CVE-2026-1234",
           .severity = model::Severity::high,
           .package = "libexample",
           .version = "1.2.3",
           .fixed_in = "1.2.9",
           .cwe = "CWE-787",
           .fingerprint = "aa03",
           .message = "Out-of-bounds write while parsing a header."},
          {.probe = "scan/secrets",
           .rule = "jwt",
           .severity = model::Severity::high,
           .file = "tests/data/token.txt",
           .line = 1,
           .fingerprint = "aa04",
           .message = "A token of a test.",
           .suppressed = true}};
}

// A minute at 400 a second around 50 ms; at 41 s the server stops for two seconds and some requests fail.
model::LoadPicture sample_load() {
  std::vector<model::Observation> slices;
  for (int second = 0; second < 60; ++second) {
    base::Histogram latency;
    const bool stopped = second == 41 || second == 42;
    for (int request = 0; request < 400; ++request) {
      const double wave = 0.05 * (1 + 0.3 * std::sin(request * 0.7 + second)) + (request % 97 == 0 ? 0.1 : 0);
      latency.record(stopped ? wave + 2.0 * (400 - request) / 400 : wave);
    }
    if (stopped) latency.record_infinite(25);
    slices.push_back({.slice_start = 1.7e9 + second, .slice_seconds = 1, .value = latency});
  }
  const model::SeriesData data{{{"load.latency", {{"scenario", "basic_api_load"}}}, "seconds"}, "", slices};
  return model::load_pictures(std::span(&data, 1)).front();
}

}  // namespace

model::Snapshot sample_snapshot() {
  model::Snapshot snapshot;
  model::Verdict& verdict = snapshot.verdict;
  verdict.status = Status::fail;
  verdict.headline =
      "This release must not ship: p95 of load.latency{scenario=basic_api_load} is 213 ms (95 %: 207 ms to "
      "219 ms), "
      "beyond its bound < 200 ms (and 1 more).";
  verdict.run = sample_run();
  verdict.false_alarm_rate = 0.05;
  verdict.family_size = 5;
  verdict.judgements = thresholds();
  for (Judgement& judgement : regressions()) verdict.judgements.push_back(std::move(judgement));
  verdict.judgements.push_back(left_out());
  verdict.findings = sample_findings();
  snapshot.timelines = {latency_timeline("load.latency{scenario=basic_api_load}", 0.052, 60),
                        latency_timeline("load.latency{scenario=list}", 0.0031, 20), rate_timeline()};
  snapshot.loads = {sample_load()};
  for (const Judgement& judgement : verdict.judgements) {
    if (judgement.p_fail && judgement.effect) {
      snapshot.histories.push_back(history_of(judgement, *judgement.value / *judgement.effect->estimate));
    }
  }
  snapshot.facts = {{"Requests", "24,013"},
                    {"Peak memory of the service", "41.2 MiB"},
                    {"CPU time of the service", "38.1 s"},
                    {"Achieved rate", "400 requests/s"},
                    {"Ready after", "92 ms"}};
  snapshot.log_tail = {
      R"({"level":"info","time":"2026-11-23T14:53:31Z","message":"listening","port":41297})",
      R"({"level":"error","time":"2026-11-23T14:53:48Z","message":"storage: database is locked"})",
      "terminate called after throwing an instance of 'std::bad_alloc'"};
  return snapshot;
}

model::Snapshot hostile_snapshot(const std::string& text) {
  model::Snapshot snapshot = sample_snapshot();
  model::Verdict& verdict = snapshot.verdict;
  verdict.headline = verdict.run.id = verdict.run.project = text;
  verdict.run.commit = verdict.run.branch = text;
  model::Environment& machine = verdict.run.environment;
  machine.architecture = machine.cpu_model = machine.runner_label = machine.kernel = machine.compiler =
      machine.governor = machine.image = text;
  verdict.run.comparability = verdict.run.program_version = text;
  for (model::ProbeRecord& probe : verdict.run.probes)
    probe.kind = probe.name = probe.status = probe.error = text;
  for (Judgement& judgement : verdict.judgements) {
    judgement.rule = judgement.series = judgement.stat = judgement.unit = judgement.test = text;
    judgement.explanation = judgement.because = judgement.owner = judgement.level = text;
    judgement.evidence = {text};
  }
  for (model::Finding& finding : verdict.findings) {
    finding.probe = finding.rule = finding.file = finding.commit = finding.package = finding.version = text;
    finding.fixed_in = finding.licence = finding.cwe = finding.fingerprint = finding.message = text;
    finding.tools = finding.aliases = {text};
  }
  for (model::Timeline& timeline : snapshot.timelines) timeline.series = timeline.unit = text;
  for (model::LoadPicture& load : snapshot.loads) load.series = text;
  for (model::History& history : snapshot.histories) {
    history.rule = history.series = history.unit = history.stat = text;
    for (model::HistoryLevel& level : history.levels) level.author = level.subject = text;
    for (model::HistoryPoint& point : history.points) point.run = point.commit = text;
  }
  snapshot.repository = {text, text};
  for (model::Fact& fact : snapshot.facts) fact.name = fact.value = text;
  for (std::string& line : snapshot.log_tail) line = text;
  return snapshot;
}

std::string hostile_text() {
  using std::string_literals::operator""s;
  return "<script>alert(1)</script>\x1b[31m\x1b]8;;http://evil\x07\xE2\x80\xAE"
         "fdp.exe\0\xff\xc0\xaf]]>--><!--\"'&amp;|`@ann #1 [x](javascript:alert(1)) https://evil.example\n# "
         "top\n"
         "\xEF\xBF\xBF{a=\"}\",b=2} ${IFS}"s;
}

}  // namespace plimsoll::report::testing
