#include "plimsoll/traffic/engine/flow_runner.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "net/headers.h"

namespace plimsoll::traffic {
namespace {

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(base::system_clock().utc().time_since_epoch())
      .count();
}

bool reads_body(const Part& part) {
  return !std::holds_alternative<HeaderName>(part);
}

bool reads_body(const StepLogic& logic) {
  return std::ranges::any_of(logic.checks,
                             [](const Check& check) { return !check.status && reads_body(check.part); }) ||
         std::ranges::any_of(logic.extractions, [](const Extraction& e) { return reads_body(e.part); });
}

constexpr std::size_t most_of_a_body = 1 << 20;

}  // namespace

std::uint32_t draw_weighted(const std::vector<double>& cumulative, base::Random& random) {
  if (cumulative.size() == 1) return 0;
  const double point = random.uniform() * cumulative.back();
  const auto found = std::ranges::upper_bound(cumulative, point);
  return static_cast<std::uint32_t>(std::min(found, cumulative.end() - 1) - cumulative.begin());
}

std::vector<std::pair<std::string, std::string>> check_names(const LoadPlan& plan) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const Route& route : plan.routes) {
    for (const Check& check : route.logic.checks) names.emplace_back(route.name, check.name);
    if (!route.logic.extractions.empty()) names.emplace_back(route.name, "extract");
  }
  return names;
}

FlowRunner::FlowRunner(const LoadPlan& plan, int worker, int workers)
    : plan_(plan),
      flows_(plan.flows.list.size()),
      next_row_(plan.flows.vocabulary.tables.size(), static_cast<std::uint64_t>(worker)),
      row_step_(static_cast<std::uint64_t>(workers)) {
  double sum = 0;
  for (const Flow& flow : plan.flows.list) cumulative_weights_.push_back(sum += flow.weight);
  for (const Route& route : plan.routes) {
    first_check_.push_back(checks_.size());
    checks_.resize(checks_.size() + route.logic.checks.size() + (route.logic.extractions.empty() ? 0 : 1));
  }
}

void FlowRunner::welcome(std::uint32_t index, std::uint64_t number) {
  if (users_.size() <= index) users_.resize(index + 1);
  User& user = users_[index];
  const std::size_t slots = plan_.flows.vocabulary.variables.size();
  user.values.variables.resize(slots);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    user.values.variables[slot].assign(slot < plan_.flows.values.size() ? plan_.flows.values[slot]
                                                                        : std::string());
  }
  user.values.rows.resize(plan_.flows.vocabulary.tables.size());
  user.cookies.clear();
  user.taken_once.clear();
  user.number = number;
  user.in_flow = false;
  user.here = true;
}

std::uint32_t FlowRunner::next_route(std::uint32_t index, Generator& generator) {
  User& user = users_[index];
  if (!user.in_flow) begin_flow(user, generator);
  return plan_.flows.list[user.flow].first_route + user.step;
}

void FlowRunner::begin_flow(User& user, Generator& generator) {
  user.flow = draw_weighted(cumulative_weights_, generator.random);
  const Flow& flow = plan_.flows.list[user.flow];
  user.in_flow = true;
  user.failed = false;
  user.step = 0;
  while (user.step + 1 < flow.routes && skips(user, flow.first_route + user.step)) ++user.step;
  choose_rows(user, generator);
  generator.user = &user.values;
  for (const auto& [slot, text] : flow.variables) {
    std::string& value = user.values.variables[slot];
    value.clear();
    text.render(generator, value);
  }
}

void FlowRunner::choose_rows(User& user, Generator& generator) {
  const auto& tables = plan_.flows.vocabulary.tables;
  for (std::size_t table = 0; table < tables.size(); ++table) {
    const std::uint64_t rows = tables[table]->rows();
    std::uint64_t row = user.number % rows;
    if (tables[table]->choice == RowChoice::random) row = generator.random.below(rows);
    if (tables[table]->choice == RowChoice::sequential)
      row = std::exchange(next_row_[table], next_row_[table] + row_step_) % rows;
    user.values.rows[table] = static_cast<std::uint32_t>(row);
  }
}

bool FlowRunner::skips(const User& user, std::uint32_t route) const {
  return plan_.routes[route].logic.once && std::ranges::find(user.taken_once, route) != user.taken_once.end();
}

