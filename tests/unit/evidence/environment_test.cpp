#include "plimsoll/evidence/environment.h"

#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"

namespace plimsoll::evidence {
namespace {

class EnvironmentTest : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::string& content) {
    const auto path = folder_.path() / name;
    ASSERT_TRUE(base::system_files().create_folders(path.parent_path()));
    ASSERT_TRUE(base::system_files().write_atomically(path, content));
  }
  MachineFiles files() const {
    return {folder_.path() / "proc", folder_.path() / "sys", folder_.path() / "etc"};
  }
  double quota() const { return read_environment(files()).cgroup_quota_cores; }

  base::TemporaryFolder folder_ = *base::TemporaryFolder::create("machine");
};

TEST_F(EnvironmentTest, ReadsThisMachine) {
  const auto here = read_environment();
  EXPECT_FALSE(here.architecture.empty());
  EXPECT_FALSE(here.kernel.empty());
  EXPECT_GE(here.usable_cores, 1);
  EXPECT_GT(here.memory_bytes, 1u << 20);
  EXPECT_GE(here.steal_share, 0);
  EXPECT_LE(here.steal_share, 1);
}

TEST_F(EnvironmentTest, IsEmptyWhereNothingIsSaid) {
  const auto nowhere = read_environment(files());
  EXPECT_EQ(nowhere.cpu_model, "");
  EXPECT_EQ(nowhere.cgroup_quota_cores, 0);
  EXPECT_EQ(nowhere.memory_bytes, 0u);
  EXPECT_EQ(nowhere.steal_share, 0);
}

TEST_F(EnvironmentTest, ReadsProcessorMemoryGovernorAndImage) {
  put("proc/cpuinfo",
      "processor\t: 0\nmodel name\t: Some CPU @ 2.10GHz\nprocessor\t: 1\nmodel name\t: Other\n");
  put("proc/meminfo", "MemTotal:       16308040 kB\nMemFree: 1 kB\n");
  put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
  put("etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  const auto environment = read_environment(files());
  EXPECT_EQ(environment.cpu_model, "Some CPU @ 2.10GHz");
  EXPECT_EQ(environment.memory_bytes, 16308040ull * 1024);
  EXPECT_EQ(environment.governor, "performance");
  if (std::getenv("ImageOS") == nullptr) EXPECT_EQ(environment.image, "Debian GNU/Linux 12 (bookworm)");
}

TEST_F(EnvironmentTest, NamesAnArmProcessorByItsNumbers) {
  put("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n");
  EXPECT_EQ(read_environment(files()).cpu_model, "0x41 0xd0c");
}

TEST_F(EnvironmentTest, TakesTheTightestQuotaOfVersion2) {
  put("proc/self/cgroup", "0::/ci/job\n");
  put("sys/fs/cgroup/ci/job/cpu.max", "max 100000\n");
  EXPECT_EQ(quota(), 0);
  put("sys/fs/cgroup/ci/cpu.max", "150000 100000\n");
  EXPECT_EQ(quota(), 1.5);
  put("sys/fs/cgroup/ci/job/cpu.max", "50000 100000\n");
  EXPECT_EQ(quota(), 0.5);
}

TEST_F(EnvironmentTest, ReadsTheRootOfAContainersMount) {
  put("proc/self/cgroup", "0::/\n");
  put("sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(quota(), 2);
}

TEST_F(EnvironmentTest, ReadsTheQuotaOfVersion1) {
  put("proc/self/cgroup", "12:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n1:name=systemd:/\n");
  put("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "-1\n");
  put("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(), 0);
  put("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "250000\n");
  EXPECT_EQ(quota(), 2.5);
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
  put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(), 1);
}

TEST_F(EnvironmentTest, SharesOutStolenTime) {
  put("proc/stat", "cpu  100 0 100 700 0 0 0 100 50 50\ncpu0 1 1\n");
  EXPECT_EQ(read_cpu_times(files()).total, 1000u);
  EXPECT_DOUBLE_EQ(read_environment(files()).steal_share, 0.1);
  EXPECT_DOUBLE_EQ(steal_share({.steal = 100, .total = 1000}, {.steal = 150, .total = 1100}), 0.5);
  EXPECT_EQ(steal_share({.steal = 100, .total = 1000}, {.steal = 100, .total = 1000}), 0);
}

}  // namespace
}  // namespace plimsoll::evidence
