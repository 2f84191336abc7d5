// How much load a service bears: the rate is stepped up until it breaks, then the knee is closed in on.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace plimsoll::traffic {

// How a service (or the generator) did at one rate.
enum class StepOutcome {
  held,       // every rule held
  broke,      // a rule was violated
  generator,  // the generator itself was the limit, so nothing is known of the service
  gone        // nobody answered
};

struct LimitOptions {
  double start = 100;      // requests per second; above 0
  double growth = 2;       // of the rate while it holds; above 1
  double most = 200'000;   // never above
  double least = 0.1;      // never below: a service that breaks even here bears nothing
  double precision = 0.1;  // the interval's width as a share of its lower end; above 0
};

struct LimitStep {
  double rate = 0;
  StepOutcome outcome = StepOutcome::held;
};

// Where the service breaks. [holds, breaks] is the interval of the knee.
struct Limit {
  std::optional<double> holds;   // the highest rate that held, when it was last tried
  std::optional<double> breaks;  // the lowest that did not; nothing where the search ended before
  bool generator_limited = false;
  bool service_gone = false;
  bool reached_most = false;

  // The middle of the interval (geometric, as the steps are); nothing where one end is missing.
  std::optional<double> knee() const;
};

// Which rate is tried next. Pure: the caller does the loading. A break is believed when it comes twice in a
// row at one rate, since one bad moment breaks any rate; and at the end the rate that held is tried once
// more, since one good moment holds any rate: where it breaks then (twice), the search goes on below it.
class LimitSearch {
 public:
  explicit LimitSearch(const LimitOptions& options);

  // The rate to try next; nothing when the search is over.
  std::optional<double> next() const { return next_; }
  void report(StepOutcome outcome);

  const Limit& result() const { return limit_; }
  const std::vector<LimitStep>& steps() const { return steps_; }

 private:
  void on_held();
  void on_broke();
  void choose();  // from the interval known so far

  LimitOptions options_;
  std::optional<double> next_;
  bool broke_once_ = false;  // at next_
  bool confirming_ = false;  // next_ is the rate that held
  bool confirmed_ = false;
  std::vector<double> held_;  // rates that held, ascending
  Limit limit_;
  std::vector<LimitStep> steps_;
};

}  // namespace plimsoll::traffic
