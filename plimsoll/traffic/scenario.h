// A load scenario: a mix of requests and the shape in which they come. Written as YAML (docs/load.md):
//
//   name: basic_api_load
//   url: http://127.0.0.1:8080          # optional: the guarded service's
//   headers: {Authorization: "Token t"}
//   users: 100                          # or rate:, or stages:
//   think_time: 1s
//   duration: 30s
//   steps:
//     - {name: list, weight: 2, path: "/v1/memories/?user_id=user-$(random_int 1 50)"}
//     - {name: add, method: POST, path: /v1/memories/, body: {text: "note $(seq)"}, expect: 2xx}
//
// Generated values are those of text_template.h.
#pragma once

#include <filesystem>
#include <map>
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
  double weight = 1;
  std::string method = "GET";
  TextTemplate path;
  std::map<std::string, TextTemplate> headers;
  std::optional<StepBody> body;
  std::optional<StatusSet> expect;  // else the scenario's
};

struct Scenario {
  std::string name;
  std::string url;  // base; may hold {port}; "" where the caller knows it
  std::map<std::string, TextTemplate> headers;
  StatusSet expect = StatusSet::success();
  LoadShape shape;
  TlsOptions tls;  // of https
  std::vector<Step> steps;
};

// Errors are invalid_argument with the place of the wrong key or value. `file` names it in places; its folder
// is what
// $(line FILE) is relative to.
base::Result<Scenario> parse_scenario(std::string_view text, const std::filesystem::path& file);
base::Result<Scenario> read_scenario(const std::filesystem::path& file);

// A body as the user wrote it: JSON where it looks like it.
base::Result<StepBody> make_body(std::string_view text, const std::filesystem::path& folder,
                                 const base::Place& place);

// A scenario of one request to one URL.
base::Result<Scenario> single_request(const net::Url& url, std::string name);

// Ready to run against `base_url` (scheme and authority; a path is put before those of the steps), or against
// the scenario's own url where that is empty. {port} in the scenario's url is the port of `base_url`.
// `headers` are sent with every request unless the scenario or step names them too.
base::Result<LoadPlan> make_plan(const Scenario& scenario, const std::string& base_url,
                                 const std::map<std::string, std::string>& headers);

}  // namespace plimsoll::traffic
