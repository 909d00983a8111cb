#include "compute/base/status.h"
#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::ConcatParams;
using compute::Shape;

class ConcatVulkanTest : public VulkanSweep {};

TEST_F(ConcatVulkanTest, EveryAxis) {
  for (int round = 0; round < 80; ++round) {
    const Shape shape = DrawShape();
    // Channels most of the time, often in whole quads.
    const int axis =
        shape.rank() > 1 && Draw(0, 3) > 0 ? 1 : static_cast<int>(Draw(0, shape.rank() - 1));
    SCOPED_TRACE(absl::StrFormat("axis %d of %s", axis, shape.ToString()));
    PlanDraft draft;
    std::vector<int> parts;
    const bool quads = DrawBool();
    const int64_t count = Draw(1, 6);
    for (int64_t i = 0; i < count; ++i) {
      Shape part = shape;
      part[axis] = quads ? 4 * Draw(1, 3) : Draw(1, 9);
      const int x = Draw(0, 4) == 0 ? draft.Weights(part, 1) : draft.Input(part);
      parts.push_back(DrawBool() ? InChannels(draft, x) : x);
    }
    draft.Output(draft.Step(ConcatParams{axis}, parts));
    EXPECT_EQ(Error(draft), 0);
  }
}

}  // namespace
}  // namespace convoy::testing
