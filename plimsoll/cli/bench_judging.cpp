#include "plimsoll/cli/bench_judging.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "plimsoll/judges/judge.h"
#include "plimsoll/judges/two_samples.h"
#include "plimsoll/pipeline/adjust_family.h"
#include "plimsoll/plan/rule_text.h"
#include "plimsoll/probes/record_results.h"

namespace plimsoll::cli {
namespace {

using judges::Question;
using model::Judgement;

base::Result<double> read_share(const char* option, const std::string& text) {
  auto quantity = base::parse_quantity(text);
  if (!quantity) return std::unexpected(base::with_context(quantity.error(), option));
  const bool share =
      quantity->dimension == base::Dimension::share || quantity->dimension == base::Dimension::none;
  if (share && quantity->value > 0 && quantity->value <= 100) return quantity->value;
  return base::fail(base::ErrorCode::invalid_argument,
                    fmt::format("{}: expected a share above 0 like 10%, found {}", option, text));
}

Question ask(const model::Series& series, const model::Regression& bounds) {
  Question question;
  question.series = series;
  question.rule.selector.name = series.id.name;
  for (const auto& [key, value] : series.id.labels)
    question.rule.selector.matches.push_back({key, model::MatchOperator::equal, value});
  question.rule.check = bounds;
  question.rule.text = plan::print_rule(question.rule);
  return question;
}

// Every series that has a direction, in the order in which it was first seen.
class Questions {
 public:
  explicit Questions(const model::Regression& bounds, const std::vector<model::Selector>& only = {})
      : bounds_(bounds), only_(only) {}

  void add(const formats::ImportedFile& file, bool base_side, std::optional<std::int32_t> block = {}) {
    for (const formats::ImportedSeries& series : file.series) {
      if (series.series.better == model::Better::neither || !is_wanted(series.series, file)) continue;
      const auto [entry, is_new] = index_.try_emplace(series.series.id, questions_.size());
      if (is_new) questions_.push_back(ask(series.series, bounds_));
      Question& question = questions_[entry->second];
      model::Observation observation{.block = block, .base_side = base_side};
      if (block) {
        const auto value = probes::value_to_keep(series);
        if (!value) continue;
        observation.value = *value;
      } else {
        observation.value = series.samples;
      }
      (base_side ? question.base : question.head).push_back(observation);
    }
  }

  std::vector<Question>& all() { return questions_; }

 private:
  bool is_wanted(const model::Series& series, const formats::ImportedFile& file) const {
    const auto covers = [&](const model::Selector& selector) { return model::selects(selector, series.id); };
    if (!only_.empty()) return std::ranges::any_of(only_, covers);
    const bool rate = series.unit.ends_with("per_second");
    return !rate || std::ranges::none_of(file.series, [&](const formats::ImportedSeries& other) {
      return other.series.unit == "seconds" && other.series.id.labels == series.id.labels;
    });
  }

  const model::Regression& bounds_;
  const std::vector<model::Selector> only_;
  std::vector<Question> questions_;
  std::map<model::SeriesId, std::size_t> index_;
};

Judgement one_sided(const Question& question, model::Status status, model::Reason reason,
                    const std::string& explanation) {
  Judgement judgement;
  judgement.rule = question.rule.text;
  judgement.series = to_string(question.series.id);
  judgement.unit = question.series.unit;
  judgement.status = status;
  judgement.reason = reason;
  judgement.explanation = judgement.series + explanation;
  return judgement;
}

// Why HEAD lacks a benchmark, where its file says so.
std::string said_about(const Question& question, const formats::ImportedFile& head) {
  const auto name = question.series.id.labels.find("benchmark");
  if (name == question.series.id.labels.end()) return "";
  const auto found = std::ranges::find(head.skipped, name->second, &formats::Skipped::what);
  return found == head.skipped.end() ? "" : ": " + found->why;
}

Judgement nothing_in_common() {
  Judgement judgement;
  judgement.rule = "bench.** regression";
  judgement.series = "bench.**";
  judgement.status = model::Status::inconclusive;
  judgement.reason = model::Reason::missing;
  judgement.explanation = "BASE and HEAD have no series in common";
  return judgement;
}

}  // namespace

base::Result<model::Regression> read_bounds(const std::string& warn, const std::string& fail) {
  model::Regression bounds;
  BASE_ASSIGN(bounds.warn, read_share("--warn", warn));
  BASE_ASSIGN(bounds.fail, read_share("--fail", fail));
  if (bounds.fail < bounds.warn)
    return base::fail(base::ErrorCode::invalid_argument, "--fail " + fail + " is below --warn " + warn);
  return bounds;
}

std::vector<Judgement> compare_results(const formats::ImportedFile& base, const formats::ImportedFile& head,
                                       const model::Regression& bounds) {
  Questions questions(bounds);
  questions.add(base, true);
  questions.add(head, false);
  std::vector<Judgement> judgements;
  bool common = false;
  for (const Question& question : questions.all()) {
    common |= !question.base.empty() && !question.head.empty();
    if (question.head.empty()) {
      judgements.push_back(one_sided(question, model::Status::inconclusive, model::Reason::missing,
                                     " is missing in HEAD" + said_about(question, head)));
    } else if (question.base.empty()) {
      judgements.push_back(
          one_sided(question, model::Status::learning, model::Reason::none, " is new in HEAD"));
    } else {
      judgements.push_back(judges::judge_two_samples(question));
    }
  }
  if (!common) judgements.push_back(nothing_in_common());
  pipeline::adjust_family(judgements);
  return judgements;
}

std::vector<Judgement> compare_blocks(const std::vector<formats::ImportedFile>& base,
                                      const std::vector<formats::ImportedFile>& head,
                                      const model::Regression& bounds,
                                      const std::vector<model::Selector>& only) {
  Questions questions(bounds, only);
  for (std::size_t i = 0; i < base.size(); ++i) questions.add(base[i], true, static_cast<std::int32_t>(i));
  for (std::size_t i = 0; i < head.size(); ++i) questions.add(head[i], false, static_cast<std::int32_t>(i));
  std::vector<Judgement> judgements;
  bool common = false;
  for (const Question& question : questions.all()) {
    if (question.head.empty() || question.base.empty()) {
      judgements.push_back(one_sided(question, model::Status::inconclusive, model::Reason::missing,
                                     question.head.empty() ? " is missing in HEAD" : " is missing in BASE"));
      continue;
    }
    common = true;
    for (Judgement& judgement : judges::judge(question)) judgements.push_back(std::move(judgement));
  }
  if (!common) judgements.push_back(nothing_in_common());
  pipeline::adjust_family(judgements);
  return judgements;
}

std::string judgement_lines(const std::vector<Judgement>& judgements) {
  std::string text;
  for (const Judgement& judgement : judgements)
    text += fmt::format("{:<12} {}\n", model::to_string(judgement.status),
                        base::printable(judgement.explanation));
  return text;
}

}  // namespace plimsoll::cli
