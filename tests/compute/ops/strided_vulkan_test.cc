#include "compute/ops/strided_vulkan.h"

#include "gtest/gtest.h"

namespace convoy::compute {
namespace {

// StridedOffsets of shaders/include/strided.glsl.
std::pair<int64_t, int64_t> OffsetsAt(const StridedPush& push, int64_t i) {
  std::pair<int64_t, int64_t> offsets{0, 0};
  for (int k = 4; k >= 0; --k) {
    const uint64_t high = (static_cast<uint64_t>(i) * push.by_extents.multipliers[k]) >> 32;
    const int shift = static_cast<int>(push.by_extents.shifts >> (5 * k)) & 31;
    const auto rest = static_cast<int64_t>((high + static_cast<uint64_t>(i)) >> shift);
    const int64_t coordinate = i - rest * push.extents[k];
    offsets.first += coordinate * push.strides0[k + 1];
    offsets.second += coordinate * push.strides1[k + 1];
    i = rest;
  }
  return {offsets.first + i * push.strides0[0], offsets.second + i * push.strides1[0]};
}

TEST(StridedVulkanTest, CollapseJoinsDimensionsWithoutJumps) {
  const Shape shape{2, 3, 1, 5, 7};
  const StridedWalk whole = Collapse({shape, StridesOf(shape), StridesOf(shape)});
  EXPECT_EQ(whole.extents, (Shape{210}));
  const StridedWalk channels =
      Collapse({shape, StridesOf(shape), BroadcastStrides(Shape{3, 1, 1, 1}, shape)});
  EXPECT_EQ(channels.extents, (Shape{2, 3, 35}));
  EXPECT_EQ(channels.strides1, (Index{0, 1, 0}));
  EXPECT_EQ(Collapse({Shape{1, 1}, {1, 1}, {1, 1}}).extents.rank(), 0);
}

TEST(StridedVulkanTest, PushFollowsBothTensors) {
  const Shape shape{2, 3, 2, 5, 3, 2};
  const Index reversed{-1, 2, 6, 12, 60, -180};
  const absl::StatusOr<StridedPush> push = MakeStridedPush({shape, StridesOf(shape), reversed});
  ASSERT_TRUE(push.ok()) << push.status();
  ASSERT_EQ(push->count, shape.elements());
  OffsetWalk first(shape, StridesOf(shape));
  OffsetWalk second(shape, reversed);
  for (int64_t i = 0; i < push->count; ++i) {
    ASSERT_EQ(OffsetsAt(*push, i), std::make_pair(first.offset(), second.offset())) << i;
    first.Next();
    second.Next();
  }
}

TEST(StridedVulkanTest, SevenDimensionsThatCannotBeJoinedAreRefused) {
  const Shape shape{2, 3, 2, 3, 2, 3, 2};
  const Index reversed{1, 2, 6, 12, 36, 72, 216};
  const absl::Status status = MakeStridedPush({shape, StridesOf(shape), reversed}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_NE(status.message().find("7 dimensions"), absl::string_view::npos) << status;
  EXPECT_NE(status.message().find("at most 6"), absl::string_view::npos) << status;
}

}  // namespace
}  // namespace convoy::compute
