// The users of a worker: which flow each is in, what it knows, and what its responses say.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "plimsoll/traffic/engine/engine.h"
#include "plimsoll/traffic/request/cookie_jar.h"

namespace plimsoll::traffic {

// Not thread-safe: one per worker. Users are numbered from 0; a user must be ready() before anything else is
// asked.
class FlowRunner {
 public:
  FlowRunner(const LoadPlan& plan, int worker, int workers);

  // A user who has never been here: no cookies, no variables but those of the set-up. `number` counts users
  // over all workers and chooses rows that are `per_user`.
  void welcome(std::uint32_t user, std::uint64_t number);
  bool knows(std::uint32_t user) const { return user < users_.size() && users_[user].here; }

  // The step that comes next; begins a flow where the user is between two.
  std::uint32_t next_route(std::uint32_t user, Generator& generator);
  bool between_flows(std::uint32_t user) const { return !users_[user].in_flow; }

  // Makes the generator speak for the user.
  void speak_for(std::uint32_t user, std::uint32_t route, Generator& generator);

  // Where the response to this step is to be kept; nullptr where nobody reads it.
  ResponseCapture* capture(std::uint32_t user, std::uint32_t route);

  // A complete response: cookies, checks, extractions, and on to the next step. `error` is what its status
  // says; the outcome is that, or `check` where one did not hold or a value was missing. Counts where
  // `counted`.
  std::optional<ErrorKind> take_response(std::uint32_t user, std::uint32_t route,
                                         std::optional<ErrorKind> error, bool counted, Generator& generator);
  // No response came.
  void take_failure(std::uint32_t user, std::uint32_t route, bool counted);

  // What the user waits after its last step.
  const ThinkTime& think_time(std::uint32_t user) const;

  // In the order of check_names(): a step's extractions stand behind its checks, as one.
  const std::vector<CheckCounts>& checks() const { return checks_; }
  const std::vector<FlowCounts>& flows() const { return flows_; }
  const UserValues& values(std::uint32_t user) const { return users_[user].values; }

 private:
  struct User {
    UserValues values;
    CookieJar cookies;
    std::unique_ptr<ResponseCapture> capture;
    std::uint64_t number = 0;
    std::uint32_t flow = 0;
    std::uint32_t step = 0;        // of the flow, the next one
    std::uint32_t last_route = 0;  // whose think time counts
    bool here = false;
    bool in_flow = false;
    bool failed = false;  // a step of this flow
    std::vector<std::uint32_t> taken_once;
  };

  void begin_flow(User& user, Generator& generator);
  void choose_rows(User& user, Generator& generator);
  bool skips(const User& user, std::uint32_t route) const;
  void advance(User& user, std::uint32_t route, bool failed, bool counted);
  bool run_checks(const Route& route, std::size_t first_check, const ResponseCapture& response, bool counted,
                  Generator& generator);
  bool run_extractions(User& user, const Route& route, std::size_t index, const ResponseCapture& response,
                       bool counted);
  void keep_cookies(User& user, const Route& route, const ResponseCapture& response) const;
  CookieScope scope_of(const Route& route) const;
  void give_back(User& user);

  const LoadPlan& plan_;
  std::vector<double> cumulative_weights_;
  std::vector<std::size_t> first_check_;  // of each route, in checks_
  std::vector<CheckCounts> checks_;
  std::vector<FlowCounts> flows_;
  std::vector<std::uint64_t> next_row_;  // of each table
  std::uint64_t row_step_;
  std::vector<User> users_;
  std::vector<std::unique_ptr<ResponseCapture>> spare_captures_;
  std::string cookie_line_;
};

// The plan's checks: route and name.
std::vector<std::pair<std::string, std::string>> check_names(const LoadPlan& plan);

// The index of the first weight sum above a point drawn between 0 and the last.
std::uint32_t draw_weighted(const std::vector<double>& cumulative, base::Random& random);

}  // namespace plimsoll::traffic
