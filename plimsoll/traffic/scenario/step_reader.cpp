#include "plimsoll/traffic/scenario/step_reader.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "net/headers.h"
#include "plimsoll/traffic/scenario/yaml_body.h"

namespace plimsoll::traffic {
namespace {

using base::yaml::Entry;
using fields::at_place;
using fields::into;
using fields::Node;
using fields::Reader;
using fields::Readers;
using fields::wrong;

constexpr std::size_t most_steps = 200;
constexpr std::size_t most_thresholds = 200;

base::Result<std::string> method_of(const Node& node) {
  static const std::vector<std::string> methods = {"GET",    "POST", "PUT",    "PATCH",
                                                   "DELETE", "HEAD", "OPTIONS"};
  if (node.is_scalar() && std::ranges::find(methods, node.text) != methods.end()) return node.text;
  return wrong(node, "one of " + base::join(methods, ", "));
}

base::Result<ThinkDistribution> distribution_of(const Node& node) {
  if (node.is_scalar() && node.text == "exponential") return ThinkDistribution::exponential;
  if (node.is_scalar() && node.text == "constant") return ThinkDistribution::constant;
  return wrong(node, "exponential or constant");
}

base::Result<Part> pointer_of(const Node& node) {
  if (!node.is_scalar()) return wrong(node, "a JSON pointer like /results/0/id");
  BASE_ASSIGN(JsonPointer pointer, at_place(JsonPointer::parse(node.text), node.place));
  return pointer;
}

base::Result<Part> header_of(const Node& node) {
  if (!node.is_scalar() || !net::is_header_name(node.text)) return wrong(node, "a header's name");
  return HeaderName{node.text};
}

base::Result<Regex> regex_of(const Node& node) {
  if (!node.is_scalar() || node.text.empty()) return wrong(node, "a regular expression");
  return at_place(Regex::compile(node.text), node.place);
}

std::string_view phrase_of(Relation relation) {
  switch (relation) {
    case Relation::exists:
      return "exists";
    case Relation::absent:
      return "is absent";
    case Relation::equals:
      return "equals";
    case Relation::differs:
      return "differs from";
    case Relation::contains:
      return "contains";
    case Relation::matches:
      return "matches";
    case Relation::below:
      return "is less than";
    case Relation::at_most:
      return "is at most";
    case Relation::above:
      return "is greater than";
    case Relation::at_least:
      return "is at least";
  }
  return "";
}

std::string subject_of(const Part& part) {
  if (const auto* pointer = std::get_if<JsonPointer>(&part)) return "json " + pointer->text();
  if (const auto* header = std::get_if<HeaderName>(&part)) return "header " + header->name;
  return "body";
}

}  // namespace

base::Result<StatusSet> expect_of(const Node& node) {
  std::vector<std::string> parts;
  if (node.is_scalar()) parts.push_back(node.text);
  for (const Node& item : node.items) {
    BASE_ASSIGN(std::string part, fields::text_of(item));
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return wrong(node, "statuses like 200 or 2xx");
  return at_place(StatusSet::parse(base::join(parts, ",")), node.place);
}

base::Result<ThinkTime> think_time_of(const Node& node) {
  ThinkTime think;
  if (node.is_scalar()) {
    BASE_ASSIGN(think.mean, fields::duration_of(node, true));
    return think;
  }
  BASE_TRY(fields::read_map(
      node, "a think time like 1s or {mean: 1s, distribution: constant}",
      {{"mean", into(think.mean, [](const Node& value) { return fields::duration_of(value, true); })},
       {"distribution", into(think.distribution, distribution_of)}}));
  return think;
}

base::Status read_thresholds(const Node& node, const std::string& scenario, const std::string& step,
                             std::vector<ScenarioThreshold>& thresholds) {
  if (node.is_scalar()) {
    BASE_ASSIGN(std::string rule, fields::text_of(node));
    thresholds.push_back({std::move(rule), scenario, step, node.place});
    return {};
  }
  if (!node.is_sequence() || node.items.empty())
    return wrong(node, "a list of rules like \"load.latency p95 < 200ms\"");
  for (const Node& item : node.items) {
    BASE_ASSIGN(std::string rule, fields::text_of(item));
    if (thresholds.size() == most_thresholds)
      return base::fail_at(item.place, "a scenario file has at most 200 thresholds");
    thresholds.push_back({std::move(rule), scenario, step, item.place});
  }
  return {};
}

base::Result<std::vector<Step>> StepReader::steps(const Node& node, const std::string& prefix,
                                                  const std::string& scenario,
                                                  std::vector<std::string>& names) const {
  if (!node.is_sequence() || node.items.empty())
    return wrong(node, "a list of steps like {name: list, path: /v1/things}");
  std::vector<Step> steps;
  for (const Node& item : node.items) {
    if (names.size() == most_steps) return base::fail_at(node.place, "a scenario has at most 200 steps");
    BASE_ASSIGN(Step read, step(item, scenario, prefix + std::to_string(steps.size() + 1)));
    if (std::ranges::find(names, read.name) != names.end())
      return base::fail_at(item.place, "two steps are named \"" + base::printable(read.name) + "\"");
    names.push_back(read.name);
    steps.push_back(std::move(read));
  }
  return steps;
}

base::Result<Step> StepReader::step(const Node& node, const std::string& scenario,
                                    const std::string& name) const {
  Step step;
  step.name = name;
  bool has_path = false;
  Readers readers = {{"name", into(step.name, fields::name_of)},
                     {"weight", into(step.weight,
                                     [](const Node& value) {
                                       return fields::number_of(value, 1e-9, 1e9, "a weight above 0");
                                     })},
                     {"method", into(step.method, method_of)},
                     {"path",
                      [&](const Node& value) {
                        has_path = true;
                        return path(value, step);
                      }},
                     {"headers", [&](const Node& value) { return headers(value, step.headers); }},
                     {"body", into(step.body, [&](const Node& value) { return body(value); })},
                     {"expect", into(step.expect, expect_of)},
                     {"thresholds", [](const Node&) -> base::Status { return {}; }}};
  for (auto& reader : logic_readers(step.logic)) readers.push_back(std::move(reader));
  BASE_TRY(fields::read_map(node, "a step like {name: list, path: /v1/things}", readers));
  if (!has_path) return base::fail_at(node.place, "a step needs a `path`");
  if (const Node* bounds = node.find("thresholds"))
    BASE_TRY(read_thresholds(*bounds, scenario, step.name, thresholds_));
  return step;
}

Readers StepReader::logic_readers(StepLogic& logic) const {
  const auto goes_on = [](const Node& value) -> base::Result<bool> {
    if (value.is_scalar() && value.text == "continue") return true;
    if (value.is_scalar() && value.text == "end") return false;
    return wrong(value, "end or continue");
  };
  return {{"checks", [&, this](const Node& value) { return checks(value, logic); }},
          {"extract", [&, this](const Node& value) { return extractions(value, logic); }},
          {"think_time", into(logic.think_time, think_time_of)},
          {"once", into(logic.once, fields::flag_of)},
          {"on_error", into(logic.goes_on, goes_on)}};
}

base::Result<TextTemplate> StepReader::text(const Node& node, Escape escape) const {
  return at_place(TextTemplate::parse(node.text, escape, folder_, node.place, &vocabulary_), node.place);
}

base::Status StepReader::path(const Node& node, Step& step) const {
  BASE_ASSIGN(const std::string text, fields::text_of(node));
  if (!text.starts_with('/')) return wrong(node, "a path that begins with /");
  const auto bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(text, bad)) return wrong(node, "a path without control characters");
  BASE_ASSIGN(step.path, this->text(node, Escape::url));
  if (step.path.has_blank()) return wrong(node, "a path without blanks (write %20)");
  step.logic.path = text.substr(0, text.find_first_of("?#$"));
  return {};
}

base::Status StepReader::headers(const Node& node, std::map<std::string, TextTemplate>& headers) const {
  if (!node.is_map()) return wrong(node, "headers like {Authorization: \"Token t\"}");
  for (const Entry& entry : node.entries) {
    if (!net::is_header_name(entry.key))
      return base::fail_at(entry.key_place, "\"" + base::printable(entry.key) + "\" is no header name");
    if (!entry.value.is_scalar() || !net::is_header_value(entry.value.text)) {
      return wrong(entry.value, "a header's value (one line of text)");
    }
    BASE_ASSIGN(headers[entry.key], text(entry.value, Escape::header));
  }
  return {};
}

base::Result<StepBody> StepReader::body(const Node& node) const {
  return node.is_scalar() ? at_place(make_body(node.text, folder_, node.place, &vocabulary_), node.place)
                          : json_body(node, folder_, &vocabulary_);
}

base::Result<VariableTexts> StepReader::variables(const Node& node) const {
  if (!node.is_map()) return wrong(node, "variables like {note_id: \"$(uuid)\"}");
  VariableTexts texts;
  for (const Entry& entry : node.entries) {
    if (!entry.value.is_scalar()) return wrong(entry.value, "a text");
    BASE_ASSIGN(TextTemplate value, text(entry.value, Escape::none));
    texts.emplace_back(vocabulary_.slot_of(entry.key).value(), std::move(value));
  }
  return texts;
}

base::Status StepReader::checks(const Node& node, StepLogic& logic) const {
  if (!node.is_sequence() || node.items.empty()) return wrong(node, "a list of checks like {json: /id}");
  for (const Node& item : node.items) {
    BASE_ASSIGN(Check one, check(item));
    logic.checks.push_back(std::move(one));
  }
  return {};
}

Reader StepReader::relation(Check& check, int& relations, Relation is) const {
  return [this, &check, &relations, is](const Node& node) -> base::Status {
    ++relations;
    check.relation = is;
    if (is == Relation::exists) {
      BASE_ASSIGN(const bool there, fields::flag_of(node));
      if (!there) check.relation = Relation::absent;
      return {};
    }
    if (is == Relation::matches) {
      BASE_ASSIGN(check.regex, regex_of(node));
      return {};
    }
    if (!node.is_scalar()) return wrong(node, "a text or a number");
    const bool compares =
        is == Relation::below || is == Relation::at_most || is == Relation::above || is == Relation::at_least;
    BASE_ASSIGN(check.expected, text(node, Escape::none));
    if (compares && check.expected.is_fixed() && !base::parse_double(node.text))
      return wrong(node, "a number");
    return {};
  };
}

base::Result<Check> StepReader::check(const Node& node) const {
  Check check;
  int subjects = 0;
  int relations = 0;
  const auto part = [&](auto parse) -> Reader {
    return [&, parse](const Node& value) -> base::Status {
      ++subjects;
      BASE_ASSIGN(check.part, parse(value));
      return {};
    };
  };
  const auto of_body = [&](Relation is) -> Reader {
    return [&, is](const Node& value) {
      ++subjects;
      check.part = WholeBody{};
      return relation(check, relations, is)(value);
    };
  };
  const auto status = [&](const Node& value) -> base::Status {
    ++subjects;
    BASE_ASSIGN(check.status, expect_of(value));
    return {};
  };
  BASE_TRY(fields::read_map(node, "a check like {json: /id} or {status: 201}",
                            {{"name", into(check.name, fields::name_of)},
                             {"status", status},
                             {"json", part(pointer_of)},
                             {"header", part(header_of)},
                             {"body_contains", of_body(Relation::contains)},
                             {"body_matches", of_body(Relation::matches)},
                             {"exists", relation(check, relations, Relation::exists)},
                             {"equals", relation(check, relations, Relation::equals)},
                             {"not_equals", relation(check, relations, Relation::differs)},
                             {"contains", relation(check, relations, Relation::contains)},
                             {"matches", relation(check, relations, Relation::matches)},
                             {"less_than", relation(check, relations, Relation::below)},
                             {"at_most", relation(check, relations, Relation::at_most)},
                             {"greater_than", relation(check, relations, Relation::above)},
                             {"at_least", relation(check, relations, Relation::at_least)}}));
  if (subjects != 1)
    return base::fail_at(node.place,
                         "a check needs one of status, json, header, body_contains and body_matches");
  if (relations > 1 || (check.status && relations > 0))
    return base::fail_at(node.place, "a check says one thing", "write a second check for the second thing");
  if (check.name.empty()) {
    const Node* value = node.find(node.entries.back().key);
    const bool says = check.relation != Relation::exists && check.relation != Relation::absent;
    check.name = check.status ? "status " + node.find("status")->text
                              : subject_of(check.part) + " " + std::string(phrase_of(check.relation)) +
                                    (says ? " " + value->text : "");
    check.name = base::truncate_utf8(check.name, 100);
  }
  return check;
}

base::Status StepReader::extractions(const Node& node, StepLogic& logic) const {
  if (!node.is_map() || node.entries.empty())
    return wrong(node, "variables and where they come from, like {id: /results/0/id}");
  for (const Entry& entry : node.entries) {
    BASE_ASSIGN(Extraction one, extraction(entry.value));
    one.name = entry.key;
    one.slot = vocabulary_.slot_of(entry.key).value();
    logic.extractions.push_back(std::move(one));
  }
  return {};
}

base::Result<Extraction> StepReader::extraction(const Node& node) const {
  Extraction extraction;
  if (node.is_scalar()) {
    BASE_ASSIGN(extraction.part, pointer_of(node));
    return extraction;
  }
  bool json = false;
  bool header = false;
  extraction.part = WholeBody{};
  const auto part = [&extraction](bool& has, auto parse) -> Reader {
    return [&extraction, &has, parse](const Node& value) -> base::Status {
      has = true;
      BASE_ASSIGN(extraction.part, parse(value));
      return {};
    };
  };
  const auto text = [](const Node& value) -> base::Result<std::string> {
    if (!value.is_scalar()) return wrong(value, "a text");
    return value.text;
  };
  BASE_TRY(fields::read_map(
      node, "a JSON pointer, or one of {json: /id}, {header: Location}, {regex: \"id=(\\\\d+)\"}",
      {{"json", part(json, pointer_of)},
       {"header", part(header, header_of)},
       {"regex", into(extraction.regex, regex_of)},
       {"default", into(extraction.otherwise, text)}}));
  if (json && header)
    return base::fail_at(node.place, "a value comes from `json` or from `header`, not both");
  if (!json && !header && !extraction.regex)
    return base::fail_at(node.place, "an extraction needs one of json, header and regex");
  return extraction;
}

}  // namespace plimsoll::traffic
