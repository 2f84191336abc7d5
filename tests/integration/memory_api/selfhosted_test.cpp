// The routes of mem0's self-hosted server, exports, imports, feedback and the project: what the platform's
// lists leave out.
#include <gmock/gmock.h>

#include "tests/integration/memory_api/service_fixture.h"

namespace memory_api::testing {
namespace {

using ::testing::HasSubstr;

class SelfHosted : public ServiceTest {};

TEST_F(SelfHosted, RoutesDoTheSameUnderTheirShortNames) {
  Caller ann = caller();
  const Answer added = ann.call(
      "POST", "/memories",
      {{"messages", {{{"role", "user"}, {"content", "I like tea"}}}}, {"user_id", "ann"}, {"infer", false}});
  ASSERT_EQ(added.status, 200) << added.text;
  const std::string id = added.json.at("results").at(0).at("id");
  EXPECT_EQ(ann.call("GET", "/memories/" + id).json.at("memory"), "I like tea");
  EXPECT_EQ(ann.call("GET", "/memories?user_id=ann").json.at("results").size(), 1u);
  EXPECT_EQ(ann.call("PUT", "/memories/" + id, {{"text", "I like coffee"}}).status, 200);
  EXPECT_EQ(ann.call("GET", "/memories/" + id + "/history").json.size(), 2u);
  const Answer found =
      ann.call("POST", "/search", {{"query", "coffee"}, {"user_id", "ann"}, {"threshold", 0}});
  EXPECT_EQ(found.json.at("results").at(0).at("id"), id);
  ann.add("bob", "another");
  EXPECT_EQ(ann.call("DELETE", "/memories?user_id=bob").status, 200);
  EXPECT_EQ(ann.count("*"), 1u);
  EXPECT_EQ(ann.call("DELETE", "/memories/" + id).status, 200);
  ann.call("POST", "/memories",
           {{"messages", {{{"role", "user"}, {"content", "x"}}}}, {"run_id", "r"}, {"infer", false}});
  EXPECT_EQ(ann.call("POST", "/reset").status, 200);
  EXPECT_EQ(ann.call("GET", "/v1/entities/").json.at("count"), 0);
}

TEST_F(SelfHosted, ClientsMaySendTheirKeyAsXApiKey) {
  net::HttpClient client(service_->url());
  const auto status = [&client](const net::Headers& headers) {
    const auto response = client.send({.target = "/v1/ping/", .headers = headers});
    return response ? response->status : 0;
  };
  EXPECT_EQ(status({{"X-API-Key", "k"}}), 200);
  EXPECT_EQ(status({{"X-API-Key", ""}}), 401);
  EXPECT_EQ(status({{"X-API-Key", "k"}, {"Authorization", "Token k"}}), 401);
}

TEST_F(SelfHosted, ExportsAreFoundByIdAndByFiltersAndImportAgain) {
  Caller ann = caller();
  Caller eve = caller("eve");
  ann.call("POST", "/v3/memories/add/",
           {{"messages", {{{"role", "user"}, {"content", "first"}}}},
            {"user_id", "ann"},
            {"timestamp", 1600000000},
            {"metadata", {{"k", 1}}},
            {"categories", {"c"}},
            {"expiration_date", "2999-01-01"},
            {"infer", false}});
  ann.add("bob", "second");
  const Json of_ann = {{"schema", "{}"}, {"filters", {{"user_id", "ann"}}}};
  const Answer made = ann.call("POST", "/v1/exports/", of_ann);
  EXPECT_EQ(made.status, 201) << made.text;
  const Json by_id = {{"memory_export_id", made.json.at("id")}};
  const Answer got = ann.call("POST", "/v1/exports/get/", by_id);
  ASSERT_EQ(got.json.at("memories").size(), 1u) << got.text;
  EXPECT_EQ(ann.call("POST", "/v1/exports/get/", {{"filters", {{"user_id", "ann"}}}}).json, got.json);
  EXPECT_TRUE(is_problem(eve.call("POST", "/v1/exports/get/", by_id), 404));
  EXPECT_TRUE(is_problem(ann.call("POST", "/v1/exports/get/", {{"filters", {{"user_id", "bob"}}}}), 404));
  ASSERT_EQ(eve.call("POST", "/v1/imports/", got.json).status, 200);
  Json imported = eve.call("GET", "/v1/memories/?user_id=ann").json.at(0);
  Json original = got.json.at("memories").at(0);
  for (const char* own : {"id", "updated_at"}) {
    imported.erase(own);
    original.erase(own);
  }
  EXPECT_EQ(imported, original);
  ann.call("DELETE", "/v2/entities/user/ann/");
  EXPECT_TRUE(ann.call("POST", "/v1/exports/get/", by_id).json.at("memories").empty());
}

TEST_F(SelfHosted, SummariesCountAndShowTheNewest) {
  Caller ann = caller();
  for (int i = 0; i < 25; ++i) ann.add("ann", fmt::format("note {}.", i));
  const Answer summary = ann.call("POST", "/v1/summary/", {{"filters", {{"user_id", "ann"}}}});
  EXPECT_EQ(summary.json.at("count"), 25);
  EXPECT_THAT(summary.json.at("summary").get<std::string>(), HasSubstr("note 24."));
  EXPECT_EQ(ann.call("POST", "/v1/summary/", {{"filters", nullptr}}).json.at("count"), 25);
}

TEST_F(SelfHosted, FeedbackGoesWithItsMemory) {
  Caller ann = caller();
  Caller eve = caller("eve");
  const std::string id = ann.add_one("ann", "rated");
  const Json feedback = {{"memory_id", id}, {"feedback", "VERY_NEGATIVE"}, {"feedback_reason", "wrong"}};
  EXPECT_EQ(ann.call("POST", "/v1/feedback/", feedback).json,
            (Json{{"id", id}, {"feedback", "VERY_NEGATIVE"}, {"feedback_reason", "wrong"}}));
  EXPECT_TRUE(is_problem(eve.call("POST", "/v1/feedback/", feedback), 404));
  ann.call("DELETE", "/v1/memories/" + id + "/");
  EXPECT_TRUE(is_problem(ann.call("POST", "/v1/feedback/", feedback), 404));
}

TEST_F(SelfHosted, ProjectSettingsAreMergedAndClearedWithNull) {
  Caller ann = caller();
  const std::string id = ann.call("GET", "/v1/ping/").json.at("project_id");
  const std::string project = fmt::format("/api/v1/orgs/organizations/{0}/projects/{0}/", id);
  EXPECT_EQ(ann.call("GET", project).json.at("custom_instructions"), nullptr);
  EXPECT_EQ(ann.call("PATCH", project, {{"custom_instructions", "brief"}, {"multilingual", true}}).status,
            200);
  EXPECT_EQ(ann.call("PATCH", project, {{"custom_categories", {{{"work", "jobs"}}}}}).status, 200);
  const Answer got = ann.call("GET", project + "?fields=custom_instructions&fields=custom_categories");
  EXPECT_EQ(got.json, (Json{{"custom_instructions", "brief"}, {"custom_categories", {{{"work", "jobs"}}}}}));
  EXPECT_EQ(ann.call("PATCH", project, {{"custom_instructions", nullptr}}).json.at("custom_instructions"),
            nullptr);
  EXPECT_EQ(ann.call("GET", project).json.at("multilingual"), true);
}

}  // namespace
}  // namespace memory_api::testing
