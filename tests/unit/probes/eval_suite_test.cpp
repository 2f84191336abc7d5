#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "plimsoll/probes/eval/suite.h"

namespace plimsoll::probes::eval {
namespace {

using testing::HasSubstr;

class SuiteTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"set/corpus.jsonl", "set/queries.jsonl", "set/qrels.tsv", "other.tsv"}) {
      const std::filesystem::path file = folder_->path() / name;
      ASSERT_TRUE(base::system_files().create_folders(file.parent_path()));
      ASSERT_TRUE(base::system_files().write_atomically(file, ""));
    }
  }

  base::Result<Suite> parse(std::string_view text) const {
    return parse_suite(text, folder_->path() / "s.yaml");
  }

  // The error without the folder's name.
  std::string refusal(std::string_view text) const {
    const auto suite = parse(text);
    if (suite) return "accepted";
    const std::string message = base::to_string(suite.error());
    return message.substr(message.find("s.yaml"));
  }

  base::Result<base::TemporaryFolder> folder_ = base::TemporaryFolder::create("eval-suite");
};

TEST_F(SuiteTest, NeedsNothingButASet) {
  const auto suite = parse("set: set");
  ASSERT_TRUE(suite) << base::to_string(suite.error());
  EXPECT_EQ(suite->name, "s");
  EXPECT_EQ(suite->files.corpus, folder_->path() / "set/corpus.jsonl");
  EXPECT_EQ(suite->top_k, 10U);
  EXPECT_EQ(suite->measures, default_measures());
  EXPECT_EQ(suite->api.add.path, "/v3/memories/add/");
  EXPECT_TRUE(suite->api.headers.empty());
}

TEST_F(SuiteTest, ReadsEveryKey) {
  const auto suite = parse(R"(name: mine
corpus: set/corpus.jsonl
queries: set/queries.jsonl
qrels: set/qrels.tsv
judged_not_relevant: other.tsv
api: mem0
tenant_field: tenant
user_field: user_id
groups: difficulty
top_k: 20
measures: [map, ndcg_at_20]
unjudged_queries: skip
connections: 2
timeout: 5s
settle: 1m
url: http://127.0.0.1:8080
headers: {X-Tenant: "{tenant}"}
count: none
)");
  ASSERT_TRUE(suite) << base::to_string(suite.error());
  EXPECT_EQ(suite->name, "mine");
  EXPECT_EQ(suite->files.all().size(), 4U);
  EXPECT_EQ(suite->top_k, 20U);
  EXPECT_EQ(suite->measures.front().kind, MeasureKind::average_precision);
  EXPECT_TRUE(suite->skip_unjudged);
  EXPECT_EQ(suite->connections, 2);
  EXPECT_EQ(suite->timeout, std::chrono::seconds(5));
  EXPECT_EQ(suite->settle, std::chrono::minutes(1));
  EXPECT_EQ(suite->api.headers.at("X-Tenant"), "{tenant}");
  EXPECT_EQ(suite->api.headers.at("Authorization"), "Token {tenant}");
  EXPECT_FALSE(suite->api.count);
}

TEST_F(SuiteTest, DescribesAnyOtherService) {
  const auto suite = parse(R"(set: set
api: none
add: {method: PUT, path: "/docs/{id}", body: {content: "{text}", title: "{title}", n: 1, on: true}}
search: {method: GET, path: "/find?q={text}&n={top_k}", results: /, id: /id, score: /how/much}
count: {method: GET, path: /count, value: /n}
)");
  ASSERT_TRUE(suite) << base::to_string(suite.error());
  const Api& api = suite->api;
  EXPECT_EQ(fill_path(api.add.path, {{"id", "a/b c"}}), "/docs/a%2Fb%20c");
  EXPECT_EQ(api.add.body.fill({{"text", "say \"hi\""}}),
            R"({"content":"say \"hi\"","n":1,"on":true,"title":""})");
  EXPECT_EQ(api.results, "");
  EXPECT_EQ(api.document_id, "/id");
  EXPECT_EQ(api.score, "/how/much");
  EXPECT_TRUE(api.search.body.empty());
  EXPECT_EQ(api.count_value, "/n");
  EXPECT_FALSE(api.count_of_set);
}

TEST_F(SuiteTest, SpeaksMem0ByDefault) {
  const auto suite = parse("set: set");
  ASSERT_TRUE(suite);
  const Holes holes = {{"text", "x"},   {"content", "T\nx"}, {"id", "d1"},
                       {"user", "ann"}, {"top_k", "10"},     {"set", "s1"}};
  EXPECT_EQ(base::Json::parse(suite->api.add.body.fill(holes)),
            base::Json::parse(R"({"messages": [{"role": "user", "content": "T\nx"}], "user_id": "ann",
                                  "infer": false, "metadata": {"doc": "d1", "set": "s1"}})"));
  EXPECT_EQ(base::Json::parse(suite->api.search.body.fill(holes)),
            base::Json::parse(R"({"query": "x", "filters": {"user_id": "*"}, "top_k": 10, "threshold": 0})"));
  EXPECT_EQ(base::Json::parse(suite->api.count_of_set->body.fill(holes)),
            base::Json::parse(R"({"filters": {"AND": [{"user_id": "*"}, {"metadata": {"set": "s1"}}]}})"));
}

