#include "plimsoll/probes/eval/eval_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "plimsoll/plan/read_plan.h"
#include "scripted_service.h"
#include "tests/unit/probes/memory_recorder.h"

namespace plimsoll::probes::eval {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

// "one" is found first, "two" second, "three" not at all; "none" finds something nevertheless.
net::Response ordinary(const std::string&, const std::string& query) {
  if (query == "one") return ScriptedService::found({"a1", "a2"});
  if (query == "two") return ScriptedService::found({"a1", "a2"});
  if (query == "none") return ScriptedService::found({"a2"});
  return ScriptedService::found({});
}

class EvalProbeTest : public testing::Test {
 protected:
  base::Result<Done> run(const ScriptedService& service) { return run(service.url()); }
  base::Result<Done> run(const std::string& url) { return make()->run(set_.task(url), recorder_); }

  // Subject and value of every scalar.
  std::vector<std::pair<std::string, double>> scalars(std::string_view series) const {
    std::vector<std::pair<std::string, double>> values;
    for (const model::Observation& observation : recorder_.observations_of(series)) {
      values.emplace_back(observation.subject, std::get<double>(observation.value));
    }
    return values;
  }

  model::Proportion errors() const {
    return std::get<model::Proportion>(recorder_.observations_of("eval.errors{suite=scripted}").at(0).value);
  }

  ScriptedSet set_;
  MemoryRecorder recorder_;
};

TEST_F(EvalProbeTest, RecordsEachAnswerableQueryUnderAllAndItsGroup) {
  ScriptedService service(ordinary);
  const auto done = run(service);
  ASSERT_TRUE(done) << base::to_string(done.error());
  EXPECT_EQ(done->reason, model::Reason::none);
  EXPECT_THAT(scalars("eval.mrr{difficulty=all,suite=scripted}"),
              ElementsAre(Pair("one", 1), Pair("two", 0.5), Pair("three", 0)));
  EXPECT_THAT(scalars("eval.mrr{difficulty=easy,suite=scripted}"), ElementsAre(Pair("one", 1)));
  EXPECT_THAT(scalars("eval.hit_at_1{difficulty=hard,suite=scripted}"),
              ElementsAre(Pair("two", 0), Pair("three", 0)));
  EXPECT_THAT(scalars("eval.mrr{difficulty=unanswerable,suite=scripted}"), IsEmpty());
  EXPECT_EQ(service.held("a"), 2U);
  EXPECT_EQ(service.held("b"), 1U);
}

TEST_F(EvalProbeTest, ScoresUnanswerableQueriesApart) {
  ScriptedService service(ordinary);
  ASSERT_TRUE(run(service));
  EXPECT_THAT(scalars("eval.unanswerable_top_score{suite=scripted}"), ElementsAre(Pair("none", 1)));
  // 1 and 1 tie with it, 0 lies below.
  EXPECT_THAT(scalars("eval.separation{suite=scripted}"), ElementsAre(Pair("", 1.0 / 3)));
  EXPECT_THAT(scalars("eval.leaks{suite=scripted}"), ElementsAre(Pair("", 0)));
  EXPECT_EQ(errors(), (model::Proportion{0, 4}));
}

TEST_F(EvalProbeTest, RecordsTheLatencyOfEverySearch) {
  ScriptedService service(ordinary);
  Task task = set_.task(service.url());
  task.edges = {{"eval.latency", 5.0}, {"load.latency", 1.0}};
  ASSERT_TRUE(make()->run(task, recorder_));
  base::Histogram all;
  for (const model::Observation& slice : recorder_.observations_of("eval.latency{suite=scripted}")) {
    EXPECT_GT(slice.slice_seconds, 0);
    all.merge(std::get<base::Histogram>(slice.value));
  }
  EXPECT_EQ(all.count(), 4U);
  ASSERT_EQ(all.edges().size(), 1U);
  EXPECT_EQ(all.edges()[0].at_or_below, 4U);
}

TEST_F(EvalProbeTest, TellsFacts) {
  ScriptedService service(ordinary);
  ASSERT_TRUE(run(service));
  EXPECT_THAT(recorder_.facts, Contains("documents: 3"));
  EXPECT_THAT(recorder_.facts, Contains("queries: 4 (1 unanswerable, 0 failed)"));
  EXPECT_THAT(recorder_.facts, Contains("mrr: 0.500"));
}

TEST_F(EvalProbeTest, CountsAFailedQueryAsZeroAndAsAnError) {
  ScriptedService service([](const std::string& tenant, const std::string& query) {
    return query == "one" ? net::Response{400, {}, "no"} : ordinary(tenant, query);
  });
  ASSERT_TRUE(run(service));
  EXPECT_THAT(scalars("eval.mrr{difficulty=easy,suite=scripted}"), ElementsAre(Pair("one", 0)));
  EXPECT_EQ(errors(), (model::Proportion{1, 4}));
  EXPECT_THAT(recorder_.logs, Contains(HasSubstr("one: GET /find?q={text} was answered 400: no")));
}

TEST_F(EvalProbeTest, CountsResultsOfAnotherTenantAsLeaks) {
  ScriptedService service(
      [](const std::string&, const std::string&) { return ScriptedService::found({"b1", "a1", "ghost"}); });
  ASSERT_TRUE(run(service));
  // b1 and ghost for each of a's three queries, a1 and ghost for b's one.
  EXPECT_THAT(scalars("eval.leaks{suite=scripted}"), ElementsAre(Pair("", 8)));
}

TEST_F(EvalProbeTest, TakesAnAnswerThatIsNotWhatTheSuiteSaysAsAFailure) {
  ScriptedService service([](const std::string& tenant, const std::string& query) {
    if (query == "one") return net::Response{200, {}, "<html>"};
    if (query == "two") return net::Response{200, {}, R"({"results": []})"};
    if (query == "three") return net::Response{200, {}, R"([{"score": 1}])"};
    return ordinary(tenant, query);
  });
  ASSERT_TRUE(run(service));
  EXPECT_EQ(errors(), (model::Proportion{3, 4}));
}

TEST_F(EvalProbeTest, TriesToAddAgainWhereTheServiceStumbles) {
  ScriptedService service(ordinary);
  service.refuse(
      [](const net::Request& request, int number) { return request.method == "PUT" && number % 2 == 0; });
  const auto done = run(service);
  ASSERT_TRUE(done) << base::to_string(done.error());
  EXPECT_EQ(service.held("a"), 2U);
}

TEST_F(EvalProbeTest, RefusesAStoreThatHoldsSomethingElse) {
  ScriptedService service(ordinary);
  service.hold("a", "stranger");
  const auto done = run(service);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::ErrorCode::conflict);
  EXPECT_THAT(done.error().message, HasSubstr("the tenant a holds 1 documents already"));
  EXPECT_EQ(service.held("a"), 1U);
}

