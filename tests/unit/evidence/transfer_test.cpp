#include <cmath>
#include <limits>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/evidence/store_fixture.h"
#include "tests/unit/model/generators.h"

namespace plimsoll::evidence::testing {
namespace {

using base::ErrorCode;

std::string exported(EvidenceStore& store, const std::vector<std::string>& runs = {}) {
  std::ostringstream out;
  must(store.export_to(out, runs));
  return out.str();
}

base::Result<std::uint64_t> import(EvidenceStore& store, const std::string& text) {
  std::istringstream in(text);
  return store.import_from(in, "copy.jsonl");
}

class TransferTest : public StoreTest {
 protected:
  std::unique_ptr<EvidenceStore> open_copy() { return must(open_store(path("copy.db"))); }

  void fill(EvidenceStore& store) {
    auto run = make_run(1);
    auto writer = must(store.begin(run));
    const auto values = must(writer->declare(make_series("a", {{"k", "x,\"}"}}), "load/basic"));
    const auto counts = must(writer->declare({{"b", {}}, "ratio", Better::higher}, "eval/x"));
    base::Histogram histogram(std::vector<double>{0.2});
    histogram.record(0.1, 3);
    histogram.record_infinite();
    auto paired = at(5.25, values, 1.5);
    paired.block = -3;
    paired.base_side = true;
    paired.subject = "q€1";
    must(writer->append(std::vector{at(1, values, std::numeric_limits<double>::quiet_NaN()),
                                    at(2, values, -HUGE_VAL), at(3, counts, model::Proportion{1, 3}), paired,
                                    at(6, values, histogram),
                                    at(7, values, model::Samples{1, HUGE_VAL, -0.0, 5e-324})}));
    must(writer->append_findings(
        std::vector{model::Finding{.rule = "r", .fingerprint = "f", .message = "m"}}));
    run.probes = {{.kind = "load", .name = "basic", .config_digest = "d"}};
    must(writer->finish(completed(run), "{\"a\":\n \"\\u0041\" }"));
    add_run(store, make_run(2), make_series("a", {{"k", "x,\"}"}}), {1, 2},
            R"({"judgements":[{"evidence":["x"]}]})");
    must(store.begin(make_run(3)));
    must(store.accept({.project = "demo", .series = "a", .because = "b", .at = day(1)}));
  }
};

TEST_F(TransferTest, RoundTripsExactly) {
  auto store = open();
  fill(*store);
  const auto text = exported(*store);
  auto copy = open_copy();
  EXPECT_EQ(must(import(*copy, text)), 3u);
  EXPECT_EQ(exported(*copy), text);
  EXPECT_EQ(must(copy->runs({})), must(store->runs({})));
  EXPECT_EQ(must(copy->snapshot(make_run(1).id)), "{\"a\":\n \"\\u0041\" }");
  EXPECT_EQ(must(copy->findings(make_run(1).id)), must(store->findings(make_run(1).id)));
  EXPECT_EQ(must(copy->acceptances("demo")), must(store->acceptances("demo")));
  const auto original = must(store->read(make_run(1).id, kEverything));
  const auto read = must(copy->read(make_run(1).id, kEverything));
  ASSERT_EQ(read.size(), original.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].series, original[i].series);
    EXPECT_EQ(read[i].probe, original[i].probe);
    ASSERT_EQ(read[i].observations.size(), original[i].observations.size());
    for (std::size_t j = 0; j < read[i].observations.size(); ++j) {
      EXPECT_TRUE(model::testing::same(read[i].observations[j], original[i].observations[j]));
    }
  }
}

TEST_F(TransferTest, RoundTripsPrunedRuns) {
  auto store = open();
  fill(*store);
  must(store->prune({}, day(100)));
  const auto text = exported(*store);
  auto copy = open_copy();
  must(import(*copy, text));
  EXPECT_EQ(exported(*copy), text);
  EXPECT_EQ(must(copy->history(kEverything, std::vector{make_run(2).id})).size(), 1u);
}

