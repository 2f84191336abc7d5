#include "plimsoll/model/verdict.h"

#include "base/json.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::model {
namespace {

using base::Json;
using base::OrderedJson;

template <class T, class Read>
base::Result<std::vector<T>> read_list(const Json& object, std::string_view key, Read read) {
  std::vector<T> result;
  const Json* list = base::find(object, key);
  if (list == nullptr || list->is_null()) return result;
  if (!list->is_array()) return base::fail(base::ErrorCode::corrupt, std::string(key) + ": expected a list");
  for (const Json& item : *list) {
    BASE_ASSIGN(T value, read(item));
    result.push_back(std::move(value));
  }
  return result;
}

// The run as readers of a verdict want it first; the whole of it follows.
OrderedJson run_to_json(const Run& run) {
  OrderedJson json;
  const Json whole = to_json(run);
  for (const char* key : {"id", "commit", "branch", "started", "environment"})
    json[key] = OrderedJson(whole.at(key));
  for (const auto& [key, value] : whole.items()) json[key] = OrderedJson(value);
  return json;
}

}  // namespace

OrderedJson to_json(const Verdict& verdict) {
  OrderedJson judgements = OrderedJson::array();
  for (const Judgement& judgement : verdict.judgements) judgements.push_back(OrderedJson(to_json(judgement)));
  OrderedJson findings = OrderedJson::array();
  for (const Finding& finding : verdict.findings) findings.push_back(OrderedJson(to_json(finding)));
  OrderedJson json = {{"plimsoll", "check"}, {"version", 1}, {"status", to_string(verdict.status)}};
  json["headline"] = verdict.headline;
  json["run"] = run_to_json(verdict.run);
  json["partial"] = verdict.partial;
  json["false_alarm_rate"] = OrderedJson(base::number_or_null(verdict.false_alarm_rate));
  json["family_size"] = verdict.family_size;
  json["judgements"] = std::move(judgements);
  json["findings"] = std::move(findings);
  json["probes"] = json["run"]["probes"];
  return json;
}

base::Result<Verdict> verdict_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "verdict"));
  Verdict verdict;
  BASE_ASSIGN(const std::string status, base::get_string(json, "status"));
  BASE_ASSIGN(verdict.status, parse_status(status));
  BASE_ASSIGN(verdict.headline, string_or(json, "headline", {}));
  const Json* run = base::find(json, "run");
  if (run == nullptr) return base::fail(base::ErrorCode::corrupt, "run: missing");
  BASE_ASSIGN(verdict.run, run_from_json(*run));
  BASE_ASSIGN(verdict.partial, bool_or(json, "partial", false));
  BASE_ASSIGN(verdict.false_alarm_rate, number_or(json, "false_alarm_rate", 0));
  BASE_ASSIGN(verdict.family_size, unsigned_or(json, "family_size", 0));
  BASE_ASSIGN(verdict.judgements, read_list<Judgement>(json, "judgements", judgement_from_json));
  BASE_ASSIGN(verdict.findings, read_list<Finding>(json, "findings", finding_from_json));
  return verdict;
}

int exit_code(Status status) {
  switch (status) {
    case Status::pass:
    case Status::warn:
      return 0;
    case Status::fail:
      return 1;
    default:
      return 3;
  }
}

}  // namespace plimsoll::model
