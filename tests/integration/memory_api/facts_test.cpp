// infer=true with a language model: a scripted one, behind the wire that OpenAI's clients speak.
#include <atomic>
#include <mutex>

#include <gmock/gmock.h>

#include "net/http_server.h"
#include "tests/integration/memory_api/service_fixture.h"
#include "tests/support/waiting.h"

namespace memory_api::testing {
namespace {

using ::testing::HasSubstr;

// Answers every question with what the test wants.
class ScriptedModel {
 public:
  ScriptedModel() {
    server_ = net::HttpServer::start({}, [this](const net::Request& request, const net::Responder& respond) {
                answer(request, respond);
              }).value();
  }

  std::string option() const { return fmt::format("openai=http://127.0.0.1:{}/v1", server_->port()); }
  int calls() const { return calls_; }

  void say(const Json& facts) { say_text(Json{{"facts", facts}}.dump()); }
  void say_text(std::string content) {
    set({200,
         {{"Content-Type", "application/json"}},
         Json{{"choices", {{{"message", {{"role", "assistant"}, {"content", content}}}}}},
              {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 7}}}}
             .dump()});
  }
  void fail(int status, std::string body) { set({status, {}, std::move(body)}); }

  Json last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void set(net::Response response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  void answer(const net::Request& request, const net::Responder& respond) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    last_ = Json::parse(request.body, nullptr, false);
    last_["path"] = request.target;
    respond(response_);
  }

  mutable std::mutex mutex_;
  net::Response response_;
  Json last_;
  std::atomic<int> calls_ = 0;
  std::unique_ptr<net::HttpServer> server_;
};

class FactsFromAModel : public ::testing::Test {
 protected:
  Answer tell(const std::string& text, Json more = Json::object()) {
    more["messages"] = {{{"role", "user"}, {"content", text}}};
    more["user_id"] = "ann";
    return ann_.call("POST", "/v3/memories/add/", more);
  }
  std::vector<std::string> texts() {
    std::vector<std::string> found;
    for (const Json& memory : ann_.call("GET", "/v1/memories/?user_id=ann").json)
      found.push_back(memory.at("memory"));
    return found;
  }

  base::TemporaryFolder folder_ = base::TemporaryFolder::create("memory_api_facts").value();
  ScriptedModel model_;
  RunningService service_{folder_.path(), {"--open-keys", "--llm", model_.option(), "--llm-model", "tiny"}};
  Caller ann_{service_, "k"};
};

TEST_F(FactsFromAModel, AreAddedChangedAndRemovedInOneCall) {
  model_.say({{{"event", "ADD"}, {"text", "Lives in Lisbon"}, {"categories", {"home"}}},
              {{"event", "ADD"}, {"text", "Has a cat called Tom who lives in Lisbon"}}});
  const Answer added = tell("I live in Lisbon with my cat Tom", {{"metadata", {{"k", "v"}}}});
  ASSERT_EQ(added.status, 200) << added.text;
  EXPECT_EQ(added.json.at("inferred"), true);
  EXPECT_EQ(added.json.at("tokens"), (Json{{"prompt", 100}, {"completion", 7}}));
  ASSERT_EQ(added.json.at("results").size(), 2u);
  EXPECT_EQ(model_.last().at("path"), "/v1/chat/completions");
  EXPECT_EQ(model_.last().at("model"), "tiny");
  const std::string id = added.json["results"][0].at("id");
  const Answer got = ann_.call("GET", "/v1/memories/" + id + "/");
  EXPECT_EQ(got.json.at("categories"), Json{"home"});
  EXPECT_EQ(got.json.at("metadata"), (Json{{"k", "v"}}));

  model_.say(
      {{{"event", "DELETE"}, {"id", 0}}, {{"event", "UPDATE"}, {"id", 1}, {"text", "Lives in Porto"}}});
  const Answer changed = tell("I left Lisbon for Porto, and my cat died");
  EXPECT_EQ(model_.calls(), 2);
  ASSERT_EQ(changed.json.at("results").size(), 2u) << changed.text;
  EXPECT_EQ(changed.json["results"][0].at("event"), "DELETE");
  EXPECT_EQ(changed.json["results"][1].at("event"), "UPDATE");
  EXPECT_EQ(texts(), std::vector<std::string>{"Lives in Porto"});
  const Answer history = ann_.call(
      "GET", fmt::format("/v1/memories/{}/history/", changed.json["results"][1]["id"].get<std::string>()));
  EXPECT_EQ(history.json.back().at("event"), "UPDATE");
  EXPECT_TRUE(ann_.search("ann", "cat Tom").json.at("results").empty());
}

