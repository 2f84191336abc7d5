#include "plimsoll/evidence/store.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/evidence/store_fixture.h"

namespace plimsoll::evidence::testing {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> ids(const std::vector<Run>& runs) {
  std::vector<std::string> all;
  for (const auto& run : runs) all.push_back(run.id);
  return all;
}

TEST(StoreUrl, KnowsItsSchemes) {
  for (const auto* url :
       {".plimsoll/evidence.db", "/var/lib/e.db", "sqlite:e.db", "postgresql://host/db", "a", "./a:b"}) {
    EXPECT_TRUE(is_store_url(url)) << url;
  }
  for (const auto* url : {"", "sqlite:", "mysql://host/db", "redis:x", "http://x", "file:e.db"}) {
    EXPECT_FALSE(is_store_url(url)) << url;
  }
  EXPECT_EQ(open_store("postgresql://host/db").error().code, ErrorCode::unsupported);
  EXPECT_EQ(open_store("mysql://host/db").error().code, ErrorCode::invalid_argument);
}

TEST_F(StoreTest, MakesItsFileAndFolder) {
  const auto file = path("deep/er/evidence.db");
  EXPECT_EQ(open_store(file, {.create = false}).error().code, ErrorCode::not_found);
  EXPECT_EQ(open_store(file, {.read_only = true}).error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_TRUE(open_store("sqlite:" + file));
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(StoreTest, ReadsBackARun) {
  auto run = make_run(1);
  {
    auto store = open();
    auto writer = must(store->begin(run));
    EXPECT_EQ(must(store->run(run.id)).state, RunState::running);
    const auto latency =
        must(writer->declare(make_series("load.latency", {{"scenario", "a"}}), "load/basic"));
    const auto errors = must(writer->declare({{"load.errors", {}}, "ratio", Better::lower}, "load/basic"));
    EXPECT_EQ(must(writer->declare(make_series("load.latency", {{"scenario", "a"}}), "load/basic")), latency);
    base::Histogram histogram;
    histogram.record(0.010, 5);
    must(writer->append(std::vector{at(100, latency, histogram), at(100, errors, model::Proportion{1, 5})}));
    must(writer->append(std::vector{at(101, latency, histogram), at(101, errors, model::Proportion{0, 5})}));
    must(writer->append_findings(
        std::vector{model::Finding{.rule = "r", .fingerprint = "f", .message = "<\x1b>"}}));
    run = completed(run);
    must(writer->finish(run, R"({"verdict":{}})"));
  }
  auto store = open({.read_only = true});
  auto read = must(store->run("latest"));
  EXPECT_NE(read.process_id, 0);
  run.process_id = read.process_id;
  run.boot_id = read.boot_id;
  EXPECT_EQ(read, run);
  const auto series = must(store->read(run.id, kEverything));
  ASSERT_THAT(series, SizeIs(2));
  EXPECT_EQ(series[0].series.id.name, "load.errors");
  EXPECT_EQ(series[1].probe, "load/basic");
  ASSERT_THAT(series[1].observations, SizeIs(2));
  EXPECT_EQ(series[1].observations[1].slice_start, 101);
  EXPECT_EQ(std::get<base::Histogram>(series[1].observations[1].value).count(), 5u);
  EXPECT_THAT(must(store->read(run.id, Selector{.name = "load.latency"})), SizeIs(1));
  EXPECT_THAT(must(store->read(run.id, Selector{.name = "eval.**"})), IsEmpty());
  EXPECT_EQ(must(store->findings(run.id)).at(0).message, "<\x1b>");
  EXPECT_EQ(must(store->snapshot(run.id)), R"({"verdict":{}})");
}

TEST_F(StoreTest, FindsRunsByPrefixAndLatest) {
  auto store = open();
  EXPECT_EQ(store->run("latest").error().code, ErrorCode::not_found);
  for (const int number : {1, 2}) add_run(*store, make_run(number), make_series("a"), {1});
  EXPECT_EQ(must(store->run("latest")).id, make_run(2).id);
  EXPECT_EQ(must(store->run("2024100001")).id, make_run(1).id);
  EXPECT_EQ(store->run("2024").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(store->run("").error().code, ErrorCode::not_found);
  EXPECT_EQ(store->run("%").error().code, ErrorCode::not_found);
}

TEST_F(StoreTest, ListsRunsByFilterNewestFirst) {
  auto store = open();
  for (const int number : {3, 1, 2}) add_run(*store, make_run(number), make_series("a"), {1});
  auto other = make_run(4, "other");
  other.branch.reset();
  other.commit.reset();
  other.comparability = "ffff";
  add_run(*store, other, make_series("a"), {1});
  must(store->begin(make_run(5)));  // and abandoned
  EXPECT_THAT(ids(must(store->runs({}))), SizeIs(5));
  EXPECT_THAT(ids(must(store->runs({.project = "demo", .complete_only = true}))),
              ElementsAre(make_run(3).id, make_run(2).id, make_run(1).id));
  EXPECT_THAT(ids(must(store->runs({.project = "demo", .complete_only = true, .limit = 1}))),
              ElementsAre(make_run(3).id));
  EXPECT_THAT(ids(must(store->runs({.comparability = "ffff"}))), ElementsAre(other.id));
  EXPECT_THAT(ids(must(store->runs({.branch = "topic"}))), IsEmpty());
  EXPECT_THAT(ids(must(store->runs({.commits = std::vector{*make_run(2).commit, std::string("x")}}))),
              ElementsAre(make_run(2).id));
  EXPECT_THAT(ids(must(store->runs({.commits = std::vector<std::string>{}}))), IsEmpty());
}

TEST_F(StoreTest, FixesUnitAndDirectionOfASeriesWithinItsProject) {
  auto store = open();
  add_run(*store, make_run(1), make_series("a"), {1});
  auto bytes = make_series("a");
  bytes.unit = "bytes";
  auto higher = make_series("a");
  higher.better = Better::higher;
  auto writer = must(store->begin(make_run(2)));
  for (const auto& changed : {bytes, higher}) {
    const auto declared = writer->declare(changed, "p");
    ASSERT_FALSE(declared);
    EXPECT_EQ(declared.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(declared.error().message, HasSubstr("seconds"));
  }
  EXPECT_TRUE(writer->declare(make_series("a"), "p"));
  EXPECT_FALSE(writer->declare(make_series("a"), "another probe"));
  writer.reset();
  EXPECT_TRUE(must(store->begin(make_run(3, "other")))->declare(bytes, "p"));
}

TEST_F(StoreTest, RefusesMoreThanAThousandSeriesOfAProbe) {
  auto store = open();
  auto writer = must(store->begin(make_run(1)));
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(writer->declare(make_series("a", {{"i", std::to_string(i)}}), "p"));
  EXPECT_EQ(writer->declare(make_series("b"), "p").error().code, ErrorCode::too_large);
  EXPECT_TRUE(writer->declare(make_series("a", {{"i", "7"}}), "p"));
  EXPECT_TRUE(writer->declare(make_series("b"), "q"));
}

TEST_F(StoreTest, KeepsNothingOfABatchThatIsWrong) {
  auto store = open();
  auto writer = must(store->begin(make_run(1)));
  const auto handle = must(writer->declare(make_series("a"), "p"));
  EXPECT_FALSE(writer->append(std::vector{at(1, handle, 1.0), at(2, handle + 1, 1.0)}));
  EXPECT_FALSE(writer->append(std::vector{at(1, handle, 1.0), at(2, handle, model::Proportion{2, 1})}));
  EXPECT_FALSE(writer->append(std::vector{at(1, handle, 1.0), at(NAN, handle, 1.0)}));
  EXPECT_FALSE(
      writer->append_findings(std::vector{model::Finding{.rule = "r", .fingerprint = "f"}, {.rule = "r"}}));
  must(writer->append(std::vector{at(3, handle, 7.0)}));
  must(writer->finish(completed(make_run(1)), "{}"));
  const auto series = must(store->read("latest", kEverything));
  ASSERT_THAT(series.at(0).observations, SizeIs(1));
  EXPECT_EQ(std::get<double>(series[0].observations[0].value), 7.0);
  EXPECT_THAT(must(store->findings("latest")), IsEmpty());
  const auto history = must(store->history(kEverything, std::vector{make_run(1).id}));
  EXPECT_EQ(std::get<model::Samples>(history.at(0).value), model::Samples{7});
}

TEST_F(StoreTest, GivesHistoryByRunAsAskedThenBySeries) {
  auto store = open();
  for (const int number : {1, 2, 3}) {
    auto writer = must(store->begin(make_run(number)));
    const auto b = must(writer->declare(make_series("b"), "p"));
    const auto a = must(writer->declare(make_series("a"), "p"));
    must(
        writer->append(std::vector{at(1, b, number * 10.0), at(1, a, number * 1.0), at(2, a, number * 1.5)}));
    must(writer->finish(completed(make_run(number)), "{}"));
  }
  const auto history = must(store->history(kEverything, std::vector{make_run(3).id, make_run(1).id}));
  ASSERT_THAT(history, SizeIs(4));
  EXPECT_EQ(history[0].run, make_run(3).id);
  EXPECT_EQ(history[0].series.id.name, "a");
  EXPECT_EQ(std::get<model::Samples>(history[0].value), (model::Samples{3, 4.5}));
  EXPECT_EQ(history[1].series.id.name, "b");
  EXPECT_EQ(history[2].run, make_run(1).id);
  EXPECT_EQ(store->history(kEverything, std::vector<std::string>{"nobody"}).error().code,
            ErrorCode::not_found);
}

TEST_F(StoreTest, HistoryOfAnAbandonedRunIsThatOfItsSlices) {
  auto store = open();
  {
    auto writer = must(store->begin(make_run(1)));
    must(writer->append(std::vector{at(1, must(writer->declare(make_series("a"), "p")), 5.0)}));
  }
  EXPECT_EQ(must(store->run("latest")).state, RunState::aborted);
  const auto history = must(store->history(kEverything, std::vector{make_run(1).id}));
  EXPECT_EQ(std::get<model::Samples>(history.at(0).value), model::Samples{5});
  EXPECT_EQ(store->snapshot("latest").error().code, ErrorCode::not_found);
}

TEST_F(StoreTest, FinishedWritersWriteNoMore) {
  auto store = open();
  auto writer = must(store->begin(make_run(1)));
  const auto handle = must(writer->declare(make_series("a"), "p"));
  EXPECT_FALSE(writer->finish(make_run(1), "{}"));              // running
  EXPECT_FALSE(writer->finish(completed(make_run(2)), "{}"));   // another run
  EXPECT_FALSE(writer->finish(completed(make_run(1)), "{oh"));  // not JSON
  must(writer->finish(completed(make_run(1)), "{}"));
  EXPECT_FALSE(writer->append(std::vector{at(1, handle, 1.0)}));
  EXPECT_FALSE(writer->finish(completed(make_run(1)), "{}"));
  writer.reset();
  EXPECT_EQ(must(store->run("latest")).state, RunState::complete);
  EXPECT_EQ(store->begin(make_run(1)).error().code, ErrorCode::conflict);
}

TEST_F(StoreTest, HasOneWriterAndManyReaders) {
  auto first = open();
  auto second = open();
  auto reader = open({.read_only = true});
  auto writer = must(first->begin(make_run(1)));
  const auto refused = second->begin(make_run(2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr(path()));
  EXPECT_EQ(second->prune({}, day(500)).error().code, ErrorCode::conflict);
  EXPECT_EQ(second->forget("x").error().code, ErrorCode::conflict);
  EXPECT_EQ(reader->begin(make_run(2)).error().code, ErrorCode::permission);
  must(writer->append(std::vector{at(1, must(writer->declare(make_series("a"), "p")), 1.0)}));
  EXPECT_THAT(must(reader->read("latest", kEverything)), SizeIs(1));
  EXPECT_TRUE(second->accept({.project = "demo", .series = "a"}));
  must(writer->finish(completed(make_run(1)), "{}"));
  EXPECT_TRUE(second->begin(make_run(2)));
}

TEST_F(StoreTest, WriterOutlivesItsStore) {
  auto store = open();
  auto writer = must(store->begin(make_run(1)));
  store.reset();
  must(writer->append(std::vector{at(1, must(writer->declare(make_series("a"), "p")), 1.0)}));
  must(writer->finish(completed(make_run(1)), "{}"));
  writer.reset();
  EXPECT_THAT(must(open()->read("latest", kEverything)), SizeIs(1));
}

TEST_F(StoreTest, KeepsAcceptancesAndWaivers) {
  auto store = open();
  add_run(*store, make_run(1), make_series("a"), {1});
  const Acceptance acceptance{.project = "demo",
                              .series = "load.**",
                              .commit = "c",
                              .run = make_run(1).id,
                              .because = "new \"index\"",
                              .who = "ann",
                              .at = day(3),
                              .until = day(9)};
  must(store->accept(acceptance));
  must(store->accept({.project = "other", .series = "a", .at = day(4)}));
  EXPECT_THAT(must(store->acceptances("demo")), ElementsAre(acceptance));
  must(store->waive(make_run(1).id));
  EXPECT_TRUE(must(store->run("latest")).waived);
  EXPECT_EQ(store->waive("nobody").error().code, ErrorCode::not_found);
  EXPECT_EQ(open({.read_only = true})->waive("latest").error().code, ErrorCode::permission);
}

}  // namespace
}  // namespace plimsoll::evidence::testing
