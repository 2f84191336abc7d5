// Search by meaning: with a scripted embedder that speaks OpenAI's embeddings, and with the real model where
// it was fetched.
#include <atomic>

#include <gmock/gmock.h>

#include "embedding/model.h"
#include "net/http_server.h"
#include "tests/integration/memory_api/service_fixture.h"
#include "tests/support/postgres_server.h"
#include "tests/support/waiting.h"

namespace memory_api::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Texts with an animal in them mean one thing, others another.
class ScriptedEmbedder {
 public:
  enum class Mood { works, refuses, garbage, slow };

  ScriptedEmbedder() {
    server_ = net::HttpServer::start({}, [this](const net::Request& request, const net::Responder& respond) {
                respond(answer(request));
              }).value();
  }

  std::string option() const { return fmt::format("openai=http://127.0.0.1:{}/v1", server_->port()); }
  void set(Mood mood) { mood_ = mood; }

 private:
  net::Response answer(const net::Request& request) const {
    if (mood_ == Mood::refuses) return {503, {}, "busy"};
    if (mood_ == Mood::garbage) return {200, {}, R"({"data": [{"embedding": ["x"]}]})"};
    if (mood_ == Mood::slow) testing_support::take_time(1500ms);
    Json data = Json::array();
    for (const Json& text : Json::parse(request.body).at("input")) {
      const bool animal = text.get<std::string>().find("dog") != std::string::npos ||
                          text.get<std::string>().find("pet") != std::string::npos;
      data.push_back({{"index", data.size()}, {"embedding", {animal ? 2 : 0, animal ? 0 : 2}}});
    }
    return {200, {{"Content-Type", "application/json"}}, Json{{"data", data}}.dump()};
  }

  std::atomic<Mood> mood_ = Mood::works;
  std::unique_ptr<net::HttpServer> server_;
};

std::vector<std::string> texts(const Answer& answer) {
  std::vector<std::string> found;
  for (const Json& result : answer.json.at("results")) found.push_back(result.at("memory"));
  return found;
}

bool is_degraded(const Answer& answer) {
  return answer.json.value("degraded", Json::array()) == Json{"vectors"};
}

class VectorsTest : public ::testing::Test {
 protected:
  using Mood = ScriptedEmbedder::Mood;

  Json embedder() { return ann_.call("GET", "/ready").json.at("dependencies").at("embedder"); }
  bool settles() {
    return testing_support::eventually([this] {
      const Json state = embedder();
      return state.at("status") == "ok" && state.at("waiting") == 0;
    });
  }

  base::TemporaryFolder folder_ = base::TemporaryFolder::create("memory_api_vectors").value();
  ScriptedEmbedder model_;
  RunningService service_{folder_.path(),
                          {"--open-keys", "--embedder", model_.option(), "--embedder-model", "tiny"}};
  Caller ann_{service_, "ann"};
};

TEST_F(VectorsTest, WhatMeansTheSameIsFoundWithoutACommonWord) {
  ann_.add("ann", "Rex is the name of my dog");
  ann_.add("ann", "The car needs tyres");
  ASSERT_TRUE(settles());
  const Answer answer = ann_.search("ann", "which pet lives here");
  EXPECT_EQ(texts(answer).front(), "Rex is the name of my dog");
  EXPECT_FALSE(is_degraded(answer));
  const Json results = answer.json.at("results");
  EXPECT_DOUBLE_EQ(results.at(0).at("score"), 1);
  EXPECT_EQ(embedder().at("model"), "openai/tiny");
  const std::string metrics = ann_.call("GET", "/metrics").text;
  EXPECT_THAT(metrics, HasSubstr("memory_vectors_stored_total 2\n"));
  EXPECT_THAT(metrics, HasSubstr("memory_vectors_lag_seconds 0\n"));
  EXPECT_THAT(metrics, HasSubstr("memory_embedder_up 1\n"));
}

TEST_F(VectorsTest, AnEmbedderInTroubleCostsNothingButVectorsAndComesBack) {
  ann_.add("ann", "Rex is my dog");
  ASSERT_TRUE(settles());
  for (const Mood mood : {Mood::refuses, Mood::garbage, Mood::slow}) {
    model_.set(mood);
    const Answer answer = ann_.search("ann", "dog");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(texts(answer), ElementsAre("Rex is my dog"));
    EXPECT_TRUE(is_degraded(answer));
    EXPECT_EQ(ann_.call("GET", "/ready").status, 200);
    EXPECT_EQ(embedder().at("status"), "degraded");
    EXPECT_NE(embedder().at("reason"), "");
    model_.set(Mood::works);
    ASSERT_TRUE(settles());
    EXPECT_FALSE(is_degraded(ann_.search("ann", "pet")));
  }
}

