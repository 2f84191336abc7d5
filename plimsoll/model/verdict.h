// The answer: may this release ship, and why.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "plimsoll/model/finding.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/run.h"

namespace plimsoll::model {

struct Verdict {
  Status status = Status::inconclusive;
  std::string headline;  // the first sentence of every report: the answer and its reason
  Run run;
  bool partial = false;
  double false_alarm_rate =
      0;  // of the whole family of relative judgements: P(warn or fail | nothing changed)
  std::size_t family_size = 0;
  std::vector<Judgement> judgements;
  std::vector<Finding> findings;
};

// The document {"plimsoll":"check","version":1,…} of INTERFACES.md, whole.
nlohmann::ordered_json to_json(const Verdict& verdict);
base::Result<Verdict> verdict_from_json(const nlohmann::json& json);

// 0 pass or warn, 1 fail, 3 inconclusive.
int exit_code(Status status);

}  // namespace plimsoll::model
