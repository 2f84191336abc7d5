#include "plimsoll/traffic/find_limit.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace plimsoll::traffic {
namespace {

constexpr std::size_t most_steps = 200;

}  // namespace

std::optional<double> Limit::knee() const {
  if (!holds || !breaks) return std::nullopt;
  return std::sqrt(*holds * *breaks);
}

LimitSearch::LimitSearch(const LimitOptions& options)
    : options_(options), next_(std::min(options.start, options.most)) {}

void LimitSearch::report(StepOutcome outcome) {
  steps_.push_back({*next_, outcome});
  switch (outcome) {
    case StepOutcome::held:
      on_held();
      break;
    case StepOutcome::broke:
      on_broke();
      break;
    case StepOutcome::generator:
      limit_.generator_limited = true;
      next_.reset();
      break;
    case StepOutcome::gone:
      limit_.service_gone = true;
      next_.reset();
      break;
  }
  if (steps_.size() >= most_steps) next_.reset();
}

void LimitSearch::on_held() {
  broke_once_ = false;
  confirmed_ = std::exchange(confirming_, false);
  if (held_.empty() || *next_ > held_.back()) held_.push_back(*next_);
  limit_.holds = held_.back();
  choose();
}

void LimitSearch::on_broke() {
  if (!std::exchange(broke_once_, !broke_once_)) return;  // once more at the same rate
  limit_.breaks = std::min(*next_, limit_.breaks.value_or(*next_));
  if (std::exchange(confirming_, false)) {
    held_.pop_back();
    limit_.holds = held_.empty() ? std::nullopt : std::optional(held_.back());
  }
  choose();
}

void LimitSearch::choose() {
  if (!limit_.breaks) {
    limit_.reached_most = *limit_.holds >= options_.most;
    next_ = std::min(*limit_.holds * options_.growth, options_.most);
    if (limit_.reached_most) next_.reset();
    return;
  }
  if (!limit_.holds) {
    next_ = *limit_.breaks / options_.growth;
    if (*next_ < options_.least) next_.reset();
    return;
  }
  if (*limit_.breaks > *limit_.holds * (1 + options_.precision)) {
    confirmed_ = false;
    next_ = std::sqrt(*limit_.holds * *limit_.breaks);
    return;
  }
  confirming_ = !confirmed_;
  next_ = confirmed_ ? std::nullopt : limit_.holds;
}

}  // namespace plimsoll::traffic
