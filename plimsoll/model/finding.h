// A located fact that a tool saw.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace plimsoll::model {

enum class Severity { info, low, medium, high, critical };

struct Finding {
  std::string probe;  // name of the probe that reported it
  std::string rule;
  std::vector<std::string> aliases;
  Severity severity = Severity::high;  // unrated counts as high
  std::string file;                    // empty where it has no place
  int line = 0;                        // from 1; 0: none
  int end_line = 0;
  int column = 0;
  std::string commit, package, version, fixed_in, licence, cwe;
  std::string fingerprint;  // stable over line shifts; never empty
  std::string message;
  std::vector<std::string> tools;
  bool suppressed = false;

  bool operator==(const Finding&) const = default;
};

std::string_view to_string(Severity severity);
base::Result<Severity> parse_severity(std::string_view text);

// The fields of INTERFACES' `plimsoll scan`, empty ones left out.
nlohmann::json to_json(const Finding& finding);
base::Result<Finding> finding_from_json(const nlohmann::json& json);

}  // namespace plimsoll::model
