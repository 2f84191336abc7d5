// Steps of a scenario from their YAML.
#pragma once

#include <filesystem>

#include "plimsoll/traffic/scenario/scenario.h"
#include "plimsoll/traffic/scenario/yaml_fields.h"

namespace plimsoll::traffic {

// Keeps references to both, and to the thresholds it adds to.
class StepReader {
 public:
  StepReader(const std::filesystem::path& folder, const Vocabulary& vocabulary,
             std::vector<ScenarioThreshold>& thresholds)
      : folder_(folder), vocabulary_(vocabulary), thresholds_(thresholds) {}

  // A list of at least one. Steps without a name are called `prefix` and their number; two of one name are an
  // error, also with those of `names`, which they join. `scenario` is whose thresholds theirs are.
  base::Result<std::vector<Step>> steps(const fields::Node& node, const std::string& prefix,
                                        const std::string& scenario, std::vector<std::string>& names) const;

  base::Status headers(const fields::Node& node, std::map<std::string, TextTemplate>& headers) const;
  base::Result<VariableTexts> variables(const fields::Node& node) const;

 private:
  base::Result<Step> step(const fields::Node& node, const std::string& scenario,
                          const std::string& name) const;
  fields::Readers logic_readers(StepLogic& logic) const;
  base::Status path(const fields::Node& node, Step& step) const;
  base::Result<StepBody> body(const fields::Node& node) const;
  base::Result<TextTemplate> text(const fields::Node& node, Escape escape) const;
  base::Result<Check> check(const fields::Node& node) const;
  fields::Reader relation(Check& check, int& relations, Relation is) const;
  base::Status checks(const fields::Node& node, StepLogic& logic) const;
  base::Status extractions(const fields::Node& node, StepLogic& logic) const;
  base::Result<Extraction> extraction(const fields::Node& node) const;
  base::Status thresholds(const fields::Node& node, const std::string& scenario,
                          const std::string& step) const;

  const std::filesystem::path& folder_;
  const Vocabulary& vocabulary_;
  std::vector<ScenarioThreshold>& thresholds_;
};

base::Result<StatusSet> expect_of(const fields::Node& node);
base::Result<ThinkTime> think_time_of(
    const fields::Node& node);  // `1s`, or {mean: 1s, distribution: constant}

// A list of rules as they stand, or one.
base::Status read_thresholds(const fields::Node& node, const std::string& scenario, const std::string& step,
                             std::vector<ScenarioThreshold>& thresholds);

}  // namespace plimsoll::traffic
