#include "plimsoll/plan/init_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/yaml.h"
#include "plimsoll/plan/detect/benchmarks.h"
#include "plimsoll/plan/detect/cmake_commands.h"
#include "plimsoll/plan/detect/google_benchmark.h"
#include "plimsoll/plan/detect/openapi.h"
#include "plimsoll/plan/detect/pytest_benchmark.h"
#include "plimsoll/plan/detect/pytest_suite.h"
#include "plimsoll/plan/detect/repository.h"
#include "plimsoll/plan/read_plan.h"
#include "test_kinds.h"

namespace plimsoll::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class InitPlanTest : public testing::Test {
 protected:
  void write(const std::string& name, std::string_view content, unsigned mode = 0644) {
    const auto file = root() / name;
    ASSERT_TRUE(base::system_files().create_folders(file.parent_path()).has_value());
    ASSERT_TRUE(base::system_files().write_atomically(file, content, mode).has_value());
  }
  std::filesystem::path root() const { return folder_.path(); }

  static std::vector<ProbeKind> detecting_kinds() {
    auto kinds = test_kinds();
    kinds[0].detect = detect::openapi;
    kinds[1].detect = detect::benchmarks;
    kinds[4].detect = detect::pytest_results;
    return kinds;
  }

  std::string init() {
    const auto text = init_plan(root(), detecting_kinds());
    return text ? *text : base::to_string(text.error());
  }
  Plan read(const std::string& text) {
    auto plan = read_plan_text(text, root() / "plimsoll.yaml", test_kinds(), test_options());
    EXPECT_TRUE(plan.has_value()) << text << (plan ? "" : base::to_string(plan.error()));
    return plan.value_or(Plan{});
  }

 private:
  base::TemporaryFolder folder_ = base::TemporaryFolder::create("repository").value();
};

constexpr std::string_view python_benchmark = "def test_sort(benchmark):\n    benchmark(sorted, [3, 1, 2])\n";

TEST_F(InitPlanTest, FindsPytestBenchmark) {
  write("pyproject.toml", "[project.optional-dependencies]\ntest = [\"pytest\", \"pytest-benchmark>=4\"]\n");
  write("tests/test_sort.py", python_benchmark);
  write("tests/test_plain.py", "def test_plain():\n    assert True\n");
  write(".venv/lib/test_other.py", python_benchmark);
  const auto text = init();
  EXPECT_THAT(text, HasSubstr("# pyproject.toml names pytest-benchmark"));
  const auto plan = read(text);
  ASSERT_EQ(plan.probes.size(), 1u);
  EXPECT_EQ(plan.probes[0].config->at("run"),
            (base::Json{"python3", "-m", "pytest", "--benchmark-only",
                        "--benchmark-json={workdir}/pytest_benchmark.json", "tests/test_sort.py"}));
  EXPECT_EQ(plan.probes[0].config->at("output"), "{workdir}/pytest_benchmark.json");
  EXPECT_EQ(plan.probes[0].config->at("format"), "pytest-benchmark");
  ASSERT_EQ(plan.rules.size(), 1u);
  EXPECT_EQ(plan.rules[0].text, "bench.** regression warn 10% fail 20%");
}

TEST_F(InitPlanTest, SeesTheFixtureAmongOtherParameters) {
  write("requirements-dev.txt", "pytest\n");
  write("test_a.py", "def test_a(tmp_path,\n           benchmark: Any):\n    pass\n");
  write("test_b.py", "def test_b(benchmarks, my_benchmark):\n    pass\n");
  const auto found = detect::pytest_benchmark(root());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].because, "test_a.py uses the benchmark fixture");
  EXPECT_THAT(found[0].entry, Not(HasSubstr("test_b.py")));
}

TEST_F(InitPlanTest, UsesTheRepositorysOwnInterpreterAndQuotesNames) {
  write(".venv/bin/python", "", 0755);
  write("some tests/test_a.py", python_benchmark);
  const auto plan = read(init());
  EXPECT_EQ(plan.probes.at(0).config->at("run").at(0), ".venv/bin/python");
  EXPECT_EQ(plan.probes.at(0).config->at("run").back(), "some tests/test_a.py");
}

TEST_F(InitPlanTest, TimesAPytestSuiteWithoutBenchmarks) {
  write("tests/conftest.py", "");
  write("tests/test_a.py", "def test_a():\n    pass\n");
  const auto text = init();
  EXPECT_THAT(text, HasSubstr("# there is tests/conftest.py"));
  const auto plan = read(text);
  EXPECT_EQ(plan.probes.at(0).config->at("run"),
            (base::Json{"python3", "-m", "pytest", "-q", "--junitxml={workdir}/junit.xml"}));
  EXPECT_EQ(plan.probes.at(1).kind, "import");
  EXPECT_EQ(plan.probes.at(1).config->at("file"), "{workdir}/junit.xml");
  EXPECT_EQ(plan.rules.at(0).text, "bench.wall_time regression warn 10% fail 20%");
  EXPECT_EQ(plan.rules.at(1).text, "import.findings none");
}

