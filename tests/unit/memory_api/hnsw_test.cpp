// The graph of a large tenant's vectors: nearly all of the nearest are found, what was removed never is, and
// whatever happens to links, rows or threads, an answer is made of rows that are there.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "apps/memory_api/search/hnsw_index.h"
#include "tests/support/sample_vectors.h"

namespace memory_api::search {
namespace {

using ::testing::Ge;
using ::testing::IsEmpty;
using testing::SampleVectors;
using ::testing::SizeIs;
using Vectors = std::map<std::int64_t, std::vector<float>>;

constexpr std::size_t dimensions = 32;

void work_off(HnswIndex& index) {
  while (index.work()) {
  }
}

std::set<std::int64_t> documents(std::span<const Bounded> found) {
  std::set<std::int64_t> result;
  for (const Bounded& one : found) result.insert(one.document);
  return result;
}

std::vector<Candidate> best(const Vectors& vectors, const EncodedQuery& query, std::size_t most) {
  std::vector<Candidate> all;
  for (const auto& [document, vector] : vectors) all.push_back({document, query.product(vector)});
  std::ranges::sort(all, std::ranges::greater(), &Candidate::score);
  all.resize(std::min(all.size(), most));
  return all;
}

// By score: where several are equally near, any of them will do.
double recall(const HnswIndex& index, const Vectors& vectors, std::span<const std::vector<float>> queries) {
  constexpr std::size_t k = 10;
  std::size_t found = 0, wanted = 0;
  for (const std::vector<float>& values : queries) {
    const EncodedQuery query(values);
    const auto truth = best(vectors, query, k);
    Vectors seen;
    for (const std::int64_t document : documents(index.nearest(query, 64))) {
      seen[document] = vectors.at(document);
    }
    const auto reached = best(seen, query, k);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      found += i < reached.size() && reached[i].score >= truth.back().score - 1e-9 ? 1 : 0;
    }
    wanted += truth.size();
  }
  return static_cast<double>(found) / static_cast<double>(wanted);
}

struct World {
  explicit World(double spread, std::size_t count) : sample(dimensions, count / 50 + 1, spread, 7) {
    for (std::size_t i = 0; i < count; ++i) put(static_cast<std::int64_t>(i));
    for (int i = 0; i < 50; ++i) queries.push_back(sample.next());
  }
  void put(std::int64_t document) {
    vectors[document] = sample.next();
    index.put(document, 1, vectors[document]);
  }
  void remove(std::int64_t document) {
    vectors.erase(document);
    index.remove(document);
  }

  SampleVectors sample;
  HnswIndex index{dimensions, 100};
  Vectors vectors;
  std::vector<std::vector<float>> queries;
};

constexpr double clustered = 0.5, without_clusters = 1e3;

TEST(HnswRecall, IsHighOnClusteredVectors) {
  World world(clustered, 4000);
  work_off(world.index);
  EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.99));
}

TEST(HnswRecall, IsHighOnVectorsWithoutClusters) {
  World world(without_clusters, 4000);
  work_off(world.index);
  EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.99));
}

TEST(HnswRecall, IsHighWhileTheGraphIsBuiltAndWhenItIsThere) {
  World world(clustered, 2000);
  for (int i = 0; i < 700; ++i) world.index.work();
  EXPECT_EQ(world.index.waiting(), 1300u);
  EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.99));
  work_off(world.index);
  EXPECT_EQ(world.index.waiting(), 0u);
  EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.99));
}

TEST(HnswRecall, SurvivesThatMostRowsAreRemovedAndReplacedAgainAndAgain) {
  World world(clustered, 2000);
  work_off(world.index);
  std::mt19937 random(3);
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 1200; ++i) world.remove(static_cast<std::int64_t>(random() % 2000));
    EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.97)) << "before repair " << round;
    for (int i = 0; i < 1200; ++i) world.put(static_cast<std::int64_t>(random() % 2000));
    work_off(world.index);
    EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.98)) << "after repair " << round;
  }
  EXPECT_LE(world.index.rows().size(), 4000u) << "places are used again";
}

TEST(HnswRecall, AWholeClusterThatGoesTakesNobodyWithIt) {
  World world(clustered, 3000);
  work_off(world.index);
  for (const Candidate& near : best(world.vectors, EncodedQuery(world.queries[0]), 1000)) {
    world.remove(near.document);
  }
  EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.97));
  work_off(world.index);
  EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.98));
}

TEST(HnswRecall, FindsManyEqualRows) {
  World world(clustered, 1);
  std::vector<std::vector<float>> values;
  for (int i = 0; i < 5; ++i) values.push_back(world.sample.next());
  for (std::int64_t document = 1; document < 2000; ++document) {
    world.vectors[document] = values[static_cast<std::size_t>(document) % values.size()];
    world.index.put(document, 1, world.vectors[document]);
  }
  work_off(world.index);
  EXPECT_THAT(recall(world.index, world.vectors, values), Ge(0.99));
}

TEST(HnswIndex, IsExactUpToItsLimit) {
  World world(clustered, 100);
  work_off(world.index);
  EXPECT_EQ(world.index.waiting(), 100u) << "no graph is built";
  EXPECT_THAT(world.index.nearest(EncodedQuery(world.queries[0]), 1), SizeIs(100));
}

TEST(HnswIndex, GivesTheWantedNumberWhereItIsThere) {
  World world(clustered, 1000);
  work_off(world.index);
  EXPECT_THAT(world.index.nearest(EncodedQuery(world.queries[0]), 500), SizeIs(500));
}

