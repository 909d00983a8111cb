#include "compute/cpu/cpu_quota.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

using compute::QuotaCoresOf;
using compute::QuotaFolders;
using compute::QuotaFoldersOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CpuQuota, IsReadInBothSpellings) {
  EXPECT_EQ(1.5, QuotaCoresOf("150000 100000\n"));
  EXPECT_EQ(std::nullopt, QuotaCoresOf("max 100000\n"));
  EXPECT_EQ(std::nullopt, QuotaCoresOf("-1\n 100000\n"));
  EXPECT_EQ(2.0, QuotaCoresOf("200000\n 100000\n"));
  EXPECT_EQ(std::nullopt, QuotaCoresOf(""));
  EXPECT_EQ(std::nullopt, QuotaCoresOf("nan 100000"));
  EXPECT_EQ(std::nullopt, QuotaCoresOf("100000 0"));
  EXPECT_EQ(std::nullopt, QuotaCoresOf("1 2 3"));
}

TEST(CpuQuota, BindsByTheGroupAndThoseAroundIt) {
  const QuotaFolders folders = QuotaFoldersOf("0::/system.slice/convoy.service\n");
  EXPECT_THAT(folders.v2, ElementsAre("/sys/fs/cgroup/system.slice/convoy.service/",
                                      "/sys/fs/cgroup/system.slice/", "/sys/fs/cgroup/"));
  EXPECT_THAT(folders.v1, IsEmpty());
}

TEST(CpuQuota, OfTheFirstVersionLiesWhereTheCpuControllerIs) {
  const QuotaFolders folders = QuotaFoldersOf(
      "11:cpuset:/a\n4:cpu,cpuacct:/docker/17\n1:name=systemd:/init.scope\n0::/x:y\n");
  EXPECT_THAT(folders.v1, ElementsAre("/sys/fs/cgroup/cpu/docker/17/", "/sys/fs/cgroup/cpu/docker/",
                                      "/sys/fs/cgroup/cpu/"));
  EXPECT_THAT(folders.v2, ElementsAre("/sys/fs/cgroup/x:y/", "/sys/fs/cgroup/"));
}

TEST(CpuQuota, OfAContainerLiesAtTheRoot) {
  EXPECT_THAT(QuotaFoldersOf("0::/\n").v2, ElementsAre("/sys/fs/cgroup/"));
  EXPECT_THAT(QuotaFoldersOf("0::/../../host\n").v2, ElementsAre("/sys/fs/cgroup/"));
}

TEST(CpuQuota, IsUnboundWhereTheFileSaysNothing) {
  for (const char* text : {"", "\n", "0:", "nonsense", "3:cpu", "3:cpu:relative"}) {
    const QuotaFolders folders = QuotaFoldersOf(text);
    EXPECT_THAT(folders.v1, IsEmpty()) << text;
    EXPECT_THAT(folders.v2, IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace convoy::testing
