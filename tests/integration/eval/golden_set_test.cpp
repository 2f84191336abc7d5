// The real memory_api and the golden set of tests/ml_quality.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "plimsoll/probes/eval/evaluation.h"
#include "plimsoll/probes/eval/scores.h"
#include "plimsoll/stats/quantiles.h"

namespace plimsoll::probes::eval {
namespace {

using namespace std::chrono_literals;

// Runs until the object goes; on a store of its own, every key a tenant.
class MemoryApi {
 public:
  explicit MemoryApi(const std::vector<std::string>& more = {}) {
    base::ProcessOptions options;
    options.arguments = {std::string(PLIMSOLL_BIN_DIR) + "/memory_api",
                         "--port",
                         "0",
                         "--open-keys",
                         "--data",
                         folder_->path().string()};
    options.arguments.insert(options.arguments.end(), more.begin(), more.end());
    options.on_output = [this](std::string_view bytes) { output_ += bytes; };
    process_ = base::system_processes().start(std::move(options)).value();
    bool ended = false;
    while (!ended && !output_.contains('\n')) ended = process_->wait_for(10ms).has_value();
  }
  ~MemoryApi() { process_->stop(5s); }

  net::Url url() const {
    const std::string address = output_.substr(output_.find("http"));
    return net::parse_url(address.substr(0, address.find('\n'))).value();
  }

 private:
  base::Result<base::TemporaryFolder> folder_ = base::TemporaryFolder::create("eval-golden");
  std::string output_;
  std::unique_ptr<base::Process> process_;
};

class GoldenSetTest : public testing::Test {
 protected:
  void SetUp() override {
    auto suite =
        read_suite(std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "tests/ml_quality/retrieval_quality.yaml");
    ASSERT_TRUE(suite) << base::to_string(suite.error());
    suite_ = *std::move(suite);
    auto set = read_set(suite_.files);
    ASSERT_TRUE(set) << base::to_string(set.error());
    set_ = *std::move(set);
  }

  base::Result<Evaluation> evaluate_at(const MemoryApi& service) const {
    return evaluate(suite_, set_, {service.url(), {}}, [](std::string_view) { return true; });
  }

  // The mean over a group of queries.
  double mean(const Evaluation& evaluation, std::string_view measure, std::string_view group) const {
    const Scores scores = score(suite_, evaluation).value();
    const auto place = std::ranges::find(suite_.measures, *parse_measure(measure));
    return stats::mean(scores.of(static_cast<std::size_t>(place - suite_.measures.begin()), group));
  }

  Suite suite_;
  JudgedSet set_;
};

std::vector<std::vector<std::string>> rankings(const Evaluation& evaluation) {
  std::vector<std::vector<std::string>> all;
  for (const Asked& asked : evaluation.asked) {
    std::vector<std::string>& ranking = all.emplace_back();
    for (const Hit& hit : asked.hits) ranking.push_back(hit.document);
  }
  return all;
}

TEST_F(GoldenSetTest, IsAnsweredWellByTheService) {
  const MemoryApi service;
  const auto evaluation = evaluate_at(service);
  ASSERT_TRUE(evaluation) << base::to_string(evaluation.error());
  EXPECT_EQ(evaluation->verified, set_.documents.size());
  EXPECT_EQ(score(suite_, *evaluation)->failed, 0U);
  EXPECT_EQ(score(suite_, *evaluation)->leaks, 0U);
  EXPECT_GT(mean(*evaluation, "mrr", "easy"), 0.97);
  EXPECT_GT(mean(*evaluation, "mrr", "hard"), 0.5);
  EXPECT_GT(mean(*evaluation, "mrr", "all"), 0.78);
  EXPECT_GT(mean(*evaluation, "hit_at_5", "all"), 0.85);
}

TEST_F(GoldenSetTest, IsNotAddedTwiceAndAnsweredTheSame) {
  const MemoryApi service;
  suite_.connections = 1;
  const auto first = evaluate_at(service);
  ASSERT_TRUE(first) << base::to_string(first.error());
  EXPECT_FALSE(first->was_loaded);
  suite_.connections = 8;
  const auto second = evaluate_at(service);
  ASSERT_TRUE(second) << base::to_string(second.error());
  EXPECT_TRUE(second->was_loaded);
  EXPECT_EQ(rankings(*first), rankings(*second));
}

TEST_F(GoldenSetTest, IsRefusedWhereAnotherSetLies) {
  const MemoryApi service;
  ASSERT_TRUE(evaluate_at(service));
  set_.documents.front().text += " (changed)";
  const auto again = evaluate_at(service);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, base::ErrorCode::conflict);
}

TEST_F(GoldenSetTest, ShowsASpoiltRanking) {
  const MemoryApi service({"--fault", "ranking"});
  const auto evaluation = evaluate_at(service);
  ASSERT_TRUE(evaluation) << base::to_string(evaluation.error());
  EXPECT_LT(mean(*evaluation, "mrr", "all"), 0.5);
}

TEST_F(GoldenSetTest, CountsFailedSearches) {
  const MemoryApi service({"--fault", "errors"});
  const auto evaluation = evaluate_at(service);
  ASSERT_TRUE(evaluation) << base::to_string(evaluation.error());
  EXPECT_GT(score(suite_, *evaluation)->failed, 5U);
}

TEST_F(GoldenSetTest, EndsWhereTheServiceCrashes) {
  const MemoryApi service({"--fault", "crash"});
  const auto evaluation = evaluate_at(service);
  ASSERT_FALSE(evaluation);
  EXPECT_EQ(evaluation.error().code, base::ErrorCode::unavailable);
}

}  // namespace
}  // namespace plimsoll::probes::eval
