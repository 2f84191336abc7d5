#include "plimsoll/cli/bench_judging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/pipeline/fold.h"

namespace plimsoll::cli {
namespace {

using model::Status;
using testing::HasSubstr;

model::Series time_of(const std::string& benchmark) {
  return formats::series_in_seconds("bench.real_time", {{"benchmark", benchmark}});
}

// `n` samples of each benchmark, 2 % of noise.
formats::ImportedFile file_with(const std::vector<std::pair<std::string, double>>& benchmarks, int n,
                                std::uint64_t seed) {
  base::Random random(seed);
  formats::Collector collector;
  for (const auto& [name, level] : benchmarks) {
    for (int i = 0; i < n; ++i) collector.add_sample(time_of(name), level * (1 + 0.02 * random.normal()));
  }
  return collector.take();
}

const model::Judgement* about(const std::vector<model::Judgement>& judgements, const std::string& benchmark) {
  for (const model::Judgement& judgement : judgements) {
    if (judgement.series == "bench.real_time{benchmark=" + benchmark + "}") return &judgement;
  }
  return nullptr;
}

TEST(CompareResults, JudgesEverySeriesThatBothHave) {
  const auto judgements =
      compare_results(file_with({{"a", 1}, {"b", 2}}, 20, 1), file_with({{"a", 1}, {"b", 2.6}}, 20, 2), {});
  ASSERT_EQ(judgements.size(), 2U);
  EXPECT_EQ(about(judgements, "a")->status, Status::pass);
  EXPECT_EQ(about(judgements, "b")->status, Status::fail);
  EXPECT_EQ(about(judgements, "b")->rule, "bench.real_time{benchmark=b} regression warn 10% fail 20%");
  EXPECT_EQ(pipeline::fold(judgements), Status::fail);
}

TEST(CompareResults, WhatHeadLacksIsNeverAPass) {
  formats::ImportedFile head = file_with({{"a", 1}}, 20, 2);
  head.skipped.push_back({"b", "failed: no disk"});
  const auto judgements = compare_results(file_with({{"a", 1}, {"b", 2}}, 20, 1), head, {});
  EXPECT_EQ(about(judgements, "b")->reason, model::Reason::missing);
  EXPECT_THAT(about(judgements, "b")->explanation, HasSubstr("missing in HEAD: failed: no disk"));
  EXPECT_EQ(pipeline::fold(judgements), Status::inconclusive);
}

TEST(CompareResults, WhatIsNewInHeadDoesNotCount) {
  const auto judgements =
      compare_results(file_with({{"a", 1}}, 20, 1), file_with({{"a", 1}, {"b", 2}}, 20, 2), {});
  EXPECT_EQ(about(judgements, "b")->status, Status::learning);
  EXPECT_EQ(pipeline::fold(judgements), Status::pass);
}

TEST(CompareResults, NothingInCommonIsInconclusive) {
  EXPECT_EQ(pipeline::fold(compare_results(file_with({{"a", 1}}, 5, 1), file_with({{"b", 1}}, 5, 2), {})),
            Status::inconclusive);
  EXPECT_EQ(pipeline::fold(compare_results({}, file_with({{"b", 1}}, 5, 2), {})), Status::inconclusive);
  EXPECT_EQ(pipeline::fold(compare_results({}, {}, {})), Status::inconclusive);
}

TEST(CompareResults, FilesThatHoldFiguresOnlyAreInconclusive) {
  formats::Collector collector;
  collector.figures(time_of("a")).mean = 1;
  const formats::ImportedFile figures = collector.take();
  EXPECT_EQ(pipeline::fold(compare_results(figures, figures, {})), Status::inconclusive);
}

TEST(CompareBlocks, JudgesThePairedRatio) {
  std::vector<formats::ImportedFile> base, head;
  base::Random random(4);
  for (int block = 0; block < 8; ++block) {
    const double mood = 1 + random.uniform();  // of the machine: it hits both sides of a block
    base.push_back(file_with({{"a", mood}}, 1, random()));
    head.push_back(file_with({{"a", 1.3 * mood}}, 1, random()));
  }
  const auto judgements = compare_blocks(base, head, {});
  ASSERT_EQ(judgements.size(), 1U);
  EXPECT_EQ(judgements[0].test, "paired-t-on-log-ratios");
  EXPECT_EQ(judgements[0].status, Status::fail);
  EXPECT_EQ(judgements[0].n_base, 8U);
  EXPECT_EQ(pipeline::fold(compare_blocks(base, base, {})), Status::pass);
}

TEST(CompareBlocks, TwoBlocksAreTooFew) {
  const std::vector<formats::ImportedFile> two = {file_with({{"a", 1}}, 1, 1), file_with({{"a", 1}}, 1, 2)};
  EXPECT_EQ(pipeline::fold(compare_blocks(two, two, {})), Status::inconclusive);
}

TEST(Bounds, AreSharesInOrder) {
  EXPECT_DOUBLE_EQ(read_bounds("10%", "20%")->warn, 0.1);
  EXPECT_DOUBLE_EQ(read_bounds("0.05", "5%")->fail, 0.05);
  EXPECT_FALSE(read_bounds("20%", "10%").has_value());
  EXPECT_FALSE(read_bounds("0%", "10%").has_value());
  EXPECT_FALSE(read_bounds("10ms", "20%").has_value());
  EXPECT_FALSE(read_bounds("ten", "20%").has_value());
}

}  // namespace
}  // namespace plimsoll::cli
