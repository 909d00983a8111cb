#include "compute/ops/launch_vulkan.h"

#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"
#include "gtest/gtest.h"

namespace convoy::compute {
namespace {

TEST(LaunchVulkanTest, ChannelDims) {
  EXPECT_FALSE(HasChannels(Shape{4}));
  EXPECT_TRUE(HasChannels(Shape{4, 3}));
  EXPECT_TRUE(HasChannels(Shape{4, 3, 2, 2, 2}));
  EXPECT_FALSE(HasChannels(Shape{4, 3, 2, 2, 2, 2}));
  const ChannelDims dims = ChannelDimsOf(Shape{4, 3, 5, 7});
  EXPECT_EQ(dims.n, 4);
  EXPECT_EQ(dims.c, 3);
  EXPECT_EQ(dims.image, 35);
}

TEST(LaunchVulkanTest, FlatGridFoldsOverLimits) {
  VulkanTraits traits;
  traits.default_local_size = 16;
  traits.max_groups = 10;
  EXPECT_EQ(FlatGrid(1, traits), (std::array<uint32_t, 3>{1, 1, 1}));
  EXPECT_EQ(FlatGrid(160, traits), (std::array<uint32_t, 3>{10, 1, 1}));
  EXPECT_EQ(FlatGrid(161, traits), (std::array<uint32_t, 3>{10, 2, 1}));
  EXPECT_EQ(FlatGrid(1000, traits), (std::array<uint32_t, 3>{10, 7, 1}));
}

TEST(LaunchVulkanTest, PackedDividersDivide) {
  const std::array<int64_t, 5> divisors{1, 3, 7, 224 * 224, 2147483647};
  const PackedDividers<5> packed = PackDividers(divisors);
  for (size_t k = 0; k < divisors.size(); ++k) {
    const int shift = static_cast<int>(packed.shifts >> (5 * k)) & 31;
    for (const uint64_t n : {0, 1, 2, 6, 7, 50175, 50176, 2147483646}) {
      const uint64_t high = n * packed.multipliers[k] >> 32;
      EXPECT_EQ((high + n) >> shift, n / static_cast<uint64_t>(divisors[k]))
          << n << " / " << divisors[k];
    }
  }
}

}  // namespace
}  // namespace convoy::compute
