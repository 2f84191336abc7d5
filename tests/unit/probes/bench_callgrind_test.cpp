#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "plimsoll/probes/bench/callgrind.h"

namespace plimsoll::probes::bench {
namespace {

TEST(CallgrindProfile, ItsTotalIsTheLastOne) {
  const auto total = total_of_profile("events: Ir\nsummary: 12\nfn=(1) main\n3 12\ntotals: 4711\n", "p");
  ASSERT_TRUE(total.has_value());
  EXPECT_EQ(*total, 4711U);
  EXPECT_EQ(total_of_profile("events: Ir Dr\nsummary: 99 3\n", "p").value_or(0), 99U);
}

TEST(CallgrindProfile, WithoutATotalIsCorrupt) {
  for (const auto* text : {"", "events: Ir\n", "totals: \n", "totals: -3\n", "totals: x\n"}) {
    const auto total = total_of_profile(text, "callgrind.7");
    ASSERT_FALSE(total.has_value()) << text;
    EXPECT_EQ(total.error().code, base::ErrorCode::corrupt);
    EXPECT_THAT(total.error().message, testing::HasSubstr("callgrind.7"));
  }
}

// With a valgrind of ours in front, since counting for real is the integration test's.
class FakeValgrind : public testing::Test {
 protected:
  base::Result<std::optional<std::uint64_t>> count(const std::string& script) {
    const auto program = folder_->path() / "valgrind";
    EXPECT_TRUE(base::system_files().write_atomically(program, "#!/bin/sh\n" + script, 0755).has_value());
    const std::string path = std::string(::getenv("PATH"));
    ::setenv("PATH", (folder_->path().string() + ":" + path).c_str(), 1);
    auto result =
        count_instructions({.arguments = {"app"}, .folder = {}, .environment = {}}, folder_->path());
    ::setenv("PATH", path.c_str(), 1);
    return result;
  }
  base::Result<base::TemporaryFolder> folder_ = base::TemporaryFolder::create("callgrind");
};

constexpr auto write_two =
    "for a; do case $a in --callgrind-out-file=*) f=${a#*=};; esac; done\n"
    "echo 'totals: 40' > ${f%\\%p}17; echo 'totals: 2' > ${f%\\%p}18\n";

TEST_F(FakeValgrind, AddsUpAllProcesses) {
  const auto counted = count(write_two);
  ASSERT_TRUE(counted.has_value()) << base::to_string(counted.error());
  EXPECT_EQ(*counted, 42U);
  EXPECT_FALSE(base::system_files().exists(folder_->path() / "callgrind.17"));
}

TEST_F(FakeValgrind, AFailureOfTheProgramIsAnError) {
  const auto counted = count("echo 'cannot open data' >&2; exit 7\n");
  ASSERT_FALSE(counted.has_value());
  EXPECT_THAT(counted.error().message, testing::HasSubstr("exited with status 7: cannot open data"));
}

TEST_F(FakeValgrind, NoProfileIsAnError) {
  EXPECT_FALSE(count("exit 0\n").has_value());
}

TEST(CountInstructions, WithoutValgrindThereIsNoCount) {
  const std::string path = std::string(::getenv("PATH"));
  ::setenv("PATH", "/nowhere", 1);
  const auto counted = count_instructions({.arguments = {"true"}, .folder = {}, .environment = {}}, "/tmp");
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_TRUE(counted.has_value()) << base::to_string(counted.error());
  EXPECT_FALSE(counted->has_value());
}

}  // namespace
}  // namespace plimsoll::probes::bench
