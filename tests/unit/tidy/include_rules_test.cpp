#include "include_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planted_tree.h"

namespace tidy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<SourceFile> project() {
  return read_sources(PLIMSOLL_SOURCE_DIR, {"lib", "plimsoll", "apps"});
}

TEST(Project, IsReadAsAWhole) {
  EXPECT_GT(project().size(), 50U);
}

TEST(Project, CrossesNoLineBetweenRooms) {
  const auto found = crossed_rooms(project());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

TEST(Project, KeepsHeavyHeadersInSources) {
  const auto found = heavy_headers(project());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

TEST(Project, KeepsJudgesAndStatisticsPure) {
  const auto found = impure_rooms(project());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

TEST(Project, HasNoCircleOfIncludes) {
  const auto found = include_cycles(project());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

struct Line {
  const char* file;
  const char* included;
};

void PrintTo(const Line& line, std::ostream* out) {
  *out << line.file << " includes " << line.included;
}

class CrossedLine : public testing::TestWithParam<Line> {};

TEST_P(CrossedLine, IsFound) {
  PlantedTree tree;
  tree.plant_include(GetParam().file, GetParam().included);
  const auto found = crossed_rooms(tree.sources());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].file, GetParam().file);
  EXPECT_EQ(found[0].line, 2);
  EXPECT_THAT(found[0].message, HasSubstr(GetParam().included));
}

INSTANTIATE_TEST_SUITE_P(
    Planted, CrossedLine,
    testing::Values(Line{"lib/base/a.h", "plimsoll/model/run.h"},
                    Line{"lib/net/a.h", "apps/memory_api/api/b.h"}, Line{"lib/base/a.h", "net/url.h"},
                    Line{"lib/net/a.h", "telemetry/log.h"}, Line{"lib/telemetry/a.h", "net/url.h"},
                    Line{"lib/embedding/a.h", "telemetry/log.h"}, Line{"lib/misc/a.h", "base/text.h"},
                    Line{"lib/base/a.h", "../net/url.h"},
                    Line{"plimsoll/model/a.h", "apps/memory_api/memory/memory.h"},
                    Line{"apps/memory_api/api/a.h", "plimsoll/model/run.h"},
                    Line{"apps/memory_api/api/a.h", "apps/other/api/b.h"},
                    Line{"plimsoll/model/a.h", "plimsoll/stats/intervals.h"},
                    Line{"plimsoll/stats/a.h", "plimsoll/model/run.h"},
                    Line{"plimsoll/plan/a.h", "plimsoll/judges/judge.h"},
                    Line{"plimsoll/evidence/a.h", "plimsoll/plan/plan.h"},
                    Line{"plimsoll/formats/a.h", "plimsoll/evidence/store.h"},
                    Line{"plimsoll/judges/a.h", "plimsoll/report/html.h"},
                    Line{"plimsoll/judges/a.cpp", "../report/html.h"},
                    Line{"plimsoll/report/a.h", "plimsoll/judges/judge.h"},
                    Line{"plimsoll/traffic/a.h", "plimsoll/plan/plan.h"},
                    Line{"plimsoll/probes/load/a.h", "plimsoll/judges/judge.h"},
                    Line{"plimsoll/probes/load/a.h", "plimsoll/evidence/store.h"},
                    Line{"plimsoll/probes/load/a.h", "plimsoll/probes/bench/repeat.h"},
                    Line{"plimsoll/probes/stream.h", "plimsoll/probes/bench/repeat.h"},
                    Line{"plimsoll/release/a.h", "plimsoll/report/html.h"},
                    Line{"plimsoll/release/a.h", "plimsoll/pipeline/check.h"},
                    Line{"plimsoll/pipeline/a.h", "plimsoll/cli/command.h"},
                    Line{"plimsoll/pipeline/a.h", "plimsoll/web/server.h"},
                    Line{"plimsoll/cli/a.h", "apps/memory_api/api/b.h"},
                    Line{"plimsoll/extras/a.h", "plimsoll/model/run.h"}));

class FreeLine : public testing::TestWithParam<Line> {};

TEST_P(FreeLine, IsLeftAlone) {
  PlantedTree tree;
  tree.plant_include(GetParam().file, GetParam().included);
  const auto found = crossed_rooms(tree.sources());
  EXPECT_THAT(found, IsEmpty()) << to_string(found);
}

INSTANTIATE_TEST_SUITE_P(
    Planted, FreeLine,
    testing::Values(Line{"lib/base/a.h", "base/error.h"}, Line{"lib/base/a.h", "error.h"},
                    Line{"lib/net/a.h", "base/error.h"}, Line{"lib/net/a.h", "openssl/evp.h"},
                    Line{"plimsoll/model/a.h", "base/histogram.h"},
                    Line{"plimsoll/judges/a.h", "plimsoll/stats/intervals.h"},
                    Line{"plimsoll/probes/load/a.h", "plimsoll/probes/probe.h"},
                    Line{"plimsoll/probes/load/a.h", "plimsoll/probes/load/b.h"},
                    Line{"plimsoll/probes/load/a.h", "plimsoll/traffic/engine/engine.h"},
                    Line{"plimsoll/probes/catalogue.cpp", "plimsoll/probes/load/load_probe.h"},
                    Line{"plimsoll/release/a.h", "plimsoll/judges/judge.h"},
                    Line{"plimsoll/pipeline/a.h", "plimsoll/release/gate.h"},
                    Line{"plimsoll/cli/a.h", "plimsoll/web/server.h"},
                    Line{"apps/memory_api/api/a.h", "apps/memory_api/memory/memory.h"},
                    Line{"apps/memory_api/api/a.h", "telemetry/log.h"}));

TEST(CrossedRooms, SeesThroughSpacesAndAngleBrackets) {
  PlantedTree tree;
  tree.plant("lib/base/a.cpp", "  #  include <plimsoll/model/run.h> // why\n");
  EXPECT_THAT(crossed_rooms(tree.sources()), SizeIs(1));
}

TEST(HeavyHeaders, AreFoundInHeadersOutsideLib) {
  for (const auto* heavy :
       {"boost/asio/awaitable.hpp", "boost/asio.hpp", "boost/beast/http.hpp", "nlohmann/json.hpp",
        "nlohmann/adl_serializer.hpp", "yaml-cpp/yaml.h", "sqlite3.h", "CLI/CLI.hpp"}) {
    PlantedTree tree;
    tree.plant_include("plimsoll/cli/a.h", heavy);
    tree.plant_include("plimsoll/cli/a.cpp", heavy);
    tree.plant_include("lib/net/a.h", heavy);
    const auto found = heavy_headers(tree.sources());
    ASSERT_THAT(found, SizeIs(1)) << heavy;
    EXPECT_EQ(found[0].file, "plimsoll/cli/a.h");
  }
}

TEST(HeavyHeaders, LeaveTheForwardHeaderAlone) {
  PlantedTree tree;
  tree.plant_include("plimsoll/model/a.h", "nlohmann/json_fwd.hpp");
  EXPECT_THAT(heavy_headers(tree.sources()), IsEmpty());
}

TEST(ImpureRooms, AreFound) {
  PlantedTree tree;
  tree.plant_include("plimsoll/judges/a.cpp", "fstream");
  tree.plant_include("plimsoll/stats/a.cpp", "base/file.h");
  tree.plant_include("plimsoll/evidence/a.cpp", "fstream");
  EXPECT_THAT(impure_rooms(tree.sources()), SizeIs(2));
}

TEST(IncludeCycles, AreFoundAndNamed) {
  PlantedTree tree;
  tree.plant_include("lib/base/a.h", "base/b.h");
  tree.plant_include("lib/base/b.h", "c.h");
  tree.plant_include("lib/base/c.h", "base/a.h");
  const auto found = include_cycles(tree.sources());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, HasSubstr("lib/base/a.h -> lib/base/b.h -> lib/base/c.h -> lib/base/a.h"));
}

TEST(IncludeCycles, SeeAFileThatIncludesItself) {
  PlantedTree tree;
  tree.plant_include("lib/base/a.h", "base/a.h");
  EXPECT_THAT(include_cycles(tree.sources()), SizeIs(1));
}

TEST(IncludeCycles, LeaveADiamondAlone) {
  PlantedTree tree;
  tree.plant("lib/base/a.h", "#include \"base/b.h\"\n#include \"base/c.h\"\n");
  tree.plant_include("lib/base/b.h", "base/d.h");
  tree.plant_include("lib/base/c.h", "base/d.h");
  tree.plant("lib/base/d.h", "");
  EXPECT_THAT(include_cycles(tree.sources()), IsEmpty());
}

}  // namespace
}  // namespace tidy