TEST_F(InitPlanTest, LeavesOutFilesThatNoCommandCanName) {
  write("tests/test_{port.py", python_benchmark);
  write("tests/test_a'b.py", python_benchmark);
  EXPECT_THAT(detect::pytest_benchmark(root()), IsEmpty());
}

TEST_F(InitPlanTest, ManyBenchmarkFilesAreLeftToPytest) {
  for (int i = 0; i < 12; ++i) write("tests/test_" + std::to_string(i) + ".py", python_benchmark);
  EXPECT_EQ(read(init()).probes.at(0).config->at("run").size(), 5u);
}

constexpr std::string_view cmake_root = R"(cmake_minimum_required(VERSION 3.20)
project(sorter CXX)  # the project
find_package(benchmark REQUIRED)
add_executable(${PROJECT_NAME} main.cpp)
add_subdirectory(bench)
)";
constexpr std::string_view cmake_bench = R"(add_executable(sort_bench EXCLUDE_FROM_ALL
  sort.cpp # comment )
)
add_executable(helper helper.cpp)
target_link_libraries(helper PRIVATE fmt)
target_link_libraries(sort_bench PRIVATE "benchmark::benchmark" sorter)
set(NAME search_bench)
add_executable(${NAME} search.cpp)
Target_Link_Libraries(${NAME} benchmark)
)";

TEST_F(InitPlanTest, FindsGoogleBenchmarkAndBuildsWhatIsNotBuilt) {
  write("CMakeLists.txt", cmake_root);
  write("bench/CMakeLists.txt", cmake_bench);
  write("build/bench/search_bench", "#!/bin/sh\n", 0755);
  const auto plan = read(init());
  ASSERT_EQ(plan.probes.size(), 2u);
  EXPECT_EQ(plan.probes[0].name, "sort_bench");
  const auto& run = plan.probes[0].config->at("run");
  ASSERT_EQ(run.size(), 4u);
  EXPECT_EQ(run[0], "sh");
  EXPECT_THAT(run[2].get<std::string>(), HasSubstr("--target sort_bench"));
  EXPECT_THAT(run[2].get<std::string>(), HasSubstr("exec build/bench/sort_bench \"$@\""));
  EXPECT_EQ(plan.probes[1].config->at("run"), (base::Json{"build/bench/search_bench"}));
  EXPECT_EQ(plan.probes[1].config->at("format"), "google-benchmark");
}

TEST_F(InitPlanTest, FollowsTheOutputFolder) {
  write("CMakeLists.txt",
        "set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)\nadd_executable(b b.cpp)\n"
        "target_link_libraries(b benchmark::benchmark_main)\n");
  const auto plan = read(init());
  EXPECT_THAT(plan.probes.at(0).config->at("run")[2].get<std::string>(), HasSubstr("exec build/bin/b "));
}

TEST_F(InitPlanTest, LeavesOutProgramsThatOnlyCmakeCanName) {
  write("CMakeLists.txt",
        "foreach(name a b)\nadd_executable(${name} x.cpp)\ntarget_link_libraries(${name} "
        "benchmark::benchmark)\n"
        "endforeach()\n");
  EXPECT_THAT(detect::google_benchmark(root()), IsEmpty());
}

TEST(CmakeCommands, ReadsArguments) {
  const auto all = detect::cmake_commands("# c\nset(A \"b ) \\\"c\" d;e (f))\nbroken text\nIF(X)\nset(");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_THAT(all[0].arguments, ElementsAre("A", "b ) \"c", "d", "e", "f"));
  EXPECT_EQ(all[1].name, "if");
  EXPECT_EQ(all[2].name, "set");
}

constexpr std::string_view openapi_document = R"(openapi: 3.0.3
info: {title: shop, version: "1"}
servers: [{url: "https://shop.example/api/"}]
components:
  parameters:
    Tenant: {name: tenant, in: query, required: true, schema: {type: string}}
    Page: {name: page, in: query, schema: {type: integer}}
paths:
  /items:
    get: {parameters: [{$ref: "#/components/parameters/Page"}], responses: {"200": {description: ok}}}
    post: {responses: {"201": {description: made}}}
  /items/{id}: {get: {responses: {}}}
  /orders: {get: {parameters: [{$ref: "#/components/parameters/Tenant"}]}}
  /carts: {parameters: [{name: X, in: header, required: true}], get: {}}
  /old: {get: {deprecated: true}}
  /admin: {get: {security: [{key: []}]}}
  /health: {get: {responses: {}}}
)";