TEST(HnswIndex, WeighsWhatAFilterMeansExactly) {
  World world(clustered, 1000);
  work_off(world.index);
  const std::vector<std::int64_t> wanted = {3, 500, 999, 5000};
  EXPECT_EQ(documents(world.index.those(EncodedQuery(world.queries[0]), wanted)),
            (std::set<std::int64_t>{3, 500, 999}));
}

TEST(HnswIndex, OverwritesWhatIsRemoved) {
  World world(clustered, 1000);
  work_off(world.index);
  const Place place = world.index.place_of(5);
  world.remove(5);
  const auto* codes = world.index.rows().codes(place);
  EXPECT_TRUE(std::all_of(codes, codes + dimensions, [](std::int8_t code) { return code == 0; }));
  EXPECT_EQ(world.index.place_of(5), no_place);
}

TEST(HnswIndex, AQueryOfOtherDimensionsFindsNothing) {
  World world(clustered, 200);
  work_off(world.index);
  const std::vector<float> values = {1, 0};
  EXPECT_THAT(world.index.nearest(EncodedQuery(values), 10), IsEmpty());
}

TEST(HnswIndex, EveryRowMayGo) {
  World world(clustered, 500);
  work_off(world.index);
  for (std::int64_t document = 0; document < 500; ++document) world.remove(document);
  work_off(world.index);
  EXPECT_THAT(world.index.nearest(EncodedQuery(world.queries[0]), 10), IsEmpty());
  world.put(7);
  work_off(world.index);
  EXPECT_EQ(documents(world.index.nearest(EncodedQuery(world.queries[0]), 10)), std::set<std::int64_t>{7});
}

TEST(HnswRecall, IsHighWhereAllThatWasLinkedIsGone) {
  World world(clustered, 500);
  for (int i = 0; i < 30; ++i) world.index.work();
  for (std::int64_t document = 0; document < 30; ++document) world.remove(document);
  while (world.index.work()) {
    ASSERT_THAT(recall(world.index, world.vectors, std::span(world.queries).first(2)), Ge(0.95));
  }
}

// A hole that comes while others are being repaired names places that are free afterwards, and used again.
TEST(HnswIndex, FindsNoRowTwiceWhereHolesComeDuringARepair) {
  World world(clustered, 600);
  work_off(world.index);
  for (std::int64_t document = 200; document < 400; ++document) world.remove(document);
  for (int i = 0; i < 3; ++i) world.index.work();
  for (std::int64_t document = 400; document < 500; ++document) world.remove(document);
  for (int i = 0; i < 16; ++i) world.index.work();
  for (std::int64_t document = 1000; document < 1300; ++document) world.put(document);
  for (const std::vector<float>& query : world.queries) {
    const auto found = world.index.nearest(EncodedQuery(query), 500);
    EXPECT_EQ(documents(found).size(), found.size());
  }
}

// Against a map: after any sequence of puts, removals, steps of work and searches.
RC_GTEST_PROP(HnswIndexProperty, FindsOnlyWhatIsThereEachOnceWithASoundBound, ()) {
  SampleVectors sample(8, 3, clustered, *rc::gen::inRange<std::uint64_t>(0, 1000));
  HnswIndex index(8, *rc::gen::inRange<std::size_t>(0, 20));
  Vectors model;
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 8), rc::gen::inRange(0, 300)));
  for (const auto& [what, which] : steps) {
    if (what < 4) {
      for (int i = 0; i < 20; ++i) {
        const std::int64_t document = (which + i * 7) % 300;
        model[document] = sample.next();
        index.put(document, static_cast<std::uint64_t>(which), model[document]);
      }
    } else if (what < 6) {
      for (int i = 0; i < 20; ++i) {
        model.erase((which + i) % 300);
        index.remove((which + i) % 300);
      }
    } else if (what < 7) {
      for (int i = 0; i < which; ++i) index.work();
    }
    const EncodedQuery query(sample.next());
    const auto found = index.nearest(query, 10);
    RC_ASSERT(index.size() == model.size());
    RC_ASSERT(documents(found).size() == found.size());
    RC_ASSERT(found.size() >= std::min<std::size_t>(model.size(), 1));
    for (const Bounded& one : found) {
      RC_ASSERT(model.contains(one.document));
      RC_ASSERT(query.product(model.at(one.document)) <= one.bound);
    }
  }
}

TEST(HnswIndex, ManyReadWhileOneWritesAndOneWorks) {
  World world(clustered, 600);
  std::atomic<bool> is_over = false;
  std::atomic<std::size_t> wrong = 0, searches = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      const EncodedQuery query(world.queries[static_cast<std::size_t>(i)]);
      while (!is_over) {
        const auto found = world.index.nearest(query, 20);
        if (documents(found).size() != found.size() || found.size() < 20) ++wrong;
        for (const Bounded& one : found) wrong += one.document < 0 || one.document >= 900 ? 1 : 0;
        ++searches;
      }
    });
  }
  threads.emplace_back([&] {
    while (!is_over) world.index.work();
  });
  for (std::int64_t i = 0; i < 3000; ++i) {
    const std::int64_t document = 300 + i % 600;
    if (i % 3 == 0) {
      world.remove(document);
    } else {
      world.put(document);
    }
  }
  while (searches < 100) std::this_thread::yield();
  is_over = true;
  threads.clear();
  EXPECT_EQ(wrong, 0u);
  work_off(world.index);
  EXPECT_THAT(recall(world.index, world.vectors, world.queries), Ge(0.97));
}

}  // namespace
}  // namespace memory_api::search