void FlowRunner::speak_for(std::uint32_t index, std::uint32_t route, Generator& generator) {
  User& user = users_[index];
  generator.user = &user.values;
  cookie_line_.clear();
  if (!user.cookies.empty())
    user.cookies.append_header(scope_of(plan_.routes[route]), unix_now(), cookie_line_);
  generator.cookies = cookie_line_;
}

ResponseCapture* FlowRunner::capture(std::uint32_t index, std::uint32_t route) {
  const StepLogic& logic = plan_.routes[route].logic;
  if (logic.checks.empty() && logic.extractions.empty() && !plan_.flows.cookies) return nullptr;
  User& user = users_[index];
  if (user.capture == nullptr && !spare_captures_.empty()) {
    user.capture = std::move(spare_captures_.back());
    spare_captures_.pop_back();
  }
  if (user.capture == nullptr) user.capture = std::make_unique<ResponseCapture>();
  user.capture->body_limit = reads_body(logic) ? most_of_a_body : 0;
  return user.capture.get();
}

std::optional<ErrorKind> FlowRunner::take_response(std::uint32_t index, std::uint32_t route_index,
                                                   std::optional<ErrorKind> error, bool counted,
                                                   Generator& generator) {
  User& user = users_[index];
  const Route& route = plan_.routes[route_index];
  if (user.capture != nullptr) {
    const ResponseCapture& response = *user.capture;
    generator.user = &user.values;
    if (plan_.flows.cookies) keep_cookies(user, route, response);
    const bool good = run_checks(route, first_check_[route_index], response, counted, generator);
    if (!good && !error) error = ErrorKind::check;
    if (!error && !run_extractions(user, route, route_index, response, counted)) error = ErrorKind::check;
    give_back(user);
  }
  advance(user, route_index, error.has_value(), counted);
  return error;
}

void FlowRunner::take_failure(std::uint32_t index, std::uint32_t route, bool counted) {
  give_back(users_[index]);
  advance(users_[index], route, true, counted);
}

// Their memory serves the next user: there are as many as requests are on their way.
void FlowRunner::give_back(User& user) {
  if (user.capture != nullptr) spare_captures_.push_back(std::move(user.capture));
}

bool FlowRunner::run_checks(const Route& route, std::size_t first_check, const ResponseCapture& response,
                            bool counted, Generator& generator) {
  bool all = true;
  for (std::size_t i = 0; i < route.logic.checks.size(); ++i) {
    const bool good = holds(route.logic.checks[i], response, generator);
    CheckCounts& counts = checks_[first_check + i];
    if (counted) ++(good ? counts.passed : counts.failed);
    all = all && good;
  }
  return all;
}

bool FlowRunner::run_extractions(User& user, const Route& route, std::size_t index,
                                 const ResponseCapture& response, bool counted) {
  if (route.logic.extractions.empty()) return true;
  bool all = true;
  for (const Extraction& extraction : route.logic.extractions) {
    if (!extract(extraction, response, user.values.variables[extraction.slot])) all = false;
  }
  CheckCounts& counts = checks_[first_check_[index] + route.logic.checks.size()];
  if (counted) ++(all ? counts.passed : counts.failed);
  return all;
}

void FlowRunner::keep_cookies(User& user, const Route& route, const ResponseCapture& response) const {
  for (const auto& [name, value] : response.fields) {
    if (net::equal_ignoring_case(name, "Set-Cookie")) user.cookies.take(value, scope_of(route), unix_now());
  }
}

CookieScope FlowRunner::scope_of(const Route& route) const {
  return {plan_.target.host, route.logic.path, plan_.target.scheme == "https"};
}

void FlowRunner::advance(User& user, std::uint32_t route, bool failed, bool counted) {
  const Flow& flow = plan_.flows.list[user.flow];
  const StepLogic& logic = plan_.routes[route].logic;
  user.last_route = route;
  user.failed = user.failed || failed;
  if (!failed && logic.once) user.taken_once.push_back(route);
  do {
    ++user.step;
  } while (user.step < flow.routes && skips(user, flow.first_route + user.step));
  user.in_flow = user.step < flow.routes && (!failed || logic.goes_on);
  if (user.in_flow || !counted) return;
  FlowCounts& counts = flows_[user.flow];
  ++(user.failed ? counts.failed : counts.completed);
}

const ThinkTime& FlowRunner::think_time(std::uint32_t index) const {
  const StepLogic& logic = plan_.routes[users_[index].last_route].logic;
  return logic.think_time ? *logic.think_time : plan_.shape.think_time;
}

}  // namespace plimsoll::traffic
