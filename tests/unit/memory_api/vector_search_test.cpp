// The search through vectors: exact, whatever its bounds leave out; and the fusion with the words'.
#include <algorithm>
#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "apps/memory_api/search/fusion.h"
#include "apps/memory_api/search/minilm_embedder.h"
#include "apps/memory_api/search/openai_embedder.h"
#include "apps/memory_api/search/recent_vectors.h"
#include "apps/memory_api/search/vector_table.h"
#include "apps/memory_api/search/vector_tables.h"
#include "embedding/model.h"

namespace memory_api::search {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Vectors = std::map<std::int64_t, std::vector<float>>;

bool are_same(const Candidate& a, const Candidate& b) {
  return a.document == b.document && a.score == b.score;
}

std::vector<float> random_unit_vector(std::size_t dimensions) {
  std::vector<float> vector(dimensions);
  double squares = 0;
  for (float& value : vector) {
    value = static_cast<float>(*rc::gen::inRange(-1000, 1001)) / 1000;
    squares += static_cast<double>(value) * value;
  }
  if (squares == 0) vector[0] = 1, squares = 1;
  for (float& value : vector) value = static_cast<float>(value / std::sqrt(squares));
  return vector;
}

std::vector<Candidate> naive(const Vectors& vectors, const EncodedQuery& query) {
  std::vector<Candidate> all;
  for (const auto& [document, vector] : vectors) all.push_back({document, query.product(vector)});
  std::ranges::sort(all, [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.document > b.document;
  });
  return all;
}

struct Ranked {
  std::vector<Candidate> candidates;
  std::size_t read = 0;
};

Ranked ranked(const VectorTable& table, const Vectors& vectors, const EncodedQuery& query, std::size_t most,
              std::span<const std::int64_t> only = {}) {
  Ranked result;
  VectorRanking ranking(table.scan(query), query, [&](std::int64_t document) {
    ++result.read;
    return base::Result<std::vector<float>>(vectors.at(document));
  });
  if (!only.empty()) ranking.keep_only(only);
  while (result.candidates.size() < most) {
    const auto next = ranking.next().value();
    if (!next) break;
    result.candidates.push_back(*next);
  }
  return result;
}

RC_GTEST_PROP(VectorSearchProperty, FindsWhatASearchThroughAllVectorsFinds, ()) {
  const auto dimensions = *rc::gen::inRange<std::size_t>(1, 40);
  const auto count = *rc::gen::inRange<std::int64_t>(0, 40);
  VectorTable table(dimensions);
  Vectors vectors;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto document = *rc::gen::inRange<std::int64_t>(0, 20);  // some are replaced
    if (*rc::gen::inRange(0, 4) == 0) {
      vectors.erase(document);
      table.remove(document);
    } else {
      vectors[document] = random_unit_vector(dimensions);
      table.put(document, vectors[document]);
    }
  }
  RC_ASSERT(table.size() == vectors.size());
  const EncodedQuery query(random_unit_vector(dimensions));
  const auto expected = naive(vectors, query);
  const auto found = ranked(table, vectors, query, 100).candidates;
  RC_ASSERT(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) RC_ASSERT(are_same(found[i], expected[i]));
}

RC_GTEST_PROP(VectorSearchProperty, BoundsHoldTheProduct, ()) {
  const auto dimensions = *rc::gen::inRange<std::size_t>(1, 1600);
  const auto vector = random_unit_vector(dimensions);
  const EncodedQuery query(random_unit_vector(dimensions));
  VectorTable table(dimensions);
  table.put(7, vector);
  const auto bounded = table.scan(query);
  RC_ASSERT(bounded.size() == 1u);
  RC_ASSERT(static_cast<double>(bounded[0].bound) >= query.product(vector));
  RC_ASSERT(static_cast<double>(bounded[0].bound) <= query.product(vector) + 0.1);
}

TEST(VectorSearch, ReadsOnlyWhatMayBeAmongTheBest) {
  VectorTable table(2);
  Vectors vectors;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const float angle = static_cast<float>(i) / 1000;
    vectors[i] = {std::cos(angle), std::sin(angle)};
    table.put(i, vectors[i]);
  }
  const EncodedQuery query(std::vector<float>{1, 0});
  const Ranked result = ranked(table, vectors, query, 3);
  EXPECT_THAT(result.candidates, SizeIs(3));
  EXPECT_EQ(result.candidates[0].document, 0);
  EXPECT_LT(result.read, 300u);
}

TEST(VectorSearch, KeepsOnlyWhatItIsTold) {
  VectorTable table(2);
  const Vectors vectors = {{1, {1, 0}}, {2, {0.6F, 0.8F}}, {3, {0, 1}}};
  for (const auto& [document, vector] : vectors) table.put(document, vector);
  const EncodedQuery query(std::vector<float>{1, 0});
  const std::vector<std::int64_t> only = {2, 3};
  const auto found = ranked(table, vectors, query, 5, only).candidates;
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].document, 2);
}

