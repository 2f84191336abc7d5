// The store against a model in memory: random batches, reopened at random, read in every way.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "plimsoll/evidence/summary.h"
#include "tests/unit/evidence/store_fixture.h"
#include "tests/unit/model/generators.h"

namespace plimsoll::evidence::testing {
namespace {

using model::testing::any_observation;
using model::testing::same;

constexpr model::SeriesHandle kSeries = 5;

struct Expected {
  Run run;
  bool written = false;  // series become durable with the first batch or the end
  std::map<std::string, std::vector<Observation>> observations;  // by series
};

std::string series_name(model::SeriesHandle series) {
  return "s" + std::to_string(series);
}

Expected write_run(EvidenceStore& store, int number) {
  Expected expected{.run = make_run(number)};
  auto writer = must(store.begin(expected.run));
  // Handles differ from run to run.
  const auto offset = *rc::gen::inRange<model::SeriesHandle>(0, kSeries);
  std::vector<std::string> names;
  for (model::SeriesHandle i = 0; i < kSeries; ++i) {
    names.push_back(series_name((i + offset) % kSeries));
    must(writer->declare(make_series(names.back()), "p"));
    expected.observations[names.back()];
  }
  for (int batches = *rc::gen::inRange(0, 4); batches > 0; --batches) {
    const auto batch =
        *rc::gen::resize(20, rc::gen::container<std::vector<Observation>>(any_observation(kSeries)));
    must(writer->append(batch));
    expected.written |= !batch.empty();
    for (const auto& one : batch) expected.observations[names[one.series]].push_back(one);
  }
  if (*rc::gen::arbitrary<bool>()) {
    must(writer->finish(completed(expected.run), "{}"));
    expected.written = true;
  }
  return expected;
}

void check_read(EvidenceStore& store, const Expected& expected) {
  const auto all = must(store.read(expected.run.id, kEverything));
  RC_ASSERT(all.size() == (expected.written ? kSeries : 0));
  if (!expected.written) return;
  for (const auto& data : all) {
    const auto& wanted = expected.observations.at(data.series.id.name);
    RC_ASSERT(std::ranges::equal(data.observations, wanted,
                                 [](const auto& a, const auto& b) { return same(a, b); }));
  }
  const auto one = must(store.read(expected.run.id, Selector{.name = "s3"}));
  RC_ASSERT(one.size() == 1u);
  RC_ASSERT(one[0].observations.size() == expected.observations.at("s3").size());
}

void check_history(EvidenceStore& store, const Expected& expected) {
  const auto values = must(store.history(kEverything, std::vector{expected.run.id}));
  std::size_t found = 0;
  for (const auto& [name, observations] : expected.observations) {
    Summary summary;
    for (const auto& one : observations) summary.add(one);
    const auto merged = summary.observations(0);
    if (merged.empty() || merged.front().base_side) continue;
    RC_ASSERT(found < values.size());
    RC_ASSERT(values[found].series.id.name == name);
    RC_ASSERT(same(values[found].value, merged.front().value));
    ++found;
  }
  RC_ASSERT(values.size() == found);
}

RC_GTEST_FIXTURE_PROP(StoreTest, AgreesWithTheModel, ()) {
  auto store = open();
  std::vector<Expected> runs;
  for (int number = *rc::gen::inRange(1, 4); number > 0; --number) {
    runs.push_back(write_run(*store, number));
    if (*rc::gen::arbitrary<bool>()) store = open();
  }
  RC_ASSERT(must(store->runs({})).size() == runs.size());
  for (const auto& run : runs) {
    check_read(*store, run);
    check_history(*store, run);
  }
}

}  // namespace
}  // namespace plimsoll::evidence::testing
