#include "plimsoll/model/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "verdict_generators.h"

namespace plimsoll::model {
namespace {

using ::testing::HasSubstr;

base::Result<Snapshot> read_back(const Snapshot& snapshot) {
  BASE_ASSIGN(const base::Json json, base::parse_json(base::dump(to_json(snapshot)), "test"));
  return snapshot_from_json(json);
}

RC_GTEST_PROP(Snapshot, JsonReadsBackAndIsWrittenTheSame, ()) {
  const Snapshot snapshot = *testing::any_snapshot();
  const auto read = read_back(snapshot);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->timelines == snapshot.timelines);
  RC_ASSERT(read->loads == snapshot.loads);
  RC_ASSERT(read->histories == snapshot.histories);
  RC_ASSERT(read->facts == snapshot.facts);
  RC_ASSERT(read->log_tail == snapshot.log_tail);
  RC_ASSERT(base::dump(to_json(*read)) == base::dump(to_json(snapshot)));
}

TEST(Snapshot, OfNothingReadsBack) {
  const auto read = read_back({});
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_TRUE(read->timelines.empty());
}

TEST(Snapshot, KeepsPercentilesThatFailuresReach) {
  Snapshot snapshot;
  snapshot.timelines = {{"load.latency", "seconds", {{0, 10, 0.1, 0.2, HUGE_VAL}, {1, 0, {}, {}, {}}}}};
  const auto read = read_back(snapshot);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->timelines, snapshot.timelines);
}

TEST(Snapshot, BrokenJsonIsNamed) {
  const auto complaint = [](std::string_view key, const base::Json& value) {
    base::Json json = to_json(Snapshot{});
    json[std::string(key)] = value;
    const auto read = snapshot_from_json(json);
    return read ? std::string("accepted") : read.error().message;
  };
  EXPECT_THAT(complaint("timelines", nullptr), HasSubstr("timelines: expected a list"));
  EXPECT_THAT(complaint("timelines", {{{"series", "s"}, {"unit", "u"}, {"points", {3}}}}),
              HasSubstr("timeline point: expected an object"));
  EXPECT_THAT(complaint("histories", {{{"rule", "r"}}}), HasSubstr("series"));
  EXPECT_THAT(complaint("facts", {1}), HasSubstr("name"));
  EXPECT_THAT(complaint("log_tail", {1}), HasSubstr("log_tail"));
  EXPECT_THAT(complaint("verdict", nullptr), HasSubstr("verdict"));
}

// A report reads the point before a level: of two that begin at the first one there is none.
TEST(Snapshot, LevelsBeginEachAtAPointOfItsOwn) {
  const auto is_read = [](std::size_t first, std::size_t second) {
    Snapshot snapshot;
    snapshot.histories.push_back({.rule = "r", .series = "s", .unit = "seconds"});
    snapshot.histories[0].points = {{"a", "", 1, 1}, {"b", "", 2, 1}, {"c", "", 3, 1}};
    snapshot.histories[0].levels = {{.first = first}, {.first = second}};
    return read_back(snapshot).has_value();
  };
  EXPECT_TRUE(is_read(0, 2));
  EXPECT_FALSE(is_read(0, 0));
  EXPECT_FALSE(is_read(2, 2));
  EXPECT_FALSE(is_read(2, 1));
  EXPECT_FALSE(is_read(0, 3));
}

}  // namespace
}  // namespace plimsoll::model