TEST(VectorSearch, LeavesOutWhatIsGoneMeanwhile) {
  VectorTable table(1);
  table.put(1, std::vector<float>{1});
  const EncodedQuery query(std::vector<float>{1});
  VectorRanking ranking(table.scan(query), query,
                        [](std::int64_t) { return base::Result<std::vector<float>>(std::vector<float>{}); });
  EXPECT_FALSE(ranking.next().value().has_value());
}

// --- Tables that are shared.

std::vector<std::int64_t> documents_in(SharedVectors& vectors) {
  std::vector<std::int64_t> documents;
  for (const Bounded& entry : vectors.scan(EncodedQuery(std::vector<float>{1, 0})))
    documents.push_back(entry.document);
  std::ranges::sort(documents);
  return documents;
}

TEST(VectorTables, ACommitDuringTheReadingIsNewerThanWhatIsRead) {
  VectorTables tables(1 << 20);
  const auto vectors = tables.of(1, 2);
  const std::vector<float> some = {1, 0};
  ASSERT_TRUE(vectors->load([&](const SharedVectors::Put& put) -> base::Status {
    put(1, some);
    const std::vector<VectorChange> committed = {{1, 2, {}}, {1, 3, {0, 1}}, {9, 4, {0, 1}}};
    tables.apply(committed);
    put(2, some);  // was removed by now
    put(3, some);
    return {};
  }));
  EXPECT_THAT(documents_in(*vectors), ElementsAre(1, 3));
}

TEST(VectorTables, ForgetsTheTenantThatWasAskedForLongestAgo) {
  VectorTables tables(0);
  const auto first = tables.of(1, 2);
  first->apply({1, 1, {1, 0}});
  EXPECT_EQ(tables.of(1, 2), first);
  tables.of(2, 2)->apply({2, 1, {1, 0}});
  EXPECT_NE(tables.of(1, 2), first);
}

TEST(VectorTables, ATableThatGrowsPushesOthersOutToo) {
  VectorTables tables(4 << 10);
  const auto first = tables.of(1, 2);
  const auto second = tables.of(2, 2);
  const std::vector<VectorChange> one = {{2, 0, {1, 0}}};
  tables.apply(one);
  EXPECT_EQ(tables.of(1, 2), first);
  EXPECT_EQ(tables.of(2, 2), second);
  for (std::int64_t document = 1; document < 100; ++document) {
    const std::vector<VectorChange> changes = {{2, document, {1, 0}}};
    tables.apply(changes);
  }
  EXPECT_EQ(tables.of(2, 2), second);
  EXPECT_NE(tables.of(1, 2), first);
}

TEST(VectorTables, AQueryOfOtherDimensionsFindsNothing) {
  SharedVectors vectors(3);
  vectors.apply({1, 1, {1, 0, 0}});
  EXPECT_THAT(vectors.scan(EncodedQuery(std::vector<float>{1, 0})), IsEmpty());
}

TEST(RecentVectors, KeepWhatWasAskedForLately) {
  RecentVectors recent(2);
  recent.put("a", {1});
  recent.put("b", {2});
  recent.put("c", {3});
  ASSERT_NE(recent.find("a"), nullptr);
  EXPECT_THAT(*recent.find("a"), ElementsAre(1));
  recent.put("d", {4});
  EXPECT_EQ(recent.find("b"), nullptr);
  EXPECT_NE(recent.find("a"), nullptr);
  recent.clear();
  EXPECT_EQ(recent.find("a"), nullptr);
}

// --- Fusion.

std::vector<std::int64_t> fused(const std::vector<Candidate>& words, const std::vector<Candidate>& meaning,
                                std::vector<std::int64_t> waiting = {}, double weight = 1) {
  std::vector<std::int64_t> documents;
  const auto has_vector = [&](std::int64_t document) {
    return std::ranges::find(waiting, document) == waiting.end();
  };
  for (const Candidate& candidate : fuse({words, meaning, has_vector, weight}, 10, 0))
    documents.push_back(candidate.document);
  return documents;
}

TEST(Fusion, WhatBothFindComesFirst) {
  EXPECT_THAT(fused({{1, .9}, {2, .8}}, {{3, .9}, {2, .8}}), ElementsAre(2, 3, 1));
}

TEST(Fusion, WithoutTrustTheWordsDecide) {
  const std::vector<Candidate> meaning = {{2, .9}, {3, .8}};
  EXPECT_THAT(fuse({{}, meaning, [](auto) { return true; }, 0}, 10, .1), IsEmpty());
  EXPECT_THAT(fused({{1, .2}, {2, .1}}, {{2, .9}, {3, .8}}, {}, 0), ElementsAre(1, 2, 3));
}

