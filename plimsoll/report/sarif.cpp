#include "plimsoll/report/sarif.h"

#include <map>

#include "base/json.h"
#include "base/text.h"

namespace plimsoll::report {
namespace {

using base::OrderedJson;
using model::Finding;
using model::Severity;

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::high:
      return "error";
    case Severity::medium:
      return "warning";
    default:
      return "note";
  }
}

// GitHub's scale of 0 to 10 in a rule's security-severity: the middle of each CVSS v3.1 band.
std::string_view score_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return "9.5";
    case Severity::high:
      return "8.0";
    case Severity::medium:
      return "5.5";
    case Severity::low:
      return "2.0";
    default:
      return "0.0";
  }
}

// A relative reference of RFC 3986: what is no unreserved character or slash is percent-encoded, bytewise.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "-._~/!@+,;=";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || kPlain.contains(c)) {
      uri += c;
    } else {
      uri += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return uri;
}

OrderedJson message(std::string_view text) {
  return {{"text", base::printable(text, true)}};
}

OrderedJson location_of(const Finding& finding) {
  OrderedJson physical = {{"artifactLocation", {{"uri", uri_of(finding.file)}}}};
  if (finding.line > 0) {
    OrderedJson region = {{"startLine", finding.line}};
    if (finding.column > 0) region["startColumn"] = finding.column;
    if (finding.end_line >= finding.line) region["endLine"] = finding.end_line;
    physical["region"] = std::move(region);
  }
  return {{"physicalLocation", std::move(physical)}};
}

OrderedJson properties_of(const Finding& finding) {
  OrderedJson properties = {{"severity", to_string(finding.severity)}};
  const auto add = [&properties](const char* key, const std::string& value) {
    if (!value.empty()) properties[key] = base::printable(value);
  };
  add("probe", finding.probe);
  add("commit", finding.commit);
  add("package", finding.package);
  add("version", finding.version);
  add("fixedIn", finding.fixed_in);
  add("licence", finding.licence);
  add("cwe", finding.cwe);
  for (const std::string& tool : finding.tools) properties["tools"].push_back(base::printable(tool));
  for (const std::string& alias : finding.aliases) properties["aliases"].push_back(base::printable(alias));
  return properties;
}

OrderedJson result_of(const Finding& finding, std::size_t rule_index) {
  OrderedJson result = {{"ruleId", base::printable(finding.rule)},
                        {"ruleIndex", rule_index},
                        {"level", level_of(finding.severity)},
                        {"message", message(finding.message.empty() ? finding.rule : finding.message)},
                        {"partialFingerprints", {{"plimsoll/v1", base::printable(finding.fingerprint)}}}};
  if (!finding.file.empty()) result["locations"] = OrderedJson::array({location_of(finding)});
  if (finding.suppressed) result["suppressions"] = OrderedJson::array({{{"kind", "external"}}});
  result["properties"] = properties_of(finding);
  return result;
}

// Rules in the order in which findings name them first, each with the worst severity seen.
class Rules {
 public:
  std::size_t index_of(const Finding& finding) {
    const auto [known, added] = index_.try_emplace(base::printable(finding.rule), worst_.size());
    if (added) worst_.push_back(finding.severity), names_.push_back(known->first);
    worst_[known->second] = std::max(worst_[known->second], finding.severity);
    return known->second;
  }

  OrderedJson descriptors() const {
    OrderedJson list = OrderedJson::array();
    for (std::size_t i = 0; i < names_.size(); ++i) {
      list.push_back({{"id", names_[i]},
                      {"defaultConfiguration", {{"level", level_of(worst_[i])}}},
                      {"properties", {{"security-severity", score_of(worst_[i])}}}});
    }
    return list;
  }

 private:
  std::map<std::string, std::size_t> index_;
  std::vector<std::string> names_;
  std::vector<Severity> worst_;
};

}  // namespace

std::string sarif(const model::Snapshot& snapshot) {
  const model::Verdict& verdict = snapshot.verdict;
  Rules rules;
  OrderedJson results = OrderedJson::array();
  for (const Finding& finding : verdict.findings)
    results.push_back(result_of(finding, rules.index_of(finding)));
  OrderedJson driver = {{"name", "Plimsoll"}};
  if (!verdict.run.program_version.empty()) driver["version"] = base::printable(verdict.run.program_version);
  driver["rules"] = rules.descriptors();
  OrderedJson run = {{"tool", {{"driver", std::move(driver)}}}};
  run["automationDetails"] = {{"id", base::printable("plimsoll/" + verdict.run.id)}};
  run["results"] = std::move(results);
  const OrderedJson document = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                                {"version", "2.1.0"},
                                {"runs", OrderedJson::array({std::move(run)})}};
  return base::dump(document, 2) + "\n";
}

}  // namespace plimsoll::report