TEST_F(EvalProbeTest, CannotMeasureWhereDocumentsGetLost) {
  ScriptedService service(ordinary);
  service.refuse([&](const net::Request& request, int) { return request.parsed.segments.back() == "a2"; });
  const auto refused = run(service);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("adding document a2: PUT /docs/{id} was answered 500"));

  ScriptedSet one_more;
  one_more.write("corpus.jsonl", R"({"_id": "a1", "text": "x", "metadata": {"tenant": "a"}}
{"_id": "A1", "text": "the service takes it for the same", "metadata": {"tenant": "a"}}
{"_id": "a2", "text": "x", "metadata": {"tenant": "a"}}
{"_id": "b1", "text": "x", "metadata": {"tenant": "b"}})");
  std::string suite = scripted_suite;
  suite.replace(suite.find("/docs/{id}"), 10, "/docs/same");
  one_more.write("suite.yaml", suite);
  ScriptedService forgetful(ordinary);
  const auto lost = make()->run(one_more.task(forgetful.url()), recorder_);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().message, "3 documents were added for a, and the service counts 1");
}

TEST_F(EvalProbeTest, CannotMeasureWhereEveryQueryFails) {
  ScriptedService service([](const std::string&, const std::string&) { return net::Response{404, {}, ""}; });
  const auto done = run(service);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("every query failed"));
}

TEST_F(EvalProbeTest, CannotMeasureWhereNobodyListens) {
  const auto done = run("http://127.0.0.1:" + std::to_string(*base::free_port()));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::ErrorCode::unavailable);
}

TEST_F(EvalProbeTest, NamesTheQueryWithoutATenant) {
  set_.write("queries.jsonl", R"({"_id": "one", "text": "one"})");
  set_.write("qrels.tsv", "one\ta1\t1");
  ScriptedService service(ordinary);
  const auto done = run(service);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "query one has no metadata field \"tenant\", which names its tenant");
}

TEST(EvalKind, ChecksTheSuiteAndCountsItsFiles) {
  const plan::ProbeKind kind = eval::kind();
  const ScriptedSet set;
  const std::filesystem::path root = set.suite().parent_path();
  const base::Json config = {{"suite", "suite.yaml"}};
  EXPECT_TRUE(kind.check(config, root));
  EXPECT_EQ(kind.counted_files(config, root).size(), 3U);
  EXPECT_EQ(kind.default_name(config), "suite");
  set.write("suite.yaml", "set: gone");
  EXPECT_THAT(base::to_string(kind.check(config, root).error()),
              HasSubstr("suite.yaml:1:6: there is no file"));
}

TEST(EvalKind, MeasuresAnotherWayWhenAnythingOfTheSetChanges) {
  const ScriptedSet set;
  const std::vector<plan::ProbeKind> kinds = {eval::kind()};
  const auto digest = [&] {
    const auto plan =
        plan::read_plan_text("service: {url: \"http://127.0.0.1:1\"}\nprobes: {eval: suite.yaml}",
                             set.suite().parent_path() / "plimsoll.yaml", kinds, {});
    return plan ? plan->probes.at(0).digest() : base::to_string(plan.error());
  };
  const std::string before = digest();
  EXPECT_EQ(before.size(), 16U);
  EXPECT_EQ(digest(), before);
  set.write("qrels.tsv", "one\ta1\t2");
  const std::string other_judgements = digest();
  EXPECT_NE(other_judgements, before);
  set.write("corpus.jsonl", R"({"_id": "a1", "text": "other", "metadata": {"tenant": "a"}})");
  EXPECT_NE(digest(), other_judgements);
}

}  // namespace
}  // namespace plimsoll::probes::eval