TEST(Fusion, ADocumentWithoutItsVectorYetKeepsItsPlace) {
  const std::vector<Candidate> words = {{1, .9}, {2, .8}, {3, .7}};
  const std::vector<Candidate> meaning = {{2, .9}, {3, .8}};
  EXPECT_THAT(fused(words, meaning), ElementsAre(2, 3, 1));
  EXPECT_THAT(fused(words, meaning, {1}), ElementsAre(1, 2, 3));
}

TEST(Fusion, ScoresAreSimilaritiesThatFallWithTheOrder) {
  const std::vector<Candidate> words = {{1, .3}, {2, .2}};
  const std::vector<Candidate> meaning = {{2, .8}, {1, .1}, {3, -.5}};
  const auto all = fuse({words, meaning, [](auto) { return true; }, 1}, 10, 0);
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_THAT(all[0].score, DoubleNear(.8, 1e-12));
  EXPECT_GE(all[0].score, all[1].score);
  EXPECT_GE(all[1].score, all[2].score);
  EXPECT_EQ(all[2].score, 0);
}

TEST(Fusion, TheThresholdLeavesOutWhatIsBelowByBoth) {
  const std::vector<Candidate> words = {{1, .3}};
  const std::vector<Candidate> meaning = {{2, .8}, {1, .1}, {3, .25}};
  EXPECT_THAT(fuse({words, meaning, [](auto) { return true; }, 1}, 10, .28), SizeIs(2));
  EXPECT_THAT(fuse({words, meaning, [](auto) { return true; }, 1}, 1, 0), SizeIs(1));
}

// --- Embedders.

TEST(MiniLm, IsTrustedInEnglishAlone) {
  const auto folder = embedding::model_folder_of(std::string(PLIMSOLL_BIN_DIR) + "/memory_api");
  if (!embedding::has_model(folder)) GTEST_SKIP() << "no model: ./dev setup fetches it";
  const auto embedder = make_minilm_embedder(folder);
  ASSERT_TRUE(embedder->start());
  EXPECT_EQ(embedder->trust("Which food should be avoided by people with an allergy?"), 1);
  EXPECT_EQ(embedder->trust("name of the pet"), 1);
  EXPECT_LT(embedder->trust("Welche Lebensmittel sollten Allergiker besser nicht verzehren?"), .5);
  EXPECT_EQ(embedder->trust("Какие продукты нельзя есть аллергикам?"), 0);
  EXPECT_EQ(embedder->trust("过敏的人应该避免哪些食物？"), 0);
  EXPECT_EQ(embedder->trust("?!"), 0);
}

// --- Batches and answers of an OpenAI-compatible server.

TEST(Embedder, BatchesAreBoundedInTextsAndBytes) {
  const std::vector<std::string_view> texts = {"a", "b", "cc", "dddd", "eeeeeeee"};
  EXPECT_THAT(batch_ends(texts, {2, 100}), ElementsAre(2, 4, 5));
  EXPECT_THAT(batch_ends(texts, {100, 4}), ElementsAre(3, 4, 5));
  EXPECT_THAT(batch_ends({}, {2, 2}), IsEmpty());
}

TEST(OpenAiEmbeddings, ComeInTheOrderOfTheirIndexAtUnitLength) {
  const auto vectors = read_embeddings(
      R"({"data": [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [3, 4]}]})", 2);
  ASSERT_TRUE(vectors) << base::to_string(vectors.error());
  EXPECT_THAT((*vectors)[0], ElementsAre(0.6F, 0.8F));
  EXPECT_THAT((*vectors)[1], ElementsAre(0, 1));
}

TEST(OpenAiEmbeddings, GarbageIsAnError) {
  for (const char* body :
       {"", "[]", "{}", R"({"data": []})", R"({"data": [{"embedding": []}, {"embedding": []}]})",
        R"({"data": [{"embedding": [1]}, {"embedding": [1, 2]}]})",
        R"({"data": [{"embedding": [0]}, {"embedding": [0]}]})",
        R"({"data": [{"embedding": ["x"]}, {"embedding": [1]}]})",
        R"({"data": [{"embedding": [1e300]}, {"embedding": [1]}]})",
        R"({"data": [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}]})",
        R"({"data": [{"index": 7, "embedding": [1]}, {"index": 0, "embedding": [1]}]})",
        R"({"data": [{"index": 0, "embedding": [1]}]})"}) {
    EXPECT_FALSE(read_embeddings(body, 2)) << body;
  }
}

}  // namespace
}  // namespace memory_api::search
