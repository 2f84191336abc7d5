// The unmodified mem0ai clients of PyPI, sync and async, through every method they have.
#include <gmock/gmock.h>

#include "tests/integration/memory_api/service_fixture.h"
#include "tests/integration/memory_api_clients/python_tools.h"

namespace memory_api::testing {
namespace {

struct Client {
  std::string version;
  std::string kind;  // sync or async
};

class Mem0Client : public ::testing::TestWithParam<Client> {};

TEST_P(Mem0Client, DoesWhatEachMethodPromises) {
  const auto programs = python_tool("mem0ai", GetParam().version);
  if (!programs) GTEST_SKIP() << "no mem0ai " << GetParam().version << ": pip could not install it";
  const auto folder = base::TemporaryFolder::create("mem0_client").value();
  RunningService service(folder.path() / "data", {"--key-file", (folder.path() / "key").string()});
  const std::string key = base::read_file(folder.path() / "key").value();
  const auto exit = base::run_process(
      {.arguments = {(*programs / "python").string(),
                     std::string(PLIMSOLL_SOURCE_DIR) +
                         "/tests/integration/memory_api_clients/drive_client.py",
                     fmt::format("http://127.0.0.1:{}", service.port()), key, GetParam().kind},
       .environment = {{"MEM0_TELEMETRY", "False"}, {"MEM0_DIR", (folder.path() / "mem0").string()}}},
      120s);
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->ok()) << exit->error_tail;
  EXPECT_THAT(exit->output_tail, ::testing::HasSubstr("ok reset"));
}

INSTANTIATE_TEST_SUITE_P(OfPyPI, Mem0Client,
                         ::testing::Values(Client{"2.2.1", "sync"}, Client{"2.2.1", "async"},
                                           Client{"1.0.11", "sync"}, Client{"1.0.11", "async"}),
                         [](const auto& info) {
                           std::string name = info.param.kind + "_" + info.param.version;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

// Generated requests, valid and not, for every operation of /openapi.json, and the answers checked against
// it. Some minutes long: a part of `./dev api`. One worker, since its own threads trip over each other.
TEST(Schemathesis, FindsNothing) {
  const char* examples = std::getenv("PLIMSOLL_SCHEMATHESIS_EXAMPLES");
  if (examples == nullptr) GTEST_SKIP() << "PLIMSOLL_SCHEMATHESIS_EXAMPLES is not set; ./dev api sets it";
  const auto programs = python_tool("schemathesis", "4.32.5");
  if (!programs) GTEST_SKIP() << "no schemathesis: pip could not install it";
  const auto folder = base::TemporaryFolder::create("schemathesis").value();
  RunningService service(folder.path() / "data", {"--key-file", (folder.path() / "key").string()});
  const std::string key = base::read_file(folder.path() / "key").value();
  const auto exit =
      base::run_process({.arguments = {(*programs / "st").string(), "run",
                                       fmt::format("http://127.0.0.1:{}/openapi.json", service.port()),
                                       "--header", "Authorization: Token " + key, "--max-examples", examples,
                                       "--seed", "1", "--workers", "1", "--no-color"},
                         .folder = folder.path()},
                        3600s);
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->ok()) << exit->output_tail;
}

}  // namespace
}  // namespace memory_api::testing