TEST_F(InitPlanTest, FindsGetPathsOfAnOpenApiDocument) {
  write("docs/openapi.yaml", openapi_document);
  const auto text = init();
  const auto plan = read(text);
  std::vector<std::string> urls;
  for (const auto& probe : plan.probes) urls.push_back(probe.config->at("url"));
  EXPECT_THAT(urls, ElementsAre("http://127.0.0.1:8080/api/health", "http://127.0.0.1:8080/api/items"));
  ASSERT_TRUE(plan.service.has_value());
  EXPECT_EQ(plan.service->url, "http://127.0.0.1:8080");
  EXPECT_EQ(plan.service->ready, "/api/health");
  EXPECT_THAT(text, HasSubstr("start: ./my_service --port {port}"));
  EXPECT_EQ(plan.rules.size(), 3u);
}

TEST_F(InitPlanTest, ReadsOpenApiAsJsonAndAServerOnThisMachine) {
  write("openapi.json", R"({"openapi": "3.1.0", "servers": [{"url": "http://localhost:9000"}],
                            "security": [{"token": []}], "paths": {"/v1/list": {"get": {}}}})");
  const auto text = init();
  const auto plan = read(text);
  EXPECT_EQ(plan.probes.at(0).config->at("url"), "http://localhost:9000/v1/list");
  EXPECT_EQ(plan.service->url, "http://localhost:9000");
  EXPECT_THAT(text, HasSubstr("ask for credentials"));
}

TEST_F(InitPlanTest, ReadsSwaggerAndSkipsBrokenDocuments) {
  write("api/openapi.yaml", "paths: [broken");
  write("openapi.yml", "{}");
  write("swagger.yaml", "swagger: '2.0'\nbasePath: /v2\npaths: {/pets: {get: {}}}\n");
  EXPECT_EQ(read(init()).probes.at(0).config->at("url"), "http://127.0.0.1:8080/v2/pets");
}

TEST_F(InitPlanTest, ManyPathsAreCutToFive) {
  std::string text = "paths:\n";
  for (int i = 0; i < 9; ++i) text += "  /p" + std::to_string(i) + ": {get: {}}\n";
  write("openapi.yaml", text);
  EXPECT_EQ(read(init()).probes.size(), 5u);
}

TEST_F(InitPlanTest, PathsThatLookAlikeGetNamesOfTheirOwn) {
  write("openapi.yaml", "paths:\n  /: {get: {}}\n  /a/b: {get: {}}\n  /a_b/: {get: {}}\n");
  std::vector<std::string> names;
  for (const auto& probe : read(init()).probes) names.push_back(probe.name);
  EXPECT_THAT(names, ElementsAre("root", "a_b", "a_b_2"));
}

TEST_F(InitPlanTest, HostileNamesStayText) {
  write("openapi.yaml", "paths:\n  '/a: b, {c}': {get: {}}\n  \"/x'y%20\": {get: {}}\n  '/a b': {get: {}}\n");
  write("# x: y/test_a.py", python_benchmark);
  const auto plan = read(init());
  ASSERT_EQ(plan.probes.size(), 2u);
  EXPECT_EQ(plan.probes[0].name, "x_y_20");
}

TEST_F(InitPlanTest, NothingFoundIsAnErrorThatSaysWhatIsKnown) {
  const auto text = init_plan(root(), detecting_kinds());
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, base::ErrorCode::not_found);
  EXPECT_THAT(text.error().hint, HasSubstr("OpenAPI"));
  EXPECT_FALSE(init_plan(root() / "absent", detecting_kinds()).has_value());
}

TEST(AsYaml, ReadsBackTheSame) {
  for (const std::string text : {"plain",
                                 "a b",
                                 "12",
                                 "true",
                                 "",
                                 " x",
                                 "- x",
                                 "a: b",
                                 "a #b",
                                 "\"q\"",
                                 "x\ny",
                                 "é",
                                 "bench.** regression warn 10%",
                                 "* x",
                                 "%a",
                                 "<a",
                                 "a < b",
                                 "a,b",
                                 "[x]",
                                 "null"}) {
    const auto node = base::yaml::parse("key: " + detect::as_yaml(text) + "\n", "t");
    ASSERT_TRUE(node.has_value()) << text;
    EXPECT_EQ(node->find("key")->text, text);
    EXPECT_TRUE(node->find("key")->is_scalar()) << text;
  }
}

}  // namespace
}  // namespace plimsoll::plan