TEST_F(SuiteTest, RefusesWithThePlace) {
  EXPECT_THAT(refusal("set: set\nmesures: [mrr]"),
              HasSubstr("s.yaml:2:1: unknown key \"mesures\" of a suite (did you mean measures?)"));
  EXPECT_THAT(refusal("set: set\nmeasures: [mrr, ndgc_at_10]"), HasSubstr("s.yaml:2:17: unknown measure"));
  EXPECT_THAT(refusal("set: set\nmeasures: [mrr, ndgc_at_10]"), HasSubstr("did you mean ndcg_at_10?"));
  EXPECT_THAT(refusal("set: set\nmeasures: [mrr, mrr]"), HasSubstr("s.yaml:2:17: mrr stands there twice"));
  EXPECT_THAT(refusal("set: set\nmeasures: []"), HasSubstr("s.yaml:2:11: expected a list of measures"));
  EXPECT_THAT(refusal("set: set\nmeasures: [hit_at_20]"),
              HasSubstr("s.yaml:2:11: hit_at_20 looks at 20 results"));
  EXPECT_THAT(refusal("set: nowhere"), HasSubstr("s.yaml:1:6: there is no file \"nowhere\""));
  EXPECT_THAT(refusal("corpus: set/corpus.jsonl"), HasSubstr("s.yaml:1:1: a suite needs `set: FOLDER`"));
  EXPECT_THAT(refusal("set: set\nqrels: other.tsv"), HasSubstr("s.yaml:1:6: `set` names the folder"));
  EXPECT_THAT(refusal("set: set\ntop_k: 0"), HasSubstr("s.yaml:2:8: expected a whole number from 1 to 1000"));
  EXPECT_THAT(refusal("set: set\ntop_k:"), HasSubstr("s.yaml:2:1: top_k has no value"));
  EXPECT_THAT(refusal("set: set\ntimeout: 5"), HasSubstr("s.yaml:2:10: expected a duration with a unit"));
  EXPECT_THAT(refusal("set: set\nurl: ftp://x"), HasSubstr("s.yaml:2:6: "));
  EXPECT_THAT(refusal("set: set\napi: pinecone"), HasSubstr("s.yaml:2:6: expected one of mem0, none"));
  EXPECT_THAT(refusal("set: set\napi: none"), HasSubstr("needs `add:` and `search:`"));
  EXPECT_THAT(refusal("set: set\ngroups: How Hard"), HasSubstr("s.yaml:2:9: expected a metadata field"));
  EXPECT_THAT(refusal("[set]"), HasSubstr("s.yaml:1:1: expected a suite (a map), found a list"));
  EXPECT_THAT(refusal("set: set\nset: set"), HasSubstr("s.yaml:2:1: "));
}

TEST_F(SuiteTest, RefusesBrokenCallsWithThePlace) {
  EXPECT_THAT(refusal("set: set\nadd: {path: /a, body: {x: \"{txt}\"}}"),
              HasSubstr("s.yaml:2:27: unknown placeholder {txt}"));
  EXPECT_THAT(refusal("set: set\nadd: {path: \"/a/{id\"}"), HasSubstr("s.yaml:2:13: a { is not closed"));
  EXPECT_THAT(refusal("set: set\nadd: {path: a}"), HasSubstr("s.yaml:2:6: a call needs `path:`"));
  EXPECT_THAT(refusal("set: set\nadd: {path: /a, body: text}"), HasSubstr("s.yaml:2:23: expected a map"));
  EXPECT_THAT(refusal("set: set\nsearch: {path: /a, id: id}"),
              HasSubstr("s.yaml:2:24: expected a JSON pointer"));
  EXPECT_THAT(refusal("set: set\nsearch: {path: /a, id: /a~2}"),
              HasSubstr("s.yaml:2:24: expected a JSON pointer"));
  EXPECT_THAT(refusal("set: set\nheaders: {\"a b\": x}"),
              HasSubstr("s.yaml:2:11: \"a b\" is no header's name"));
  EXPECT_THAT(refusal("set: set\ncount: {path: /n, valu: /n}"), HasSubstr("did you mean value?"));
}

TEST(CallTemplate, FillsInWhatIsKnown) {
  EXPECT_EQ(fill("a {id} {{id} }", {{"id", "7"}}), "a 7 {id} }");
  EXPECT_EQ(fill("{id}{user}", {{"id", "{user}"}}), "{user}");
  EXPECT_TRUE(has_hole("x {tenant}", "tenant"));
  EXPECT_FALSE(has_hole("x {{tenant}", "tenant"));
}

TEST(SuiteOfFolder, FindsTenantsAndUsers) {
  JudgedSet set;
  set.documents = {{"d", "", "x", R"({"tenant": "a", "user_id": "u"})"}};
  set.queries = {{"q", "x", R"({"tenant": "a"})", {}}};
  const Suite suite = suite_of("some/golden/", {}, set);
  EXPECT_EQ(suite.name, "golden");
  EXPECT_EQ(suite.tenant_field, "tenant");
  EXPECT_EQ(suite.user_field, "user_id");
  set.queries.push_back({"q2", "x", "", {}});
  EXPECT_EQ(suite_of("golden", {}, set).tenant_field, "");
}

}  // namespace
}  // namespace plimsoll::probes::eval
