// The guarded service's life, with small programs that behave as services do and as they should not.
#include "plimsoll/traffic/watch/guarded_service.h"

#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "net/http_client.h"
#include "net/url.h"
#include "tests/support/waiting.h"

namespace plimsoll::traffic {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

ServiceOptions shell(const std::string& script) {
  return {.start = {"sh", "-c", script},
          .folder = {},
          .environment = {},
          .port = *base::free_port(),
          .ready_timeout = 20s};
}

ServiceOptions memory_api(const std::filesystem::path& folder) {
  ServiceOptions options;
  options.port = *base::free_port();
  options.start = {PLIMSOLL_BIN_DIR "/memory_api",
                   "--port",
                   std::to_string(options.port),
                   "--data",
                   folder / "data",
                   "--key-file",
                   folder / "key"};
  options.ready = "/ready";
  return options;
}

bool is_gone(pid_t pid) {
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

class GuardedServiceTest : public testing::Test {
 protected:
  base::TemporaryFolder folder_ = *base::TemporaryFolder::create("service");
};

TEST_F(GuardedServiceTest, IsReadyWhenItAnswers) {
  auto service = GuardedService::start(memory_api(folder_.path()));
  ASSERT_TRUE(service) << base::to_string(service.error());
  const auto answer = net::fetch(*net::parse_url((*service)->url() + "/ready"), {}, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_FALSE((*service)->death());
  const pid_t pid = (*service)->pid();
  EXPECT_GT(pid, 0);
  const base::Exit exit = (*service)->stop();
  EXPECT_EQ(exit.code, 0) << exit.describe();
  EXPECT_TRUE(is_gone(pid));
  EXPECT_FALSE((*service)->death());  // it was asked to end
  EXPECT_EQ((*service)->stop().code, exit.code);
}

TEST_F(GuardedServiceTest, NothingIsLeftWhenTheObjectGoes) {
  pid_t pid = 0;
  {
    auto service = GuardedService::start(memory_api(folder_.path()));
    ASSERT_TRUE(service) << base::to_string(service.error());
    pid = (*service)->pid();
  }
  EXPECT_TRUE(is_gone(pid));
}

TEST_F(GuardedServiceTest, TellsHowItDied) {
  auto service = GuardedService::start(memory_api(folder_.path()));
  ASSERT_TRUE(service) << base::to_string(service.error());
  ::kill((*service)->pid(), SIGSEGV);
  ASSERT_TRUE(testing_support::eventually([&] { return (*service)->death().has_value(); }));
  EXPECT_EQ((*service)->death()->exit.signal, SIGSEGV);
  EXPECT_THAT((*service)->death()->exit.describe(), HasSubstr("SIGSEGV"));
}

TEST_F(GuardedServiceTest, AProgramThatEndsBeforeItIsReadyShowsItsLastLines) {
  const auto service = GuardedService::start(shell("echo one; echo cannot bind >&2; exit 7"));
  ASSERT_FALSE(service);
  EXPECT_EQ(service.error().code, base::ErrorCode::unavailable);
  EXPECT_THAT(service.error().message, HasSubstr("exited with status 7"));
  EXPECT_THAT(service.error().message, HasSubstr("cannot bind"));
}

TEST_F(GuardedServiceTest, AProgramThatIsNeverReadyIsStopped) {
  ServiceOptions options = shell("echo pid $$; while :; do sleep 1; done");
  options.ready_timeout = 500ms;
  const auto service = GuardedService::start(options);
  ASSERT_FALSE(service);
  EXPECT_EQ(service.error().code, base::ErrorCode::timeout);
  const std::size_t at = service.error().message.find("pid ");
  ASSERT_NE(at, std::string::npos) << service.error().message;
  EXPECT_TRUE(is_gone(std::atoi(service.error().message.c_str() + at + 4)));
}

TEST_F(GuardedServiceTest, AProgramThatIgnoresSigtermIsKilled) {
  ServiceOptions options = memory_api(folder_.path());
  const std::string command = "trap '' TERM; " + options.start[0] + " --port " + options.start[2] +
                              " --data " + options.start[4] + " --key-file " + options.start[6] +
                              "; while :; do sleep 1; done";
  options.start = {"sh", "-c", command};
  options.stop_timeout = 500ms;
  auto service = GuardedService::start(options);
  ASSERT_TRUE(service) << base::to_string(service.error());
  const pid_t pid = (*service)->pid();
  (*service)->stop();
  EXPECT_TRUE(is_gone(pid));
  EXPECT_TRUE(testing_support::eventually([&] { return is_gone(-pid); })) << "a process of its group is left";
}

TEST_F(GuardedServiceTest, AProgramThatDoesNotExistIsNotFound) {
  const auto service =
      GuardedService::start({.start = {"/no/such/program"}, .folder = {}, .environment = {}, .port = 1});
  ASSERT_FALSE(service);
  EXPECT_EQ(service.error().code, base::ErrorCode::not_found);
}

TEST_F(GuardedServiceTest, ItsLogIsMaskedAndPrintable) {
  const auto service =
      GuardedService::start(shell("printf 'Authorization: Token abcdefghijklmnop\\033[31m\\n'; exit 1"));
  ASSERT_FALSE(service);
  EXPECT_THAT(service.error().message, testing::Not(HasSubstr("abcdefghijklmnop")));
  EXPECT_THAT(service.error().message, testing::Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace plimsoll::traffic
