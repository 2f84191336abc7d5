// A load scenario: requests, or flows of them, and the shape in which they come. Written as YAML
// (docs/load.md):
//
//   name: basic_api_load
//   url: http://127.0.0.1:8080          # optional: the guarded service's
//   headers: {Authorization: "Token t"}
//   users: 100                          # or rate:, or stages:
//   think_time: 1s
//   duration: 30s
//   steps:                              # a mix; or `flows:`, each with steps that one user takes in turn
//     - {name: list, weight: 2, path: "/v1/memories/?user_id=user-$(random_int 1 50)"}
//     - {name: add, method: POST, path: /v1/memories/, body: {text: "note $(seq)"}, expect: 2xx}
//
// Generated values, variables and values from data files are those of text_template.h; ${NAME} is an
// environment variable.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/traffic/load_plan.h"

namespace plimsoll::traffic {

struct StepBody {
  TextTemplate text;
  std::string content_type;  // where the headers name none
};

struct Step {
  std::string name;
  double weight = 1;  // in a mix
  std::string method = "GET";
  TextTemplate path;
  std::map<std::string, TextTemplate> headers;
  std::optional<StepBody> body;
  std::optional<StatusSet> expect;  // else the scenario's
  StepLogic logic = {};
};

using VariableTexts = std::vector<std::pair<std::uint32_t, TextTemplate>>;

struct FlowOfSteps {
  std::string name;
  double weight = 1;
  VariableTexts variables;
  std::vector<Step> steps;
};

// A bound that the file itself sets, unread: rules are the plan's business.
struct ScenarioThreshold {
  std::string rule;
  std::string scenario;  // of which it speaks; "": of all
  std::string step;      // "": of all
  base::Place place;
};

struct Scenario {
  std::string name;
  std::string url;  // base; may hold {port}; "" where the caller knows it
  std::map<std::string, TextTemplate> headers;
  StatusSet expect = StatusSet::success();
  LoadShape shape;
  TlsOptions tls;             // of https
  base::Nanoseconds start{};  // after the run's begin
  std::vector<Step> steps;    // a mix, or …
  std::vector<FlowOfSteps> flows;
  VariableTexts variables;      // set at the begin of every flow, before its own
  std::optional<bool> cookies;  // default: flows have them, a mix has not
  std::shared_ptr<const Vocabulary> vocabulary = std::make_shared<Vocabulary>();
};

// What one file says: scenarios that run at the same time, what is done before and after them, and their
// bounds.
struct ScenarioFile {
  std::string name;
  std::vector<Scenario> scenarios;  // at least one
  std::vector<Step> setup;
  std::vector<Step> teardown;
  std::vector<ScenarioThreshold> thresholds;
  std::vector<std::filesystem::path> data_files;
};

// Errors are invalid_argument with the place of the wrong key or value. `file` names it in places; its folder
// is what $(line FILE) and data files are relative to.
base::Result<ScenarioFile> parse_scenario_file(std::string_view text, const std::filesystem::path& file);
base::Result<ScenarioFile> read_scenario_file(const std::filesystem::path& file);

// The first scenario of a file, for those who know that there is no more in it.
base::Result<Scenario> parse_scenario(std::string_view text, const std::filesystem::path& file);
base::Result<Scenario> read_scenario(const std::filesystem::path& file);

// A body as the user wrote it: JSON where it looks like it.
base::Result<StepBody> make_body(std::string_view text, const std::filesystem::path& folder,
                                 const base::Place& place, const Vocabulary* vocabulary = nullptr);

// A scenario of one request to one URL.
base::Result<Scenario> single_request(const net::Url& url, std::string name);

// Ready to run against `base_url` (scheme and authority; a path is put before those of the steps), or against
// the scenario's own url where that is empty. {port} in the scenario's url is the port of `base_url`.
// `headers` are sent with every request unless the scenario or step names them too.
base::Result<LoadPlan> make_plan(const Scenario& scenario, const std::string& base_url,
                                 const std::map<std::string, std::string>& headers);

// All that a file asks for. Set-up and tear-down ask the first scenario's url with its headers.
base::Result<LoadPlan> make_plan(const ScenarioFile& file, const std::string& base_url,
                                 const std::map<std::string, std::string>& headers);

}  // namespace plimsoll::traffic
