#include "plimsoll/model/finding.h"

#include <array>
#include <limits>

#include "base/json.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::model {
namespace {

using base::Json;

constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high", "critical"};

struct TextField {
  std::string_view key;
  std::string Finding::* member;
};
constexpr std::array<TextField, 8> kOptionalTexts = {{{"probe", &Finding::probe},
                                                      {"file", &Finding::file},
                                                      {"commit", &Finding::commit},
                                                      {"package", &Finding::package},
                                                      {"version", &Finding::version},
                                                      {"fixed_in", &Finding::fixed_in},
                                                      {"licence", &Finding::licence},
                                                      {"cwe", &Finding::cwe}}};
struct NumberField {
  std::string_view key;
  int Finding::* member;
};
constexpr std::array<NumberField, 3> kNumbers = {
    {{"line", &Finding::line}, {"end_line", &Finding::end_line}, {"column", &Finding::column}}};

base::Status read_places(const Json& json, Finding& finding) {
  for (const auto& [key, member] : kOptionalTexts) {
    BASE_ASSIGN(finding.*member, string_or(json, key, {}));
  }
  for (const auto& [key, member] : kNumbers) {
    BASE_ASSIGN(const auto number, integer_or(json, key, 0, 0, std::numeric_limits<int>::max()));
    finding.*member = static_cast<int>(number);
  }
  return {};
}

}  // namespace

std::string_view to_string(Severity severity) {
  return kSeverities.at(static_cast<std::size_t>(severity));
}

base::Result<Severity> parse_severity(std::string_view text) {
  for (std::size_t i = 0; i < kSeverities.size(); ++i) {
    if (kSeverities[i] == text) return static_cast<Severity>(i);
  }
  return base::fail(base::ErrorCode::corrupt,
                    "expected a severity (info, low, medium, high, critical), found \"" +
                        std::string(text.substr(0, 60)) + "\"");
}

Json to_json(const Finding& finding) {
  Json json = {{"rule", finding.rule},
               {"severity", to_string(finding.severity)},
               {"fingerprint", finding.fingerprint},
               {"message", finding.message},
               {"suppressed", finding.suppressed}};
  for (const auto& [key, member] : kOptionalTexts) {
    if (!(finding.*member).empty()) json[std::string(key)] = finding.*member;
  }
  for (const auto& [key, member] : kNumbers) {
    if (finding.*member != 0) json[std::string(key)] = finding.*member;
  }
  if (!finding.aliases.empty()) json["aliases"] = finding.aliases;
  if (!finding.tools.empty()) json["tools"] = finding.tools;
  return json;
}

base::Result<Finding> finding_from_json(const Json& json) {
  BASE_TRY(expect_object(json, "finding"));
  Finding finding;
  BASE_ASSIGN(finding.rule, base::get_string(json, "rule"));
  BASE_ASSIGN(const auto severity, string_or(json, "severity", "high"));
  BASE_ASSIGN(finding.severity, parse_severity(severity));
  BASE_ASSIGN(finding.fingerprint, base::get_string(json, "fingerprint"));
  if (finding.fingerprint.empty())
    return base::fail(base::ErrorCode::corrupt, "fingerprint: expected a text, found \"\"");
  BASE_ASSIGN(finding.message, string_or(json, "message", {}));
  BASE_ASSIGN(finding.suppressed, bool_or(json, "suppressed", false));
  BASE_ASSIGN(finding.aliases, strings_or_none(json, "aliases"));
  BASE_ASSIGN(finding.tools, strings_or_none(json, "tools"));
  BASE_TRY(read_places(json, finding));
  return finding;
}

}  // namespace plimsoll::model
