#include "compute/base/status.h"
#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::Shape;
using compute::SliceParams;

class SliceVulkanTest : public VulkanSweep {
 protected:
  SliceParams DrawSlice(const Shape& shape) {
    SliceParams params;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const bool whole = DrawBool();
      const int64_t step = whole ? 1 : DrawOf<int64_t>({1, 2, -1, -2});
      const int64_t size = whole ? shape[axis] : Draw(1, (shape[axis] + 1) / 2);
      const int64_t span = (size - 1) * std::abs(step);
      const int64_t lowest = Draw(0, shape[axis] - 1 - span);
      params.starts.push_back(step > 0 ? lowest : lowest + span);
      params.steps.push_back(step);
      params.sizes.push_back(size);
    }
    return params;
  }
};

TEST_F(SliceVulkanTest, RandomBoxes) {
  for (int round = 0; round < 120; ++round) {
    const Shape shape = DrawShape();
    const SliceParams params = DrawSlice(shape);
    SCOPED_TRACE(absl::StrFormat("%s of %s", AttributesOf(params), shape.ToString()));
    EXPECT_EQ(ErrorOf(params, shape), 0);
  }
}

TEST_F(SliceVulkanTest, ChannelQuads) {
  for (const int64_t start : {0, 4, 8}) {
    for (const int64_t size : {1, 4, 5}) {
      PlanDraft draft;
      const int x = InChannels(draft, draft.Input({3, 13, 5, 3}));
      const int y = draft.Step(SliceParams{{0, start, 1, 0}, {1, 1, 1, 1}, {3, size, 4, 3}}, {x});
      // The convolution would add up channels past the last if they were not 0.
      draft.Output(draft.Step(compute::ConvParams{}, {y, draft.Weights({2, size, 1, 1}, 1)}));
      EXPECT_LE(Error(draft), 1e-6);
      EXPECT_EQ(LayoutChanges(draft), 2);
    }
  }
}

}  // namespace
}  // namespace convoy::testing
