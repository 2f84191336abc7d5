#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "apps/memory_api/search/postings_cache.h"
#include "apps/memory_api/search/ranking.h"
#include "apps/memory_api/search/similarity.h"
#include "apps/memory_api/search/stop_words.h"
#include "tests/support/memory_service.h"

namespace memory_api::search {
namespace {

using memory::SearchQuery;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::of_user;
using testing::Service;
using ::testing::SizeIs;

class SearchTest : public ::testing::Test {
 protected:
  base::TemporaryFolder folder = base::TemporaryFolder::create("search").value();
  Service service{folder.path(), {.synchronous = false}};
  memory::Tenant tenant = service.tenant("key");

  void add(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) service.add(tenant, "ann", text).value();
  }
  std::vector<memory::Scored> search(const std::string& text, double threshold = 0) {
    return service->search(tenant, {.text = text, .filter = of_user("ann"), .threshold = threshold}).value();
  }
  std::vector<std::string> found(const std::string& text, double threshold = 0) {
    std::vector<std::string> texts;
    for (const auto& [memory, score] : search(text, threshold)) texts.push_back(memory.text);
    return texts;
  }
};

TEST_F(SearchTest, FindsWordsInAnyForm) {
  add({"Ann deployed the service on Friday", "The café opens at nine"});
  EXPECT_THAT(found("who is deploying services?"), ElementsAre("Ann deployed the service on Friday"));
  EXPECT_THAT(found("CAFE"), ElementsAre("The café opens at nine"));
  EXPECT_THAT(found("zebra"), IsEmpty());
}

TEST_F(SearchTest, RanksByWhatTellsMemoriesApart) {
  add({"the team drinks coffee", "the team drinks tea", "the team meets daily",
       "tea is kept in the kitchen"});
  EXPECT_EQ(found("which team drinks tea").front(), "the team drinks tea");
  EXPECT_EQ(found("kitchen tea").front(), "tea is kept in the kitchen");
}

TEST_F(SearchTest, ScoresAreSimilaritiesAndObeyTheThreshold) {
  add({"green tea with honey", "green paint", "blue paint"});
  const auto results = search("green tea with honey");
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_GT(results[0].score, 0.6);
  EXPECT_LT(results[0].score, 1.0);
  EXPECT_GT(results[1].score, 0.0);
  EXPECT_LT(results[1].score, 0.4);
  EXPECT_THAT(found("green tea with honey", 0.6), ElementsAre("green tea with honey"));
  EXPECT_THAT(found("green tea with honey", 1.0), IsEmpty());
}

TEST_F(SearchTest, FindsNothingForStopWordsOnly) {
  add({"to be or not to be", "what is it"});
  EXPECT_THAT(found("what is it?"), IsEmpty());
  EXPECT_THAT(found("?!"), IsEmpty());
  EXPECT_EQ(service->search(tenant, {.text = " ", .filter = of_user("ann")}).error().code,
            base::ErrorCode::invalid_argument);
}

TEST_F(SearchTest, TakesAnyTextForText) {
  add({"plain words"});
  for (const char* text :
       {"\"plain", "plain AND", "plain*", "NEAR(plain words)", "c0:plain", "-plain", "plain'; DROP TABLE",
        "(plain", "plain OR NOT", "{plain}", "^plain", "plain:plain", "%plain%"}) {
    EXPECT_THAT(found(text), SizeIs(1)) << text;
  }
  EXPECT_THAT(found("1:plain"), SizeIs(1));
  EXPECT_THAT(found(std::string(100'000, 'a')), IsEmpty());
  EXPECT_THAT(found(std::string("plain\0words", 11)), SizeIs(1));
}

TEST_F(SearchTest, GivesAtMostWhatIsAskedForAndFiltersBeforeCounting) {
  for (int i = 0; i < 120; ++i) {
    service.add(tenant, i % 10 == 0 ? "ann" : "bob", "note number " + std::to_string(i)).value();
  }
  const auto results =
      service->search(tenant, {.text = "note", .filter = of_user("ann"), .top_k = 10, .threshold = 0});
  EXPECT_THAT(results.value(), SizeIs(10));
  EXPECT_EQ(results.value().front().memory.text, "note number 110") << "of equals the newest comes first";
  EXPECT_THAT(
      service->search(tenant, {.text = "note", .filter = of_user("ann"), .top_k = 500, .threshold = 0})
          .value(),
      SizeIs(12));
}

TEST_F(SearchTest, SeesEveryAcknowledgedChange) {
  add({"alpha"});
  EXPECT_THAT(found("alpha"), SizeIs(1));
  const std::string id = service.add(tenant, "ann", "alpha beta").value().memories[0].id;
  EXPECT_THAT(found("alpha"), SizeIs(2));
  service.update(tenant, id, {.text = "gamma"}).value();
  EXPECT_THAT(found("alpha"), SizeIs(1));
  EXPECT_THAT(found("gamma"), SizeIs(1));
  ASSERT_TRUE(service.remove(tenant, id));
  EXPECT_THAT(found("gamma"), IsEmpty());
}

TEST_F(SearchTest, ScoresDoNotDependOnOtherTenants) {
  add({"alpha beta", "beta gamma"});
  const double before = search("alpha gamma").front().score;
  const memory::Tenant other = service.tenant("another-key");
  for (int i = 0; i < 50; ++i) service.add(other, "ann", "alpha gamma delta").value();
  EXPECT_EQ(search("alpha gamma").front().score, before);
}

// Words of four letters over three, so that texts share many; the cache is as good as no cache.
RC_GTEST_PROP(SearchProperty, IsTheSameWithAndWithoutTheCache, ()) {
  const auto folder = base::TemporaryFolder::create("search").value();
  Service service(folder.path(), {.synchronous = false});
  const memory::Tenant tenant = service.tenant("key");
  std::vector<std::string> ids;
  const auto text = rc::gen::container<std::string>(12, rc::gen::element('a', 'b', 'x', ' '));
  std::vector<std::string> queries;
  for (int i = 0; i < 12; ++i) {
    const std::string words = "w " + *text;
    if (const auto added = service.add(tenant, "ann", words)) ids.push_back(added->memories[0].id);
    if (*rc::gen::arbitrary<bool>()) RC_ASSERT(service.remove(tenant, ids.back()).has_value());
    queries.push_back(words);
    RC_ASSERT(service->search(tenant, {.text = words, .filter = of_user("ann"), .threshold = 0}).has_value());
  }
  const auto scores = [&](Service& from) {
    std::vector<std::vector<double>> all;
    for (const std::string& query : queries) {
      all.emplace_back();
      const auto results = from->search(tenant, {.text = query, .filter = of_user("ann"), .threshold = 0});
      for (const auto& scored : results.value()) all.back().push_back(scored.score);
    }
    return all;
  };
  const auto warm = scores(service);
  service->close();
  Service cold(folder.path(), {.postings_cache_bytes = 0, .exclusive = false, .synchronous = false});
  RC_ASSERT(scores(cold) == warm);
}

PostingList list_of(const std::vector<Posting>& postings) {
  auto storage = std::make_shared<Posting[]>(postings.size());
  std::ranges::copy(postings, storage.get());
  return {storage, postings.size()};
}

std::vector<std::int64_t> documents(const std::optional<PostingList>& list) {
  std::vector<std::int64_t> documents;
  for (const Posting& posting : list.value_or(PostingList{}).postings())
    documents.push_back(posting.document());
  return documents;
}

TEST(Posting, PacksWhatItIsGiven) {
  const Posting posting((std::int64_t{1} << 47) - 1, 8'191, 7);
  EXPECT_EQ(posting.document(), (std::int64_t{1} << 47) - 1);
  EXPECT_EQ(posting.count(), 8'191u);
  EXPECT_EQ(posting.length_class(), 7);
  EXPECT_EQ(Posting(5, 1'000'000, 0).count(), 8'191u);
}

TEST(PostingsCache, FollowsCommits) {
  PostingsCache cache(1 << 20);
  cache.put("t", list_of({{1, 1, 0}, {2, 1, 0}}), cache.version());
  const auto before = cache.find("t");
  for (std::int64_t document = 3; document < 100; ++document) {
    cache.apply({{{"t", {document, 1, 0}}, {"unknown", {document, 1, 0}}}, {}});
  }
  cache.apply({{{"t", {99, 1, 0}}}, {}});  // known already
  EXPECT_EQ(documents(cache.find("t")).size(), 99u);
  EXPECT_THAT(documents(before), ElementsAre(1, 2)) << "what a reader holds never changes";
  EXPECT_FALSE(cache.find("unknown"));
  cache.apply({{}, {"t"}});
  EXPECT_FALSE(cache.find("t"));
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(PostingsCache, RefusesWhatMayBeOutdated) {
  PostingsCache cache(1 << 20);
  const auto version = cache.version();
  cache.apply({});
  cache.put("t", list_of({{1, 1, 0}}), version);
  EXPECT_FALSE(cache.find("t"));
}

TEST(PostingsCache, KeepsToItsBudget) {
  PostingsCache cache(100'000);
  for (int i = 0; i < 1'000; ++i) {
    cache.put("term" + std::to_string(i), list_of(std::vector<Posting>(100, Posting(1, 1, 0))),
              cache.version());
    EXPECT_LE(cache.bytes(), 100'000u);
  }
  EXPECT_TRUE(cache.find("term999"));
  EXPECT_FALSE(cache.find("term0"));
  cache.put("huge", list_of(std::vector<Posting>(10'000)), cache.version());
  EXPECT_FALSE(cache.find("huge"));
}

// The definition of similarity.h, straight.
RC_GTEST_PROP(Ranking, IsTheSumOfItsTermsInOrder, ()) {
  const Collection collection{50, 400};
  std::vector<PostingList> terms;
  std::map<std::int64_t, double> expected;
  double attainable = 0;
  const auto term_count = *rc::gen::inRange(1, 5);
  for (int t = 0; t < term_count; ++t) {
    const auto held =
        *rc::gen::container<std::map<int, int>>(rc::gen::inRange(1, 30), rc::gen::inRange(1, 12));
    std::vector<Posting> postings;
    const double idf = inverse_document_frequency(collection, held.size());
    attainable += idf;
    for (const auto& [document, count] : held) {
      postings.emplace_back(document, static_cast<std::uint32_t>(count), document % length_classes);
      expected[document] += idf * saturation(collection, count, typical_length(document % length_classes));
    }
    terms.push_back(list_of(postings));
  }
  Ranking ranking(collection, terms, 0);
  RC_ASSERT(ranking.left() == expected.size());
  double last = 1;
  while (const auto candidate = ranking.next()) {
    RC_ASSERT(candidate->score <= last);
    RC_ASSERT(std::abs(candidate->score - expected.at(candidate->document) / attainable) < 1e-12);
    last = candidate->score;
  }
}

TEST(StopWords, AreInLowerCaseAndFew) {
  EXPECT_TRUE(is_stop_word("the"));
  EXPECT_TRUE(is_stop_word("yourselves"));
  EXPECT_FALSE(is_stop_word("tea"));
  EXPECT_FALSE(is_stop_word(""));
}

TEST(Similarity, LengthClassesGrow) {
  for (std::size_t terms = 1; terms < 500; ++terms) EXPECT_LE(length_class(terms - 1), length_class(terms));
  EXPECT_EQ(length_class(0), 0);
  EXPECT_EQ(length_class(100'000), length_classes - 1);
}

}  // namespace
}  // namespace memory_api::search
