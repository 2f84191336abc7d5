// What a good server refuses: each malformed request gets its 4xx as problem+json, and changes nothing.
#include <gmock/gmock.h>

#include "tests/integration/memory_api/service_fixture.h"

namespace memory_api::testing {
namespace {

struct BadRequest {
  std::string method;
  std::string target;
  std::string body;
  int status = 400;
};

std::string deep(std::string_view open, std::string_view inner, std::string_view close, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += open;
  text += inner;
  for (int i = 0; i < times; ++i) text += close;
  return text;
}

const char* const good_messages = R"("messages":[{"role":"user","content":"x"}])";

std::vector<BadRequest> bad_adds() {
  std::vector<BadRequest> all;
  const auto add = [&all](const std::string& body) { all.push_back({"POST", "/v3/memories/add/", body}); };
  for (const char* body : {"", "{", "[]", "null", "\"x\"", "{}", "{\"a\":1}x", "\xff", "{\"a\":\"\xff\"}",
                           "{\"a\":1,\"a\":2}", "{'user_id': 'ann'}", "nan"}) {
    add(body);
  }
  add("{" + std::string(good_messages) + "}");
  for (const char* id : {"\"\"", "1", "true", "[]", "{}", "\"*\""}) {
    for (const char* name : {"user_id", "agent_id", "app_id", "run_id"}) {
      add(fmt::format("{{{},\"{}\":{}}}", good_messages, name, id));
    }
  }
  add(fmt::format("{{{},\"user_id\":\"{}\"}}", good_messages, std::string(257, 'x')));
  for (const char* messages :
       {"null", "[]", "{}", "\"hi\"", "[1]", "[null]", "[{}]", R"([{"role":"user"}])", R"([{"content":"x"}])",
        R"([{"role":"robot","content":"x"}])", R"([{"role":1,"content":"x"}])",
        R"([{"role":"user","content":""}])", R"([{"role":"user","content":"  "}])",
        R"([{"role":"user","content":["x"]}])", R"([{"role":"user","content":null}])",
        R"([{"role":"user","content":"x"},{}])"}) {
    add(fmt::format(R"({{"user_id":"ann","messages":{}}})", messages));
  }
  for (const char* extra :
       {R"("metadata":[])", R"("metadata":"x")", R"("infer":"yes")", R"("infer":1)", R"("timestamp":-1)",
        R"("timestamp":"now")", R"("timestamp":1e300)", R"("expiration_date":"soon")",
        R"("expiration_date":5)", R"("expiration_date":"2026-13-01")", R"("expiration_date":"2026-02-30")",
        R"("categories":"x")", R"("categories":[1])", R"("filters":[])", R"("filters":{"AND":{}})",
        R"("filters":{"AND":[1]})", R"("filters":{"user_id":7})"}) {
    add(fmt::format(R"({{"user_id":"ann",{},{}}})", good_messages, extra));
  }
  return all;
}

std::vector<BadRequest> bad_filters() {
  std::vector<BadRequest> all;
  for (const std::string& filters :
       {std::string("null"),
        std::string("{}"),
        std::string("[]"),
        std::string("\"x\""),
        std::string("5"),
        std::string(R"({"user_id":""})"),
        std::string(R"({"user_id":5})"),
        std::string(R"({"nonsense":"x"})"),
        std::string(R"({"user_id":{"like":"x"}})"),
        std::string(R"({"AND":[]})"),
        std::string(R"({"AND":"x"})"),
        std::string(R"({"OR":[1]})"),
        std::string(R"({"NOT":[{"user_id":"ann"}]})"),
        std::string(R"({"created_at":{"gt":"2026-01-01"}})"),
        std::string(R"({"metadata":{"a":"b"}})"),
        std::string(R"({"user_id":{"in":"ann"}})"),
        std::string(R"({"user_id":{"in":[]}})"),
        std::string(R"({"AND":[{"user_id":"ann"},{"created_at":{"gt":"soon"}}]})"),
        std::string(R"({"AND":[{"user_id":"ann"},{"metadata":"x"}]})"),
        deep(R"({"AND":[)", R"({"user_id":"ann"})", "]}", 33)}) {
    all.push_back({"POST", "/v3/memories/", "{\"filters\":" + filters + "}"});
    all.push_back({"POST", "/v3/memories/search/", "{\"query\":\"x\",\"filters\":" + filters + "}"});
  }
  return all;
}

std::vector<BadRequest> bad_queries() {
  std::vector<BadRequest> all;
  const std::string body = R"({"filters":{"user_id":"ann"}})";
  for (const char* query :
       {"page=0", "page=-1", "page=x", "page=1.5", "page=", "page=1&page=2", "page_size=0", "page_size=201",
        "page_size=x", "page=99999999999999999999", "page=+1%20"}) {
    all.push_back({"POST", std::string("/v3/memories/?") + query, body});
  }
  all.push_back({"POST", "/v3/memories/", R"({"user_id":"ann"})"});
  all.push_back({"POST", "/v3/memories/", R"({"user_id":"ann","filters":{"user_id":"ann"}})"});
  for (const char* extra : {R"("start_date":"x")", R"("end_date":5)", R"("categories":{})",
                            R"("fields":["nonsense"])", R"("fields":"id")", R"("show_expired":"no")"}) {
    all.push_back({"POST", "/v3/memories/", fmt::format(R"({{"filters":{{"user_id":"ann"}},{}}})", extra)});
  }
  all.push_back({"POST", "/v2/memories/", "{}"});
  all.push_back({"GET", "/v1/memories/", ""});
  all.push_back({"GET", "/v1/memories/?user_id=", ""});
  all.push_back({"GET", "/v1/memories/?user_id=a&page_size=9999", ""});
  return all;
}

std::vector<BadRequest> bad_searches() {
  std::vector<BadRequest> all;
  for (const char* query : {"null", "\"\"", "\"  \"", "5", "[]", "{}"}) {
    all.push_back({"POST", "/v3/memories/search/",
                   fmt::format(R"({{"query":{},"filters":{{"user_id":"a"}}}})", query)});
  }
  for (const char* extra :
       {R"("top_k":0)", R"("top_k":1001)", R"("top_k":-1)", R"("top_k":1.5)", R"("top_k":"5")",
        R"("top_k":true)", R"("threshold":-0.1)", R"("threshold":1.1)", R"("threshold":"x")",
        R"("rerank":"x")", R"("latest_only":1)", R"("keyword_search":"x")", R"("reference_date":"x")",
        R"("metadata":5)", R"("user_id":"a")"}) {
    all.push_back({"POST", "/v3/memories/search/",
                   fmt::format(R"({{"query":"x","filters":{{"user_id":"a"}},{}}})", extra)});
  }
  all.push_back({"POST", "/v3/memories/search/", R"({"query":"x"})"});
  all.push_back({"POST", "/v2/memories/search/", R"({"query":"x"})"});
  all.push_back({"POST", "/v1/memories/search/", R"({"query":"x","limit":0,"user_id":"a"})"});
  return all;
}

std::vector<BadRequest> bad_writes() {
  const std::string one = "/v1/memories/00000000-0000-4000-8000-000000000000/";
  std::vector<BadRequest> all;
  for (const char* body : {"{}", "[]", "", R"({"text":""})", R"({"text":5})", R"({"text":" "})",
                           R"({"metadata":[]})", R"({"timestamp":-5})", R"({"expiration_date":"x"})"}) {
    all.push_back({"PUT", one, body});
  }
  for (const char* id :
       {"nonsense", "00000000-0000-4000-8000-00000000000G", "%00", "..", "%2e%2e%2f", "*", "%F0%9F%92%A9"}) {
    const std::string target = fmt::format("/v1/memories/{}/", id);
    all.push_back({"GET", target, "", 404});
    all.push_back({"DELETE", target, "", 404});
  }
  for (const char* method : {"PUT", "DELETE"}) {
    for (const char* entries :
         {"null", "[]", "{}", "[1]", "[{}]", R"([{"memory_id":5}])", R"([{"memory_id":""}])"}) {
      const int status = std::string_view(entries).find("\"\"") != std::string_view::npos &&
                                 std::string_view(method) == "DELETE"
                             ? 404
                             : 400;
      all.push_back({method, "/v1/batch/", fmt::format(R"({{"memories":{}}})", entries), status});
    }
  }
  std::string many = R"({"memories":[{"memory_id":"x"})";
  for (int i = 0; i < 1000; ++i) many += R"(,{"memory_id":"x"})";
  all.push_back({"DELETE", "/v1/batch/", many + "]}"});
  all.push_back({"DELETE", "/v1/memories/", ""});
  all.push_back({"DELETE", "/v1/memories/?filters=x", ""});
  all.push_back({"DELETE", "/v1/memories/?filters=%7B%7D", ""});
  all.push_back({"DELETE", "/v1/memories/?usr_id=ann", ""});
  all.push_back({"DELETE", "/v2/entities/user/%FF/", ""});
  all.push_back({"POST", "/v3/memories/add/", deep("[", "", "]", 100)});
  return all;
}

std::vector<BadRequest> bad_exports_and_feedback() {
  std::vector<BadRequest> all;
  for (const char* body : {"", "[]", "{}", R"({"schema":5})", R"({"schema":""})", R"({"schema":[]})",
                           R"({"schema":"{}","filters":[]})", R"({"schema":"{}","filters":{"x":"y"}})",
                           R"({"schema":"{}","user_id":5})"}) {
    all.push_back({"POST", "/v1/exports/", body});
  }
  for (const char* body : {"[]", R"({"memory_export_id":5})", R"({"filters":"x"})"}) {
    all.push_back({"POST", "/v1/exports/get/", body});
  }
  all.push_back({"POST", "/v1/exports/get/", R"({"memory_export_id":"x"})", 404});
  all.push_back({"POST", "/v1/exports/get/", R"({"filters":{"user_id":"never"}})", 404});
  for (const char* body :
       {"", "{}", R"({"memories":[]})", R"({"memories":[{}]})", R"({"memories":[{"memory":"x"}]})",
        R"({"memories":[{"memory":" ","user_id":"a"}]})", R"({"memories":[{"memory":"x","user_id":"*"}]})",
        R"({"memories":[{"memory":"x","user_id":"a","created_at":"then"}]})",
        R"({"memories":[{"memory":"x","user_id":"a","metadata":[]}]})",
        R"({"memories":[{"memory":"x","user_id":"a"},{"memory":5,"user_id":"a"}]})"}) {
    all.push_back({"POST", "/v1/imports/", body});
  }
  for (const char* body :
       {"[]", R"({"filters":5})", R"({"user_id":""})", R"({"filters":{"created_at":5}})"}) {
    all.push_back({"POST", "/v1/summary/", body});
  }
  const std::string unknown = R"({"memory_id":"00000000-0000-4000-8000-000000000000")";
  for (const std::string& body :
       {std::string("{}"), std::string(R"({"memory_id":5})"), unknown + R"(,"feedback":"GOOD"})",
        unknown + R"(,"feedback":1})", unknown + R"(,"feedback_reason":[]})"}) {
    all.push_back({"POST", "/v1/feedback/", body});
  }
  all.push_back({"POST", "/v1/feedback/", unknown + "}", 404});
  all.push_back({"POST", "/v1/feedback/", R"({"memory_id":""})"});
  return all;
}

std::vector<BadRequest> bad_projects(const std::string& id) {
  const std::string project = "/api/v1/orgs/organizations/" + id + "/projects/" + id + "/";
  std::vector<BadRequest> all = {{"GET", project + "?fields=nonsense", ""},
                                 {"GET", "/api/v1/orgs/organizations/x/projects/" + id + "/", "", 404},
                                 {"GET", "/api/v1/orgs/organizations/" + id + "/projects/x/", "", 404},
                                 {"PATCH", "/api/v1/orgs/organizations/x/projects/y/", "{}", 404},
                                 {"PUT", project, "{}", 405}};
  for (const char* body :
       {"", "[]", "{}", R"({"nonsense":1})", R"({"custom_instructions":5})", R"({"custom_categories":"x"})",
        R"({"custom_categories":[1]})", R"({"multilingual":"yes"})", R"({"org_id":"x"})"}) {
    all.push_back({"PATCH", project, body});
  }
  for (const char* target : {"/v2/profiles/settings/", "/v2/profiles/jobs/x/", "/v2/entities/user/a/profile/",
                             "/api/v1/webhooks/projects/x/"}) {
    all.push_back({"GET", target, "", 404});
  }
  all.push_back({"POST", project + "members/", R"({"email":"a@b.c"})", 404});
  all.push_back({"DELETE", project, "", 404});
  return all;
}

std::vector<BadRequest> bad_self_hosted() {
  return {{"POST", "/memories", R"({"messages":[{"role":"user","content":"x"}]})"},
          {"POST", "/memories", "{}"},
          {"GET", "/memories", ""},
          {"GET", "/memories?user_id=", ""},
          {"DELETE", "/memories", ""},
          {"GET", "/memories/nonsense", "", 404},
          {"GET", "/memories/nonsense/history", "", 404},
          {"PUT", "/memories/00000000-0000-4000-8000-000000000000", "{}"},
          {"DELETE", "/v1/memories/00000000-0000-4000-8000-000000000000/?delete_linked=5", ""},
          {"POST", "/search", R"({"query":"x"})"},
          {"POST", "/search", R"({"query":"","user_id":"a"})"},
          {"POST", "/configure", "{}", 404},
          {"GET", "/reset", "", 405},
          {"PUT", "/search", "{}", 405}};
}

class Refusals : public ServiceTest {
 protected:
  void expect_refused(const std::vector<BadRequest>& requests) {
    Caller ann = caller();
    ann.add("ann", "stays");
    for (const BadRequest& request : requests) {
      const Answer answer = ann.call_text(request.method, request.target, request.body);
      EXPECT_TRUE(is_problem(answer, request.status))
          << request.method << " " << request.target << " " << request.body.substr(0, 200);
    }
    EXPECT_EQ(ann.count("*"), 1u);
  }
};

TEST_F(Refusals, OfAdds) {
  expect_refused(bad_adds());
}
TEST_F(Refusals, OfFilters) {
  expect_refused(bad_filters());
}
TEST_F(Refusals, OfLists) {
  expect_refused(bad_queries());
}
TEST_F(Refusals, OfSearches) {
  expect_refused(bad_searches());
}
TEST_F(Refusals, OfWrites) {
  expect_refused(bad_writes());
}

TEST_F(Refusals, OfExportsImportsAndFeedback) {
  expect_refused(bad_exports_and_feedback());
}
TEST_F(Refusals, OfProjectsAndWhatIsManaged) {
  expect_refused(bad_projects(caller().call("GET", "/v1/ping/").json.at("project_id")));
}
TEST_F(Refusals, OfTheSelfHostedRoutes) {
  expect_refused(bad_self_hosted());
}

// A value takes many times the room of its text, so their number is held down before any is made.
TEST_F(Refusals, OfBodiesWithTooManyValues) {
  for (const char* piece : {"[],", "1,", "{},", "\"\","}) {
    std::string body = R"({"user_id":"ann","messages":[)";
    while (body.size() < (15u << 20)) body += piece;
    EXPECT_TRUE(is_problem(caller().call_text("POST", "/v3/memories/add/", body + "1]}"), 400));
  }
}

TEST_F(Refusals, OfTextsThatWouldTakeTooMuchToIndex) {
  Caller ann = caller();
  EXPECT_EQ(ann.add("ann", std::string(256u << 10, 'x')).status, 200);
  EXPECT_TRUE(is_problem(ann.add("ann", std::string((256u << 10) + 1, 'x')), 413));
  Json many = {{"user_id", "ann"}, {"infer", false}, {"messages", Json::array()}};
  for (int i = 0; i < 17; ++i) {
    many["messages"].push_back({{"role", "user"}, {"content", std::string(255u << 10, 'y')}});
  }
  EXPECT_TRUE(is_problem(ann.call("POST", "/v3/memories/add/", many), 413));
  EXPECT_EQ(ann.count("ann"), 1u);
}

TEST_F(Refusals, NameTheFieldAndWhatWasFound) {
  const Answer answer = caller().call("POST", "/v3/memories/search/",
                                      {{"query", "x"}, {"filters", {{"user_id", "a"}}}, {"top_k", "many"}});
  EXPECT_EQ(answer.json.at("detail"), "top_k: expected a whole number from 1 to 1000, found \"many\"");
}

TEST_F(Refusals, OfBodiesThatAreNotJson) {
  Caller ann = caller();
  const auto answer =
      ann.client().send({.method = "POST",
                         .target = "/v3/memories/add/",
                         .headers = {{"Authorization", "Token k"}, {"Content-Type", "text/plain"}},
                         .body = "hello"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 415);
}

TEST_F(Refusals, OfBodiesOver16MiB) {
  Caller ann = caller();
  EXPECT_TRUE(is_problem(ann.call_text("POST", "/v3/memories/add/", std::string((16u << 20) + 1, ' ')), 413));
  EXPECT_TRUE(is_problem(ann.call_text("POST", "/v3/memories/add/", std::string(16u << 20, ' ')), 400));
}

}  // namespace
}  // namespace memory_api::testing