TEST_F(VectorsTest, AFilterDecidesWhoIsFoundNotHowMany) {
  for (int i = 0; i < 30; ++i) ann_.add("bob", "the dog of number " + std::to_string(i));
  ann_.add("ann", "cold weather");
  ann_.add("ann", "another car");
  ASSERT_TRUE(settles());
  EXPECT_EQ(texts(ann_.search("ann", "pet")).size(), 2u);
}

// The whole way over PostgreSQL; what each engine does with vectors stands in memory_api_storage.
class VectorsOverPostgresql : public ::testing::TestWithParam<test_support::PostgresServer::Kind> {
 protected:
  void SetUp() override {
    using test_support::PostgresServer;
    if (const auto missing = PostgresServer::missing(GetParam()); !missing.empty()) GTEST_SKIP() << missing;
    if (!has_vectors() && PostgresServer::usual_has_vectors()) GTEST_SKIP() << "this one has pgvector, too";
  }
  static bool has_vectors() { return GetParam() == test_support::PostgresServer::Kind::with_vectors; }
};

TEST_P(VectorsOverPostgresql, AreUsedWhereTheServerHasPgvectorAndMissedTruthfullyElsewhere) {
  const auto folder = base::TemporaryFolder::create("memory_api_vectors").value();
  const ScriptedEmbedder model;
  RunningService service(
      folder.path(), {"--open-keys", "--embedder", model.option(), "--embedder-model", "tiny", "--storage",
                      test_support::shared_postgres(GetParam()).create_database()});
  Caller ann(service, "ann");
  ann.add("ann", "Rex is the name of my dog");
  const auto embedder = [&] { return ann.call("GET", "/ready").json.at("dependencies").at("embedder"); };
  const std::string expected = has_vectors() ? "ok" : "degraded";
  EXPECT_TRUE(testing_support::eventually([&] {
    const Answer answer = ann.search("ann", has_vectors() ? "which pet lives here" : "dog");
    return texts(answer) == std::vector<std::string>{"Rex is the name of my dog"} &&
           is_degraded(answer) != has_vectors() && embedder().at("status") == expected;
  }));
  if (!has_vectors()) EXPECT_THAT(embedder().at("reason").get<std::string>(), HasSubstr("pgvector"));
  EXPECT_EQ(ann.call("GET", "/ready").status, 200);
}

INSTANTIATE_TEST_SUITE_P(Server, VectorsOverPostgresql,
                         ::testing::Values(test_support::PostgresServer::Kind::usual,
                                           test_support::PostgresServer::Kind::with_vectors),
                         [](const auto& instance) {
                           using Kind = test_support::PostgresServer::Kind;
                           return instance.param == Kind::usual ? "Usual" : "WithPgvector";
                         });

// The whole way with all-MiniLM-L6-v2.
TEST(VectorsOfTheModel, FindByMeaningWithinASecondOfTheAcknowledgement) {
  if (!embedding::has_model(embedding::model_folder_of(program()))) {
    GTEST_SKIP() << "no model: ./dev setup fetches it";
  }
  const auto folder = base::TemporaryFolder::create("memory_api_model").value();
  RunningService service(folder.path(), {"--open-keys", "--embedder", "minilm"});
  Caller ann(service, "ann");
  ann.add("ann", "My dog is called Rex");
  ann.add("ann", "I am allergic to peanuts");
  const auto first = [&](std::string_view query) {
    const auto found = texts(ann.search("ann", query));
    return found.empty() ? "" : found.front();
  };
  EXPECT_TRUE(testing_support::eventually(
      [&] { return first("which food makes me ill?") == "I am allergic to peanuts"; }));
  EXPECT_TRUE(
      testing_support::eventually([&] { return first("name of the pet") == "My dog is called Rex"; }));
}

TEST(VectorsOfTheModel, OneThatIsAskedForByNameMustBeThere) {
  const auto folder = base::TemporaryFolder::create("memory_api_model").value();
  const base::Exit exit = run({"--port", "0", "--open-keys", "--data", (folder.path() / "data").string(),
                               "--embedder", "minilm=" + folder.path().string()});
  EXPECT_EQ(exit.code, 3);
  EXPECT_EQ(run({"--embedder", "word2vec"}).code, 2);
  EXPECT_EQ(run({"--embedder", "openai=https://127.0.0.1/v1"}).code, 2);
}

}  // namespace
}  // namespace memory_api::testing
