// Random judgements, verdicts and snapshots for properties. Numbers are finite: what is not is null in JSON.
#pragma once

#include <cmath>
#include <optional>

#include "generators.h"
#include "plimsoll/model/snapshot.h"

namespace plimsoll::model::testing {

template <class T>
rc::Gen<std::vector<T>> a_few(rc::Gen<T> item) {
  return rc::gen::exec([item] {
    std::vector<T> items;
    const auto n = *rc::gen::inRange(0, 5);
    for (int i = 0; i < n; ++i) items.push_back(*item);
    return items;
  });
}

inline rc::Gen<double> finite_double() {
  return rc::gen::map(any_double(), [](double value) { return std::isfinite(value) ? value : 0.25; });
}

inline rc::Gen<std::optional<double>> maybe_number() {
  return rc::gen::exec([]() -> std::optional<double> {
    return *rc::gen::arbitrary<bool>() ? std::optional(*finite_double()) : std::nullopt;
  });
}

inline rc::Gen<Status> any_status() {
  return rc::gen::element(Status::pass, Status::warn, Status::fail, Status::inconclusive, Status::learning,
                          Status::not_run);
}

inline rc::Gen<Reason> any_reason() {
  return rc::gen::element(Reason::none, Reason::too_few, Reason::undecided, Reason::no_baseline,
                          Reason::probe_crashed, Reason::missing, Reason::not_finite, Reason::saturated,
                          Reason::environment, Reason::stale);
}

inline rc::Gen<Effect> any_effect() {
  return rc::gen::exec([] {
    return Effect{*rc::gen::element(EffectKind::ratio, EffectKind::difference), *maybe_number(),
                  *maybe_number(), *maybe_number(), *rc::gen::element(0.9, 0.95, 0.99)};
  });
}

inline rc::Gen<Judgement> any_judgement() {
  return rc::gen::exec([] {
    Judgement judgement;
    judgement.rule = *label_value();
    judgement.series = to_string((*any_series()).id);
    judgement.stat = *rc::gen::element<std::string>("", "p95", "median");
    judgement.unit = *rc::gen::element<std::string>("", "seconds", "ratio", "widgets/ü");
    judgement.status = *any_status();
    judgement.reason = *any_reason();
    judgement.value = *maybe_number();
    if (*rc::gen::arbitrary<bool>()) judgement.effect = *any_effect();
    judgement.bound = *maybe_number();
    judgement.n = *rc::gen::arbitrary<std::uint64_t>();
    judgement.n_base = *rc::gen::inRange<std::uint64_t>(0, 21);
    judgement.test = *label_value();
    judgement.false_alarm_rate = *maybe_number();
    judgement.detectable_effect = *maybe_number();
    judgement.explanation = *label_value();
    judgement.evidence = *a_few(label_value());
    judgement.inputs_digest = *rc::gen::element<std::string>("", "0123456789abcdef");
    judgement.p_fail = *maybe_number();
    judgement.p_warn = *maybe_number();
    judgement.level = *rc::gen::element<std::string>("fail", "warn");
    judgement.because = *label_value();
    judgement.owner = *label_value();
    return judgement;
  });
}

inline rc::Gen<Timeline> any_timeline() {
  return rc::gen::exec([] {
    Timeline timeline{*label_value(), "seconds", {}};
    const auto points = *rc::gen::inRange(0, 5);
    for (int i = 0; i < points; ++i) {
      // +∞ is where failures enter a percentile: it must survive.
      timeline.points.push_back({static_cast<double>(i), *rc::gen::arbitrary<std::uint64_t>(),
                                 *maybe_number(), *maybe_number(),
                                 *rc::gen::element(std::optional(HUGE_VAL), std::optional(0.5))});
    }
    return timeline;
  });
}

inline rc::Gen<History> any_history() {
  return rc::gen::exec([] {
    History history{.rule = *label_value(), .series = *label_value(), .unit = *label_value()};
    history.stat = *label_value();
    const auto number = rc::gen::oneOf(finite_double(), rc::gen::just(HUGE_VAL));
    const std::size_t points = *rc::gen::inRange<std::size_t>(0, 5);
    for (std::size_t i = 0; i < points; ++i) {
      history.points.push_back({*label_value(), *label_value(), *finite_double(), *number});
      if (!*rc::gen::arbitrary<bool>()) continue;
      history.levels.push_back({.first = i, .level = *number, .low = *number, .high = *number});
      if (*rc::gen::arbitrary<bool>()) history.levels.back().change = *any_effect();
      history.levels.back().author = *label_value();
      history.levels.back().subject = *label_value();
    }
    return history;
  });
}

inline rc::Gen<Verdict> any_verdict() {
  return rc::gen::exec([] {
    Verdict verdict;
    verdict.status = *any_status();
    verdict.headline = *label_value();
    verdict.run = Run{.id = "r", .project = *label_value(), .state = RunState::complete};
    verdict.partial = *rc::gen::arbitrary<bool>();
    verdict.false_alarm_rate = *rc::gen::element(0.0, 0.05);
    verdict.family_size = *rc::gen::inRange<std::size_t>(0, 500);
    verdict.judgements = *a_few(any_judgement());
    const auto findings = *rc::gen::inRange(0, 4);
    for (int i = 0; i < findings; ++i) {
      verdict.findings.push_back({.rule = *label_value(),
                                  .severity = *rc::gen::element(Severity::info, Severity::critical),
                                  .file = *label_value(),
                                  .line = *rc::gen::inRange(0, 100),
                                  .fingerprint = "f",
                                  .message = *label_value(),
                                  .suppressed = *rc::gen::arbitrary<bool>()});
    }
    return verdict;
  });
}

inline rc::Gen<LoadPicture> any_load_picture() {
  return rc::gen::exec([] {
    LoadPicture picture;
    picture.series = *label_value();
    const auto rows = *rc::gen::inRange<std::size_t>(1, 5);
    for (std::size_t edge = 0; edge <= rows; ++edge)
      picture.row_edges.push_back(0.001 * static_cast<double>(edge + 1));
    const auto columns = *rc::gen::inRange(0, 4);
    for (int column = 0; column < columns; ++column) {
      LoadColumn made{.at_seconds = static_cast<double>(column), .seconds = 1, .counts = {}};
      for (std::size_t row = 0; row < rows; ++row)
        made.counts.push_back(*rc::gen::inRange<std::uint64_t>(0, 1'000'000));
      made.failed = *rc::gen::inRange<std::uint64_t>(0, 10);
      picture.columns.push_back(made);
    }
    picture.spectrum = {{0.5, 0.01}, {1, 0.5}};
    return picture;
  });
}

inline rc::Gen<Snapshot> any_snapshot() {
  return rc::gen::exec([] {
    Snapshot snapshot;
    snapshot.verdict = *any_verdict();
    snapshot.timelines = *a_few(any_timeline());
    snapshot.histories = *a_few(any_history());
    snapshot.loads = *a_few(any_load_picture());
    const auto facts = *rc::gen::inRange(0, 4);
    for (int i = 0; i < facts; ++i) snapshot.facts.push_back({*label_value(), *label_value()});
    snapshot.log_tail = *a_few(label_value());
    return snapshot;
  });
}

}  // namespace plimsoll::model::testing
