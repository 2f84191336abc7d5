// The calls of MEM0_WIRE.md against the running program, one by one.
#include <gmock/gmock.h>

#include "net/url.h"
#include "tests/integration/memory_api/service_fixture.h"

namespace memory_api::testing {
namespace {

using ::testing::HasSubstr;

class Wire : public ServiceTest {};

constexpr const char* unknown_id = "00000000-0000-4000-8000-000000000000";

std::vector<std::string> texts(const Json& results) {
  std::vector<std::string> found;
  for (const Json& result : results) found.push_back(result.at("memory").get<std::string>());
  return found;
}

TEST_F(Wire, PingNamesOrganisationAndProject) {
  Caller ann = caller();
  const Answer ping = ann.call("GET", "/v1/ping/");
  EXPECT_EQ(ping.status, 200);
  EXPECT_FALSE(ping.json.at("org_id").get<std::string>().empty());
  EXPECT_FALSE(ping.json.at("project_id").get<std::string>().empty());
  EXPECT_TRUE(ping.json.contains("user_email"));
  EXPECT_EQ(ann.call("GET", "/v1/ping").json, ping.json);
}

TEST_F(Wire, AddStoresOneMemoryForEachMessage) {
  Caller ann = caller();
  const Answer added = ann.call("POST", "/v3/memories/add/",
                                {{"messages",
                                  {{{"role", "user"}, {"content", "I moved to Lisbon"}},
                                   {{"role", "assistant"}, {"content", "Enjoy the sun"}}}},
                                 {"user_id", "ann"},
                                 {"run_id", "r1"},
                                 {"metadata", {{"team", "red"}, {"n", 3}}},
                                 {"timestamp", 1700000000},
                                 {"expiration_date", "2999-12-31"},
                                 {"infer", false}});
  ASSERT_EQ(added.status, 200) << added.text;
  EXPECT_EQ(added.json.at("status"), "SUCCEEDED");
  ASSERT_EQ(added.json.at("results").size(), 2u);
  const Json& first = added.json["results"][0];
  EXPECT_EQ(first.at("event"), "ADD");
  EXPECT_EQ(first.at("data").at("memory"), "I moved to Lisbon");
  const Answer got = ann.call("GET", "/v1/memories/" + first.at("id").get<std::string>() + "/");
  EXPECT_EQ(got.json.at("memory"), "I moved to Lisbon");
  EXPECT_EQ(got.json.at("user_id"), "ann");
  EXPECT_EQ(got.json.at("agent_id"), nullptr);
  EXPECT_EQ(got.json.at("session_id"), "r1");
  EXPECT_EQ(got.json.at("metadata"), (Json{{"team", "red"}, {"n", 3}}));
  EXPECT_THAT(got.json.at("created_at").get<std::string>(), ::testing::StartsWith("2023-11-14T22:13:20"));
  EXPECT_EQ(got.json.at("expiration_date"), "2999-12-31");
  const Answer event = ann.call("GET", "/v1/event/" + added.json.at("event_id").get<std::string>() + "/");
  EXPECT_EQ(event.json.at("status"), "SUCCEEDED");
  EXPECT_EQ(event.json.at("results").size(), 2u);
}

TEST_F(Wire, AddTakesTheOwnerFromFiltersAndSaysThatItDidNotInfer) {
  Caller ann = caller();
  const Answer added = ann.call("POST", "/v1/memories/",
                                {{"messages", {{{"role", "user"}, {"content", "x y"}}}},
                                 {"filters", {{"AND", {{{"user_id", "ann"}}, {{"app_id", "app"}}}}}}});
  ASSERT_EQ(added.status, 200) << added.text;
  EXPECT_EQ(added.json.at("inferred"), false);
  EXPECT_THAT(added.json.at("message").get<std::string>(), HasSubstr("no language model"));
  const Answer listed = ann.call("GET", "/v1/memories/?user_id=ann&app_id=app");
  EXPECT_EQ(texts(listed.json), std::vector<std::string>{"x y"});
}

TEST_F(Wire, ListPagesThroughAllOfThem) {
  Caller ann = caller();
  for (int i = 0; i < 5; ++i) ann.add("ann", fmt::format("note {}", i));
  const Json body = {{"filters", {{"user_id", "ann"}}}};
  const Answer first = ann.call("POST", "/v3/memories/?page=1&page_size=2", body);
  EXPECT_EQ(first.json.at("count"), 5);
  EXPECT_EQ(first.json.at("previous"), nullptr);
  EXPECT_EQ(texts(first.json.at("results")), (std::vector<std::string>{"note 4", "note 3"}));
  const auto next = net::parse_url(first.json.at("next").get<std::string>());
  ASSERT_TRUE(next);
  const Answer second = ann.call("POST", next->target(), body);
  EXPECT_EQ(texts(second.json.at("results")), (std::vector<std::string>{"note 2", "note 1"}));
  EXPECT_NE(second.json.at("previous"), nullptr);
  const Answer last = ann.call("POST", "/v3/memories/?page=3&page_size=2", body);
  EXPECT_EQ(last.json.at("next"), nullptr);
  EXPECT_TRUE(is_problem(ann.call("POST", "/v3/memories/?page=4&page_size=2", body), 404));
  const Answer nothing = ann.call("POST", "/v3/memories/", {{"filters", {{"user_id", "nobody"}}}});
  EXPECT_EQ(nothing.status, 200);
  EXPECT_EQ(nothing.json.at("count"), 0);
}

TEST_F(Wire, ListHasItsOlderForms) {
  Caller ann = caller();
  ann.add("ann", "only");
  EXPECT_TRUE(ann.call("POST", "/v2/memories/", {{"filters", {{"user_id", "ann"}}}}).json.is_array());
  EXPECT_TRUE(ann.call("POST", "/v2/memories/", {{"user_id", "ann"}}).json.is_array());
  EXPECT_EQ(ann.call("POST", "/v2/memories/?page=1", {{"user_id", "ann"}}).json.at("count"), 1);
  EXPECT_EQ(ann.call("GET", "/v1/memories/?user_id=ann").json.size(), 1u);
}

TEST_F(Wire, ListNarrowsByDateCategoryAndField) {
  Caller ann = caller();
  const auto add = [&ann](const char* text, int timestamp) {
    ann.call("POST", "/v3/memories/add/",
             {{"messages", {{{"role", "user"}, {"content", text}}}},
              {"user_id", "ann"},
              {"timestamp", timestamp},
              {"categories", {text}},
              {"infer", false}});
  };
  add("old", 1600000000);    // 2020-09-13
  add("newer", 1700000000);  // 2023-11-14
  const auto list = [&ann](Json extra) {
    extra["filters"] = {{"user_id", "ann"}};
    return ann.call("POST", "/v3/memories/", extra).json.at("results");
  };
  EXPECT_EQ(texts(list({{"start_date", "2021-01-01"}})), std::vector<std::string>{"newer"});
  EXPECT_EQ(texts(list({{"end_date", "2020-09-13"}})), std::vector<std::string>{"old"});
  EXPECT_EQ(texts(list({{"categories", {"old"}}})), std::vector<std::string>{"old"});
  const Json picked = list({{"fields", {"memory"}}});
  EXPECT_EQ(picked.at(0).size(), 2u);
  EXPECT_TRUE(picked.at(0).contains("id"));
}

TEST_F(Wire, SearchFindsByWordsBestFirst) {
  Caller ann = caller();
  ann.add("ann", "The deploy key is rotated every month");
  ann.add("ann", "Lunch is at noon");
  ann.add("bob", "The deploy key of bob");
  const Answer found = ann.search("ann", "  deploy key  ");
  ASSERT_EQ(found.status, 200) << found.text;
  ASSERT_EQ(found.json.at("results").size(), 1u);
  const Json& best = found.json["results"][0];
  EXPECT_EQ(best.at("memory"), "The deploy key is rotated every month");
  EXPECT_GT(best.at("score").get<double>(), 0);
  EXPECT_LE(best.at("score").get<double>(), 1);
  EXPECT_TRUE(best.contains("run_id"));
  const Json legacy = {{"query", "deploy"}, {"user_id", "ann"}, {"limit", 1}};
  EXPECT_EQ(ann.call("POST", "/v1/memories/search/", legacy).json.size(), 1u);
  EXPECT_EQ(ann.call("POST", "/v2/memories/search/", {{"query", "deploy"}, {"filters", {{"user_id", "*"}}}})
                .json.size(),
            2u);
}

TEST_F(Wire, SearchMatchesMetadataPairs) {
  Caller ann = caller();
  for (const char* team : {"red", "blue"}) {
    ann.call("POST", "/v3/memories/add/",
             {{"messages", {{{"role", "user"}, {"content", "release plan"}}}},
              {"user_id", "ann"},
              {"metadata", {{"team", team}}},
              {"infer", false}});
  }
  const Answer found = ann.call("POST", "/v3/memories/search/",
                                {{"query", "release"},
                                 {"filters", {{"user_id", "ann"}}},
                                 {"metadata", {{"team", "red"}}},
                                 {"threshold", 0}});
  ASSERT_EQ(found.json.at("results").size(), 1u) << found.text;
  EXPECT_EQ(found.json["results"][0]["metadata"]["team"], "red");
}

TEST_F(Wire, UpdateChangesAndHistoryRemembers) {
  Caller ann = caller();
  const std::string id = ann.add_one("ann", "before");
  const Answer updated =
      ann.call("PUT", "/v1/memories/" + id + "/",
               {{"text", "after"}, {"metadata", {{"k", "v"}}}, {"expiration_date", "2999-01-01"}});
  EXPECT_EQ(updated.status, 200) << updated.text;
  EXPECT_EQ(updated.json.at("memory"), "after");
  EXPECT_EQ(updated.json.at("expiration_date"), "2999-01-01");
  const Answer cleared = ann.call("PUT", "/v1/memories/" + id + "/", {{"expiration_date", nullptr}});
  EXPECT_EQ(cleared.json.at("expiration_date"), nullptr);
  EXPECT_EQ(cleared.json.at("memory"), "after");
  const Answer history = ann.call("GET", "/v1/memories/" + id + "/history/");
  ASSERT_GE(history.json.size(), 2u) << history.text;
  EXPECT_EQ(history.json[0].at("event"), "ADD");
  EXPECT_EQ(history.json[1].at("event"), "UPDATE");
  EXPECT_EQ(history.json[1].at("old_memory"), "before");
  EXPECT_EQ(history.json[1].at("new_memory"), "after");
  EXPECT_EQ(history.json[1].at("memory_id"), id);
}

TEST_F(Wire, DeleteRemovesForGood) {
  Caller ann = caller();
  const std::string id = ann.add_one("ann", "secret plan");
  EXPECT_TRUE(ann.call("DELETE", "/v1/memories/" + id + "/?delete_linked=true").json.contains("message"));
  EXPECT_TRUE(is_problem(ann.call("GET", "/v1/memories/" + id + "/"), 404));
  EXPECT_TRUE(is_problem(ann.call("DELETE", "/v1/memories/" + id + "/"), 404));
  EXPECT_TRUE(is_problem(ann.call("PUT", "/v1/memories/" + id + "/", {{"text", "x"}}), 404));
  EXPECT_TRUE(ann.search("ann", "secret plan").json.at("results").empty());
}

TEST_F(Wire, DeleteAllObeysItsFiltersOrRefuses) {
  Caller ann = caller();
  ann.add("ann", "one");
  ann.add("bob", "two");
  ann.add("cy", "three");
  EXPECT_TRUE(is_problem(ann.call("DELETE", "/v1/memories/"), 400));
  EXPECT_TRUE(is_problem(ann.call("DELETE", "/v1/memories/?user_id="), 400));
  EXPECT_TRUE(is_problem(ann.call("DELETE", "/v1/memories/?user_id=ann&user_id=bob"), 400));
  EXPECT_TRUE(is_problem(ann.call("DELETE", "/v1/memories/?user_id=ann&metadata=x"), 400));
  EXPECT_TRUE(
      is_problem(ann.call("DELETE", "/v1/memories/?filters=" + net::percent_encode("{'user_id': ")), 400));
  EXPECT_EQ(ann.count("*"), 3u);
  EXPECT_EQ(ann.call("DELETE", "/v1/memories/?user_id=ann").status, 200);
  EXPECT_EQ(ann.count("*"), 2u);
  EXPECT_EQ(ann.call("DELETE", "/v1/memories/?filters=" + net::percent_encode("{'user_id': 'bob'}")).status,
            200);
  EXPECT_EQ(ann.count("*"), 1u);
  EXPECT_EQ(ann.call("DELETE", "/v1/memories/?user_id=*").status, 200);
  EXPECT_EQ(ann.count("*"), 0u);
}

TEST_F(Wire, BatchesAreAllOrNothing) {
  Caller ann = caller();
  const std::string one = ann.add_one("ann", "one");
  const std::string two = ann.add_one("ann", "two");
  const Answer refused =
      ann.call("PUT", "/v1/batch/",
               {{"memories",
                 {{{"memory_id", one}, {"text", "changed"}}, {{"memory_id", unknown_id}, {"text", "x"}}}}});
  EXPECT_TRUE(is_problem(refused, 404));
  EXPECT_THAT(refused.json.at("detail").get<std::string>(), HasSubstr("1 of 2"));
  EXPECT_EQ(ann.call("GET", "/v1/memories/" + one + "/").json.at("memory"), "one");
  const Answer updated =
      ann.call("PUT", "/v1/batch/", {{"memories", {{{"memory_id", one}, {"text", "changed"}}}}});
  EXPECT_EQ(updated.status, 200) << updated.text;
  EXPECT_EQ(ann.call("GET", "/v1/memories/" + one + "/").json.at("memory"), "changed");
  const Answer deleted =
      ann.call("DELETE", "/v1/batch/", {{"memories", {{{"memory_id", one}}, {{"memory_id", two}}}}});
  EXPECT_EQ(deleted.status, 200) << deleted.text;
  EXPECT_EQ(ann.count("ann"), 0u);
}

TEST_F(Wire, EntitiesAreListedAndDeletedByName) {
  Caller ann = caller();
  ann.add("a/b c", "one");
  ann.call("POST", "/v3/memories/add/",
           {{"messages", {{{"role", "user"}, {"content", "two"}}}}, {"agent_id", "bot"}, {"infer", false}});
  const Answer entities = ann.call("GET", "/v1/entities/");
  ASSERT_EQ(entities.json.at("count"), 2) << entities.text;
  const Json& user = entities.json["results"][0];
  EXPECT_EQ(user.at("type"), "user");
  EXPECT_EQ(user.at("name"), "a/b c");
  for (int i = 0; i < 2; ++i) {  // gone is as good as deleted
    EXPECT_EQ(ann.call("DELETE", "/v2/entities/user/a%2Fb%20c/").status, 200);
  }
  EXPECT_EQ(ann.call("GET", "/v1/entities/").json.at("count"), 1);
  EXPECT_TRUE(is_problem(ann.call("DELETE", "/v2/entities/robot/x/"), 400));
}

TEST_F(Wire, TenantsNeverSeeEachOther) {
  Caller ann = caller("ann");
  Caller eve = caller("eve");
  const Answer added = ann.add("shared", "the vault code is 1234");
  const std::string id = added.json.at("results").at(0).at("id").get<std::string>();
  const std::string event = added.json.at("event_id").get<std::string>();
  EXPECT_TRUE(is_problem(eve.call("GET", "/v1/memories/" + id + "/"), 404));
  EXPECT_TRUE(is_problem(eve.call("GET", "/v1/memories/" + id + "/history/"), 404));
  EXPECT_TRUE(is_problem(eve.call("GET", "/v1/event/" + event + "/"), 404));
  EXPECT_TRUE(is_problem(eve.call("PUT", "/v1/memories/" + id + "/", {{"text", "x"}}), 404));
  EXPECT_TRUE(is_problem(eve.call("DELETE", "/v1/memories/" + id + "/"), 404));
  EXPECT_TRUE(is_problem(eve.call("DELETE", "/v1/batch/", {{"memories", {{{"memory_id", id}}}}}), 404));
  EXPECT_TRUE(eve.search("shared", "vault code").json.at("results").empty());
  EXPECT_EQ(eve.count("*"), 0u);
  EXPECT_EQ(eve.call("DELETE", "/v1/memories/?user_id=*").status, 200);
  EXPECT_EQ(eve.call("DELETE", "/v2/entities/user/shared/").status, 200);
  EXPECT_EQ(eve.call("GET", "/v1/entities/").json.at("count"), 0);
  EXPECT_EQ(ann.count("shared"), 1u);
}

TEST_F(Wire, UnknownMethodsAndPathsAreToldApart) {
  Caller ann = caller();
  const Answer refused = ann.call("PATCH", "/v1/batch/");
  EXPECT_TRUE(is_problem(refused, 405));
  EXPECT_EQ(refused.header("allow"), "PUT, DELETE");
  EXPECT_EQ(ann.call("POST", "/ready").header("allow"), "GET, HEAD");
  EXPECT_TRUE(is_problem(ann.call("GET", "/v9/memories/"), 404));
  EXPECT_TRUE(is_problem(ann.call("GET", "/v1/memories/a/b/"), 404));
  EXPECT_EQ(ann.call("HEAD", "/v1/ping/").status, 200);
}

TEST_F(Wire, TheServiceTellsAboutItself) {
  Caller nobody(*service_, "");
  EXPECT_EQ(nobody.call("GET", "/health").json.at("status"), "ok");
  const Answer ready = nobody.call("GET", "/ready");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.json.at("status"), "ok");
  EXPECT_TRUE(ready.json.at("dependencies").at("storage").at("latency_seconds").is_number());
  EXPECT_TRUE(ready.json.at("dependencies").at("storage").at("since").is_string());
  const Answer metrics = nobody.call("GET", "/metrics");
  EXPECT_THAT(metrics.header("content-type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(metrics.text, HasSubstr("http_requests_total{code=\"200\",method=\"GET\",route=\"/ready\"}"));
  const auto open = nobody.client().send(
      {.target = "/metrics", .headers = {{"Accept", "application/openmetrics-text;version=1.0.0"}}});
  EXPECT_TRUE(open->body.ends_with("# EOF\n"));
}

TEST_F(Wire, TheOpenApiDocumentNamesOnlyWhatIsServed) {
  Caller ann = caller();
  const Json document = ann.call("GET", "/openapi.json").json;
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  for (const auto& [path, operations] : document.at("paths").items()) {
    std::string target = path;
    for (std::size_t open = target.find('{'); open != std::string::npos; open = target.find('{')) {
      target.replace(open, target.find('}') - open + 1, unknown_id);
    }
    for (const auto& [method, operation] : operations.items()) {
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      const int status = ann.call(upper, target).status;
      EXPECT_NE(status, 405) << method << " " << path;
      EXPECT_LT(status, 500) << method << " " << path;
      EXPECT_TRUE(operation.at("responses").contains(std::to_string(status)))
          << method << " " << path << " " << status;
    }
  }
}

}  // namespace
}  // namespace memory_api::testing
