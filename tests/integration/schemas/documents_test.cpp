// What --json prints is what docs/schemas/ says.
#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/check/project.h"
#include "tests/support/json_schema.h"

namespace plimsoll::testing {
namespace {

using ::testing::IsEmpty;

const SchemaFolder& schemas() {
  static const SchemaFolder folder = Project::must(SchemaFolder::open(PLIMSOLL_SOURCE_DIR "/docs/schemas"));
  return folder;
}

std::string data(const std::string& name) {
  return PLIMSOLL_SOURCE_DIR "/tests/unit/formats/data/" + name;
}

// The command's document is of that kind and as its schema says.
void expect_document(const Outcome& outcome, const std::string& kind) {
  const base::Json document = outcome.json();
  ASSERT_TRUE(document.is_object()) << kind << ": " << outcome.error;
  EXPECT_EQ(document.value("plimsoll", ""), kind) << outcome.error;
  EXPECT_THAT(schemas().problems(document, kind), IsEmpty()) << outcome.output;
}

const std::string plan = R"(probes: {bench: [{run: "true", name: nothing, repeats: 2}], import: [junit.xml]}
rules: [bench.wall_time p95 < 10s, tests.failures = 0, import.findings none]
)";

class Documents : public ::testing::Test {
 protected:
  Documents() : project_(plan) {
    project_.write("junit.xml", Project::must(base::read_file(data("junit_pytest.xml"))));
  }

  Outcome run(std::vector<std::string> words) const {
    words.insert(std::ranges::find(words, "--"), "--json");  // what follows is another program's
    return project_.run(std::move(words));
  }

  Project project_;
};

TEST_F(Documents, EverySchemaSaysOnlyWhatIsChecked) {
  EXPECT_GE(schemas().names().size(), 15U);
  for (const std::string& name : schemas().names()) EXPECT_THAT(schemas().unknown_words(name), IsEmpty());
  EXPECT_THAT(schemas().unknown_words("common"), IsEmpty());
}

TEST_F(Documents, AWrongDocumentHasProblems) {
  base::Json document = run({"import", data("hyperfine.json")}).json();
  ASSERT_THAT(schemas().problems(document, "import"), IsEmpty());
  document["version"] = 2;
  document["files"][0]["series"][0]["p95"] = "12";
  document.erase("run");
  EXPECT_EQ(schemas().problems(document, "import").size(), 3U);
}

TEST_F(Documents, OfCheckAndReport) {
  expect_document(run({"check", "--store", "e.db"}), "check");
  expect_document(run({"report", "--store", "e.db"}), "check");
}

TEST_F(Documents, OfADryRun) {
  expect_document(run({"check", "--dry-run"}), "check.dry_run");
}

TEST_F(Documents, OfImport) {
  expect_document(
      run({"import", data("junit_pytest.xml"), data("hyperfine_failed.json"), data("autocannon.json")}),
      "import");
}

TEST_F(Documents, OfBench) {
  expect_document(run({"bench", "compare", data("hyperfine.json"), data("hyperfine.json")}), "bench.compare");
  expect_document(run({"bench", "run", "--repeats", "2", "--", "true"}), "bench.run");
}

TEST_F(Documents, OfHistories) {
  std::string rows = "time,commit,parse_ms,rate_per_second\n";
  for (int i = 0; i < 40; ++i) {
    const double level = (i < 30 ? 1.0 : 1.5) * (1 + 0.01 * (i * 7 % 5));
    rows += std::to_string(1'700'000'000 + i * 3600) + ",c" + std::to_string(i) + "," +
            std::to_string(level) + "," + std::to_string(100 / level) + "\n";
  }
  project_.write("history.csv", rows);
  expect_document(run({"bench", "changes", "history.csv"}), "bench.changes");
  expect_document(run({"bench", "gate", "history.csv"}), "bench.gate");
}

TEST_F(Documents, OfLoad) {
  expect_document(run({"load", "http://127.0.0.1:9/", "-n", "3", "-c", "1"}), "load");
}

TEST_F(Documents, OfTheStore) {
  ASSERT_TRUE(run({"import", data("hyperfine.json"), "--run", "a", "--store", "e.db"}).exit.code == 0);
  expect_document(run({"store", "export", "e.jsonl", "--store", "e.db"}), "store.export");
  expect_document(run({"store", "import", "e.jsonl", "--store", "f.db"}), "store.import");
  expect_document(run({"store", "push", "kept", "--store", "e.db"}), "store.push");
  expect_document(run({"store", "pull", "kept", "--store", "g.db"}), "store.pull");
  expect_document(run({"store", "prune", "--store", "e.db"}), "store.prune");
  expect_document(run({"store", "forget", "--match", "nobody", "--store", "e.db"}), "store.forget");
}

TEST_F(Documents, OfInit) {
  std::filesystem::remove(project_.path() / "plimsoll.yaml");
  project_.write("openapi.json",
                 R"({"openapi":"3.1.0","info":{"title":"t","version":"1"},)"
                 R"("paths":{"/health":{"get":{"responses":{"200":{"description":"fine"}}}}}})");
  expect_document(run({"init"}), "init");
}

TEST_F(Documents, OfWhatWentWrong) {
  expect_document(run({"import", "nowhere.json"}), "error");
  expect_document(run({"bench", "compare", "nowhere.json", "neither.json"}), "error");
}

}  // namespace
}  // namespace plimsoll::testing