TEST_F(TransferTest, KeepsWhatIsThereAndAddsWhatIsNot) {
  auto store = open();
  fill(*store);
  const auto text = exported(*store);
  EXPECT_EQ(must(import(*store, text)), 0u);
  EXPECT_EQ(exported(*store), text);
  auto copy = open_copy();
  EXPECT_EQ(must(import(*copy, exported(*store, {make_run(2).id}))), 1u);
  EXPECT_EQ(must(import(*copy, text)), 2u);
  EXPECT_EQ(must(import(*copy, text)), 0u);
  EXPECT_EQ(must(copy->acceptances("demo")).size(), 1u);
}

TEST_F(TransferTest, LeavesOutARunThatIsBeingWritten) {
  auto store = open();
  auto writer = must(store->begin(make_run(1)));
  EXPECT_THAT(exported(*store), ::testing::Not(::testing::HasSubstr(make_run(1).id)));
  std::ostringstream out;
  EXPECT_EQ(store->export_to(out, std::vector{make_run(1).id}).error().code, ErrorCode::conflict);
}

TEST_F(TransferTest, SaysWhenTheOutputFails) {
  auto store = open();
  fill(*store);
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(store->export_to(out, {}).error().code, ErrorCode::io);
}

TEST_F(TransferTest, OfACutFileKeepsTheWholeRunsAndNamesTheLine) {
  auto store = open();
  fill(*store);
  const auto text = exported(*store);
  const auto second = text.find(make_run(2).id);
  const auto cut = text.find("\"observe\"", second);
  auto copy = open_copy();
  const auto imported = import(*copy, text.substr(0, text.rfind('\n', cut) + 1));
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, ErrorCode::corrupt);
  ASSERT_TRUE(imported.error().place);
  EXPECT_EQ(imported.error().place->file, "copy.jsonl");
  EXPECT_GT(imported.error().place->line, 5);
  EXPECT_EQ(must(copy->runs({})).size(), 1u);
  EXPECT_EQ(must(import(*copy, text)), 2u);
  EXPECT_EQ(exported(*copy), text);
}

TEST_F(TransferTest, RefusesWhatIsNotAnExport) {
  auto store = open();
  const std::string header = "{\"plimsoll\":\"store\",\"version\":1}\n";
  const std::string run =
      R"({"run":{"id":"r","project":"p","started":"2026-01-01T00:00:00Z","state":"complete"},"pruned":false})"
      "\n";
  EXPECT_EQ(import(*store, "{\"plimsoll\":\"store\",\"version\":2}\n").error().code, ErrorCode::unsupported);
  for (const auto& text :
       std::vector<std::string>{"", "hello", "{}", "{\"plimsoll\":\"check\",\"version\":1}", header + "[]",
                                header + "{\"observe\":{}}", header + "{\"run\":{}}", header + run,
                                header + run + run, header + run + "{\"end\":\"q\"}",
                                header + run + "{\"observe\":{\"series\":0,\"at\":1,\"scalar\":1}}",
                                header + run + R"({"series":{"id":0,"probe":"p","name":"A","unit":"s"}})",
                                header + run + R"({"finding":{"rule":"r"}})", header + run + "{\"what\":1}",
                                header + run + "{\"snapshot\":\"{oh\"}\n{\"end\":\"r\"}",
                                header + "{\"acceptance\":{\"series\":1}}"}) {
    const auto imported = import(*store, text);
    ASSERT_FALSE(imported) << text;
    EXPECT_EQ(imported.error().code, ErrorCode::corrupt) << text;
    EXPECT_EQ(imported.error().place->file, "copy.jsonl");
  }
  EXPECT_TRUE(must(store->runs({})).empty());
}

TEST_F(TransferTest, RefusesASeriesWhoseUnitDiffers) {
  auto store = open();
  fill(*store);
  auto copy = open_copy();
  auto other = make_series("a", {{"k", "x,\"}"}});
  other.unit = "bytes";
  add_run(*copy, make_run(9), other, {1});
  EXPECT_FALSE(import(*copy, exported(*store)));
  EXPECT_EQ(must(copy->runs({})).size(), 1u);
}

}  // namespace
}  // namespace plimsoll::evidence::testing
