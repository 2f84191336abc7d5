// What the language model is asked, and how its answers are read, good and bad ones.
#include "apps/memory_api/llm/facts.h"

#include <gmock/gmock.h>

namespace memory_api::llm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

memory::Memory known(std::string text) {
  memory::Memory memory;
  memory.id = "secret-id";
  memory.text = std::move(text);
  return memory;
}

TEST(FactsQuestion, ShowsTheConversationAndWhatIsKnownByNumberOnly) {
  Conversation conversation;
  conversation.messages = {{.text = "I moved to \"Porto\"\nlast week", .role = "user"}};
  conversation.instructions = "be brief";
  conversation.categories = {"home", "work"};
  const Question question = facts_question(conversation, std::vector{known("Lives in Lisbon")});
  EXPECT_THAT(question.user, HasSubstr("0: \"Lives in Lisbon\""));
  EXPECT_THAT(question.user, HasSubstr(R"(user: "I moved to \"Porto\"\nlast week")"));
  EXPECT_THAT(question.user, Not(HasSubstr("secret-id")));
  EXPECT_THAT(question.system, HasSubstr("be brief"));
  EXPECT_THAT(question.system, HasSubstr("home, work"));
}

TEST(Facts, AreReadWithTheirEvents) {
  const std::vector<memory::Memory> memories = {known("Lives in Lisbon"), known("Has a cat")};
  const auto facts = read_facts(R"({"facts": [
      {"event": "ADD", "text": " Likes tea ", "categories": ["food", "", 5, "*"]},
      {"event": "UPDATE", "id": 0, "text": "Lives in Porto"},
      {"event": "DELETE", "id": "1"}]})",
                                memories);
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->size(), 3u);
  EXPECT_EQ((*facts)[0].event, FactEvent::add);
  EXPECT_EQ((*facts)[0].text, "Likes tea");
  EXPECT_THAT((*facts)[0].categories, ElementsAre("food"));
  EXPECT_EQ((*facts)[1].event, FactEvent::update);
  EXPECT_EQ((*facts)[1].known, 0u);
  EXPECT_EQ((*facts)[2].event, FactEvent::remove);
  EXPECT_EQ((*facts)[2].known, 1u);
}

TEST(Facts, ComeInTheFormsThatModelsLike) {
  for (const char* answer : {R"({"facts": ["Likes tea"]})", R"({"memory": [{"text": "Likes tea"}]})",
                             "```json\n{\"facts\": [\"Likes tea\"]}\n```",
                             R"({"facts": [{"event": "add", "text": "Likes tea", "id": "77"}]})"}) {
    const auto facts = read_facts(answer, {});
    ASSERT_TRUE(facts) << answer;
    ASSERT_EQ(facts->size(), 1u) << answer;
    EXPECT_EQ(facts->front().text, "Likes tea");
    EXPECT_EQ(facts->front().event, FactEvent::add);
  }
}

TEST(Facts, ThatAreKnownOrToldTwiceAddNothing) {
  const auto facts = read_facts(R"({"facts": ["lives in   LISBON.", "Likes tea", "likes tea"]})",
                                std::vector{known("Lives in Lisbon")});
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->size(), 3u);
  EXPECT_EQ((*facts)[0].event, FactEvent::none);
  EXPECT_EQ((*facts)[1].event, FactEvent::add);
  EXPECT_EQ((*facts)[2].event, FactEvent::none);
}

TEST(Facts, NameAKnownMemoryOnceAndOnlyOneThatWasShown) {
  const auto facts = read_facts(R"({"facts": [{"event": "UPDATE", "id": 0, "text": "a"},
      {"event": "UPDATE", "id": 0, "text": "b"}, {"event": "UPDATE", "id": 9, "text": "c"},
      {"event": "DELETE", "id": 9}, {"event": "DELETE", "id": -1}, {"event": "DELETE"}]})",
                                std::vector{known("x")});
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->size(), 3u);
  EXPECT_EQ((*facts)[1].event, FactEvent::none);
  EXPECT_EQ((*facts)[2].event, FactEvent::add);  // an update of nothing is new
}

TEST(Facts, OfGarbageAreAnError) {
  for (const char* answer :
       {"", "I cannot help with that", "[]", "{}", R"({"facts": 5})", R"({"facts": )", "\xff"}) {
    EXPECT_FALSE(read_facts(answer, {})) << answer;
  }
}

TEST(Facts, ThatSayNothingUsableAreDropped) {
  const auto facts =
      read_facts(R"({"facts": [null, 5, {}, {"text": ""}, {"text": ["x"]}, {"event": "NONE", "text": "y"},
      {"text": ")" + std::string(9'000, 'x') +
                     R"("}]})",
                 {});
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->empty());
}

}  // namespace
}  // namespace memory_api::llm
