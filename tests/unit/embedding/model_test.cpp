#include "embedding/model.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace embedding {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// What ./dev setup fetched: beside the programs, or in the default build folder. Tests that need it skip
// without.
class FetchedModel : public testing::Test {
 protected:
  static const Model* model() {
    static const std::unique_ptr<Model> loaded = [] {
      for (const fs::path& program :
           {fs::path(PLIMSOLL_BIN_DIR) / "plimsoll", fs::path(PLIMSOLL_SOURCE_DIR) / "build/bin/plimsoll"}) {
        auto found = Model::load(model_folder_of(program));
        if (found) return std::make_unique<Model>(*std::move(found));
      }
      return std::unique_ptr<Model>();
    }();
    return loaded.get();
  }
  void SetUp() override {
    if (model() == nullptr) GTEST_SKIP() << "the model is not there: ./dev setup fetches it";
  }
};

struct Golden {
  std::string text;
  Tokens tokens;
  std::vector<double> first;  // values of the vector
  double last;
};

// Printed by transformers 4.46.3: BertTokenizerFast cut to 256 tokens, FlaxBertModel in float32 on the same
// weights, the mean over all tokens at unit length.
const std::vector<Golden>& golden() {
  static const std::vector<Golden> all = {
      {"The quick brown fox jumps over the lazy dog.",
       {101, 1996, 4248, 2829, 4419, 14523, 2058, 1996, 13971, 3899, 1012, 102},
       {0.04393354, 0.05893443, 0.04817839, 0.07754809, 0.02674442, -0.03762961},
       0.10206393},
      {"",
       {101, 102},
       {-0.11883841, 0.04829876, -0.00254804, -0.01101112, 0.05195076, 0.01029179},
       -0.01571719},
      {"Ünïcödé CAFÉ: 日本 [MASK] \U0001f600 don't!",
       {101, 27260, 7668, 1024, 1864, 1876, 103, 100, 2123, 1005, 1056, 999, 102},
       {-0.03916459, 0.01425046, 0.11983966, -0.03790548, -0.02899897, 0.02922180},
       0.01086632},
  };
  return all;
}

double length_of(const Vector& vector) {
  double square = 0;
  for (const double value : vector) square += value * value;
  return std::sqrt(square);
}

TEST_F(FetchedModel, AgreesWithTheReference) {
  for (const Golden& each : golden()) {
    EXPECT_EQ(model()->tokens(each.text), each.tokens) << each.text;
    const auto vector = model()->embed(each.text);
    ASSERT_TRUE(vector) << vector.error().message;
    ASSERT_EQ(vector->size(), kDimensions);
    for (std::size_t i = 0; i < each.first.size(); ++i)
      EXPECT_NEAR((*vector)[i], each.first[i], 2e-6) << each.text;
    EXPECT_NEAR(vector->back(), each.last, 2e-6) << each.text;
    EXPECT_NEAR(length_of(*vector), 1, 1e-6);
  }
}

TEST_F(FetchedModel, ATextGetsTheSameBitsAloneInABatchAndOnManyThreads) {
  std::vector<std::string> owned;
  std::string growing;
  for (int i = 0; i < 60; ++i) owned.push_back(growing += "word " + std::to_string(i) + ", ");
  const std::vector<std::string_view> texts(owned.begin(), owned.end());
  const auto batch = model()->embed(texts);
  const auto threaded = model()->embed(texts, 3);
  ASSERT_TRUE(batch && threaded);
  EXPECT_EQ(*batch, *threaded);
  for (std::size_t i = 0; i < texts.size(); i += 7)
    EXPECT_EQ(model()->embed(texts[i]).value(), (*batch)[i]) << i;
}

TEST_F(FetchedModel, ATextOfTenThousandWordsIsItsFirst254Pieces) {
  std::string longer, shorter;
  for (int i = 0; i < 10'000; ++i) longer += "word ";
  for (int i = 0; i < 254; ++i) shorter += "word ";
  EXPECT_EQ(model()->tokens(longer).size(), kMostTokens);
  EXPECT_EQ(model()->embed(longer).value(), model()->embed(shorter).value());
}

TEST_F(FetchedModel, NoTextGivesNoVector) {
  EXPECT_TRUE(model()->embed(std::span<const std::string_view>()).value().empty());
}

TEST(Model, AFolderWithoutAModelSaysHowToGetOne) {
  const auto folder = base::TemporaryFolder::create("model").value();
  const auto model = Model::load(folder.path());
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, base::ErrorCode::not_found);
  EXPECT_THAT(model.error().message, HasSubstr(folder.path().string()));
  EXPECT_THAT(model.error().hint, HasSubstr("./dev setup"));
}

TEST(Model, AModelOfOtherShapesIsCorrupt) {
  const auto folder = base::TemporaryFolder::create("model").value();
  fs::create_directories(folder.path() / "inner");
  std::ofstream(folder.path() / "inner/vocab.txt") << "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  std::ofstream(folder.path() / "inner/model.safetensors", std::ios::binary)
      << std::string("\2\0\0\0\0\0\0\0{}", 10);
  const auto model = Model::load(folder.path());
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, base::ErrorCode::corrupt);
  EXPECT_THAT(model.error().message, HasSubstr("embeddings.word_embeddings.weight"));
}

TEST(Model, LiesInShareBesideTheProgramsFolder) {
  EXPECT_EQ(model_folder_of("/usr/local/bin/plimsoll"), "/usr/local/share/plimsoll");
}

}  // namespace
}  // namespace embedding
