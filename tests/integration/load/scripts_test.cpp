// scripts/load_testing/*.sh as a person runs them, short, against a real memory_api.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/memory_api/service_fixture.h"

namespace memory_api::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LoadScripts : public ServiceTest {
 protected:
  base::Exit run_script(const std::string& name, const std::vector<std::string>& options) {
    base::ProcessOptions script;
    script.arguments = {PLIMSOLL_SOURCE_DIR "/scripts/load_testing/" + name, net::to_string(service_->url()),
                        "key"};
    script.arguments.insert(script.arguments.end(), options.begin(), options.end());
    script.environment = {
        {"PLIMSOLL", PLIMSOLL_BIN_DIR "/plimsoll"}, {"SOAK_MINUTES", "0.05"}, {"SOAK_FILL", "300ms"}};
    script.tail_bytes = 1 << 16;
    auto exit = base::run_process(std::move(script), 60s);
    if (!exit) throw std::runtime_error(base::to_string(exit.error()));
    return *exit;
  }
};

// It comes to a judgement of the slope; what the other rules come to is this machine's speed.
TEST_F(LoadScripts, TheSoakJudgesTheServersMemory) {
  const base::Exit exit = run_script("soak_test.sh", {"--quiet"});
  EXPECT_THAT(exit.output_tail, HasSubstr("service.memory slope < 1MiB/h\n    service.memory{"))
      << exit.error_tail;
  EXPECT_THAT(exit.output_tail, HasSubstr("forget"));
  EXPECT_THAT(exit.code, AnyOf(0, 1, 3));
}

TEST_F(LoadScripts, TheStressTestLooksForTheRateThatBreaks) {
  const base::Exit exit = run_script(
      "stress_test.sh", {"-d", "500ms", "-r", "40", "--threshold", "load.latency p95 < 1us", "--quiet"});
  EXPECT_THAT(exit.output_tail, HasSubstr("no rate held: it breaks at")) << exit.error_tail;
  EXPECT_EQ(exit.code, 3);
}

}  // namespace
}  // namespace memory_api::testing
