#include "plimsoll/pipeline/fold.h"

#include <algorithm>

namespace plimsoll::pipeline {
namespace {

using model::Judgement;
using model::Status;

int rank(Status status) {
  switch (status) {
    case Status::fail:
      return 4;
    case Status::inconclusive:
      return 3;
    case Status::warn:
      return 2;
    case Status::pass:
      return 1;
    case Status::learning:
    case Status::not_run:
      return 0;
  }
  return 0;
}

std::size_t count(std::span<const Judgement> judgements, Status status) {
  return static_cast<std::size_t>(std::ranges::count(judgements, status, &Judgement::status));
}

// "first explanation (and 2 more)".
std::string worst(std::span<const Judgement> judgements, Status status) {
  const auto first = std::ranges::find(judgements, status, &Judgement::status);
  std::string text = first == judgements.end() ? "" : first->explanation;
  if (text.starts_with("not judged")) text = first->series + " was " + text;
  while (text.ends_with('.')) text.pop_back();
  const std::size_t more = count(judgements, status) - 1;
  return more == 0 ? text : text + " (and " + std::to_string(more) + " more)";
}

std::string plural(std::size_t n, const std::string& word) {
  return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
}

std::string headline_of_pass(std::span<const Judgement> judgements) {
  const std::size_t passed = count(judgements, Status::pass);
  const std::size_t learning = count(judgements, Status::learning);
  if (passed == 0) {
    return "This release may ship, but nothing could be compared yet: " + plural(learning, "judgement") +
           " still learning what is normal.";
  }
  std::string text =
      "This release may ship: " + plural(passed, "judgement") + (passed == 1 ? " passes" : " pass");
  if (learning > 0) text += ", " + std::to_string(learning) + " still learning what is normal";
  return text + ".";
}

}  // namespace

Status fold(std::span<const Judgement> judgements) {
  Status worst_status = Status::not_run;
  for (const Judgement& judgement : judgements) {
    if (rank(judgement.status) > rank(worst_status)) worst_status = judgement.status;
  }
  if (rank(worst_status) > 0) return worst_status;
  return count(judgements, Status::learning) > 0 ? Status::pass : Status::inconclusive;
}

std::string headline(Status status, std::span<const Judgement> judgements,
                     const std::optional<std::string>& service_death) {
  switch (status) {
    case Status::fail:
      return "This release must not ship: " + worst(judgements, Status::fail) + ".";
    case Status::warn:
      return "This release may ship, with a warning: " + worst(judgements, Status::warn) + ".";
    case Status::pass:
      return headline_of_pass(judgements);
    default:
      break;
  }
  if (service_death) return "No verdict: " + *service_death + ".";
  if (count(judgements, Status::inconclusive) > 0) {
    return "No verdict: " + worst(judgements, Status::inconclusive) + ".";
  }
  return judgements.empty() ? "No verdict: the plan has no rules, so nothing was judged."
                            : "No verdict: every rule was left out of this run.";
}

}  // namespace plimsoll::pipeline