TEST_F(FactsFromAModel, ThatAreKnownAreNotStoredAgain) {
  model_.say({"Likes green tea"});
  tell("I like green tea");
  const Answer again = tell("As I said, I like green tea");
  EXPECT_EQ(again.json.at("results").at(0).at("event"), "NONE") << again.text;
  EXPECT_EQ(texts().size(), 1u);
  model_.say(Json::array());
  const Answer nothing = tell("Hello!");
  EXPECT_EQ(nothing.status, 200);
  EXPECT_TRUE(nothing.json.at("results").empty());
  EXPECT_EQ(ann_.call("GET", "/v1/event/" + nothing.json.at("event_id").get<std::string>() + "/").status,
            200);
}

TEST_F(FactsFromAModel, AreNotAskedForWithoutInferAndNeverOnReads) {
  tell("as it is", {{"infer", false}});
  ann_.search("ann", "as it is");
  ann_.call("POST", "/v1/summary/", Json::object());
  EXPECT_EQ(model_.calls(), 0);
}

TEST_F(FactsFromAModel, FollowTheProjectsInstructionsAndCategories) {
  const std::string project = ann_.call("GET", "/v1/ping/").json.at("project_id");
  const std::string path = fmt::format("/api/v1/orgs/organizations/{0}/projects/{0}/", project);
  ASSERT_EQ(
      ann_.call("PATCH", path,
                {{"custom_instructions", "only about tea"}, {"custom_categories", {{{"drinks", "what"}}}}})
          .status,
      200);
  model_.say(Json::array());
  tell("I like tea");
  const std::string system = model_.last().at("messages").at(0).at("content");
  EXPECT_THAT(system, HasSubstr("only about tea"));
  EXPECT_THAT(system, HasSubstr("drinks"));
}

TEST_F(FactsFromAModel, FailingLoseNothingAndAreBackByThemselves) {
  model_.fail(500, "out of order");
  const Answer kept = tell("kept as it is");
  ASSERT_EQ(kept.status, 200) << kept.text;
  EXPECT_EQ(kept.json.at("inferred"), false);
  EXPECT_EQ(kept.json.at("degraded"), Json{"llm"});
  EXPECT_EQ(kept.json.at("results").at(0).at("memory"), "kept as it is");
  model_.say_text("I am sorry, I cannot do that");
  EXPECT_EQ(tell("garbage is no fact").json.at("degraded"), Json{"llm"});
  const Answer ready = ann_.call("GET", "/ready");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.json.at("status"), "degraded");
  EXPECT_EQ(ready.json.at("dependencies").at("llm").at("status"), "degraded");
  model_.fail(503, "");
  for (int i = 0; i < 5; ++i) tell("more");
  const int before = model_.calls();
  EXPECT_EQ(tell("not even asked").json.at("degraded"), Json{"llm"});
  EXPECT_EQ(model_.calls(), before);
  model_.say({"Back again"});
  EXPECT_TRUE(
      testing_support::eventually([this] { return tell("are you there?").json.value("inferred", false); }));
  EXPECT_EQ(ann_.call("GET", "/ready").json.at("status"), "ok");
  EXPECT_THAT(ann_.call("GET", "/metrics").text, HasSubstr("llm_tokens_total{kind=\"prompt\"}"));
}

}  // namespace
}  // namespace memory_api::testing
