#include "plimsoll/evidence/acceptance_table.h"

#include "base/json.h"
#include "plimsoll/model/json_fields.h"

namespace plimsoll::evidence {

using base::Json;

Json to_json(const Acceptance& acceptance) {
  return {{"project", acceptance.project},
          {"series", acceptance.series},
          {"commit", acceptance.commit},
          {"run", acceptance.run},
          {"because", acceptance.because},
          {"who", acceptance.who},
          {"at", base::to_rfc3339(acceptance.at, 9)},
          {"until", acceptance.until ? Json(base::to_rfc3339(*acceptance.until, 9)) : Json()}};
}

base::Result<Acceptance> acceptance_from_json(const Json& json) {
  BASE_TRY(model::expect_object(json, "acceptance"));
  Acceptance acceptance;
  BASE_ASSIGN(acceptance.project, model::string_or(json, "project", {}));
  BASE_ASSIGN(acceptance.series, base::get_string(json, "series"));
  BASE_ASSIGN(acceptance.commit, model::string_or(json, "commit", {}));
  BASE_ASSIGN(acceptance.run, model::string_or(json, "run", {}));
  BASE_ASSIGN(acceptance.because, model::string_or(json, "because", {}));
  BASE_ASSIGN(acceptance.who, model::string_or(json, "who", {}));
  BASE_ASSIGN(const auto at, base::get_string(json, "at"));
  BASE_ASSIGN(acceptance.at, base::parse_rfc3339(at));
  BASE_ASSIGN(const auto until, model::optional_string(json, "until"));
  if (until) {
    BASE_ASSIGN(acceptance.until, base::parse_rfc3339(*until));
  }
  return acceptance;
}

base::Status insert_acceptance(Database& database, const Acceptance& acceptance) {
  BASE_ASSIGN(auto insert,
              database.prepare("INSERT INTO acceptance(project, document) SELECT ?1, ?2 WHERE NOT EXISTS "
                               "(SELECT 1 FROM acceptance WHERE project = ?1 AND document = ?2)"));
  return insert.bind(acceptance.project).bind(base::dump(to_json(acceptance))).run();
}

base::Result<std::vector<Acceptance>> list_acceptances(Database& database, std::string_view project) {
  BASE_ASSIGN(auto query,
              database.prepare("SELECT document FROM acceptance WHERE ?1 = '' OR project = ?1 ORDER BY key"));
  query.bind(project);
  std::vector<Acceptance> all;
  while (true) {
    BASE_ASSIGN(const bool more, query.step());
    if (!more) return all;
    const auto json = base::parse_json(query.blob(0), "acceptance");
    if (!json) return std::unexpected(database.damaged(json.error()));
    auto acceptance = acceptance_from_json(*json);
    if (!acceptance) return std::unexpected(database.damaged(acceptance.error()));
    all.push_back(*std::move(acceptance));
  }
}

}  // namespace plimsoll::evidence
