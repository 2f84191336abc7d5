// What is forgotten leaves no byte behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/evidence/store_fixture.h"

namespace plimsoll::evidence::testing {
namespace {

constexpr const char* kName = "ann.lee@example.org";

class ForgetTest : public StoreTest {
 protected:
  void SetUp() override {
    // A neighbour that stays, before and after.
    add_run(*store_, make_run(1), make_series("a"), {1, 2, 3}, R"({"kept":1})");
  }
  void expect_forgotten(std::uint64_t rows, const std::string& text = kName) {
    EXPECT_THAT(bytes(), ::testing::HasSubstr(text));
    EXPECT_EQ(must(store_->forget(text)), rows);
    EXPECT_THAT(bytes(), ::testing::Not(::testing::HasSubstr(text)));
    store_ = open();
    EXPECT_THAT(bytes(), ::testing::Not(::testing::HasSubstr(text)));
    EXPECT_EQ(must(store_->read(make_run(1).id, kEverything)).at(0).observations.size(), 3u);
    EXPECT_EQ(must(store_->snapshot(make_run(1).id)), R"({"kept":1})");
  }

  std::unique_ptr<EvidenceStore> store_ = open();
};

TEST_F(ForgetTest, SubjectsAndWhatTheyAddedToTheMergedValue) {
  auto writer = must(store_->begin(make_run(2)));
  const auto a = must(writer->declare(make_series("a"), "p"));
  const auto b = must(writer->declare(make_series("b"), "p"));
  std::vector<Observation> batch;
  for (int i = 0; i < 300; ++i) batch.push_back(at(i, i % 2 == 0 ? a : b, i * 1.0));
  for (int i = 0; i < 300; i += 100) batch[static_cast<std::size_t>(i)].subject = kName;
  batch[7].subject = "bob";
  must(writer->append(batch));
  must(writer->finish(completed(make_run(2)), "{}"));
  expect_forgotten(3);
  const auto series = must(store_->read(make_run(2).id, kEverything));
  EXPECT_EQ(series.at(0).observations.size(), 147u);
  EXPECT_EQ(series.at(1).observations.size(), 150u);
  EXPECT_EQ(series[1].observations[3].subject, "bob");
  const auto history = must(store_->history(kEverything, std::vector{make_run(2).id}));
  EXPECT_EQ(std::get<model::Samples>(history.at(0).value).size(), 147u);
}

TEST_F(ForgetTest, SeriesInEveryRun) {
  for (const int number : {2, 3}) {
    auto writer = must(store_->begin(make_run(number)));
    const auto a = must(writer->declare(make_series("a"), "p"));
    const auto named = must(writer->declare(make_series("b", {{"user", kName}}), "p"));
    must(writer->append(std::vector{at(1, named, 1.0), at(1, a, 5.0)}));
    must(writer->finish(completed(make_run(number)), "{}"));
  }
  expect_forgotten(1);
  for (const int number : {2, 3}) {
    const auto series = must(store_->read(make_run(number).id, kEverything));
    ASSERT_EQ(series.size(), 1u);
    EXPECT_EQ(series[0].observations.size(), 1u);
    EXPECT_EQ(must(store_->history(kEverything, std::vector{make_run(number).id})).size(), 1u);
  }
}

TEST_F(ForgetTest, FindingsAndSnapshots) {
  auto writer = must(store_->begin(make_run(2)));
  must(writer->append_findings(
      std::vector{model::Finding{.rule = "r", .fingerprint = "f", .message = kName},
                  model::Finding{.rule = "r", .fingerprint = "g", .message = "other"}}));
  must(writer->finish(completed(make_run(2)), R"({"verdict":{"headline":")" + std::string(kName) + R"("}})"));
  expect_forgotten(2);
  EXPECT_EQ(must(store_->findings(make_run(2).id)).size(), 1u);
  EXPECT_EQ(store_->snapshot(make_run(2).id).error().code, base::ErrorCode::not_found);
}

TEST_F(ForgetTest, RunsWithAllTheyHold) {
  auto run = make_run(2);
  run.branch = std::string("topic/") + kName;
  add_run(*store_, run, make_series("b"), {1, 2});
  expect_forgotten(1);
  EXPECT_EQ(must(store_->runs({})).size(), 1u);
}

TEST_F(ForgetTest, Acceptances) {
  must(store_->accept({.project = "demo", .series = "a", .because = "asked", .who = kName}));
  must(store_->accept({.project = "demo", .series = "a", .because = "asked", .who = "bob"}));
  expect_forgotten(1);
  EXPECT_EQ(must(store_->acceptances("demo")).size(), 1u);
}

TEST_F(ForgetTest, TextThatJsonEscapes) {
  auto writer = must(store_->begin(make_run(2)));
  must(writer->append_findings(
      std::vector{model::Finding{.rule = "r", .fingerprint = "f", .message = "the \"secret\"\n\\ line"}}));
  must(writer->finish(completed(make_run(2)), "{}"));
  EXPECT_EQ(must(store_->forget("\"secret\"\n\\")), 1u);
  EXPECT_THAT(bytes(), ::testing::Not(::testing::HasSubstr("secret")));
}

TEST_F(ForgetTest, NothingWhereNothingMatchesAndNoEmptyText) {
  EXPECT_EQ(must(store_->forget("nobody")), 0u);
  EXPECT_EQ(store_->forget("").error().code, base::ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace plimsoll::evidence::testing
