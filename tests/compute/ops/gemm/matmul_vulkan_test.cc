#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::MatMulParams;
using compute::Shape;

class MatMulVulkanTest : public VulkanSweep {};

TEST_F(MatMulVulkanTest, EveryBatch) {
  for (int round = 0; round < 100; ++round) {
    const int64_t depth = Draw(1, 21);
    Shape a, b;
    const int64_t batch_dims = Draw(0, 4);
    for (int64_t i = 0; i < batch_dims; ++i) {
      const int64_t extent = Draw(1, 3);
      const int64_t which = Draw(0, 3);
      if (which != 1 || a.rank() > 0) a.Append(which == 2 ? 1 : extent);
      if (which != 3 || b.rank() > 0) b.Append(which == 0 ? 1 : extent);
    }
    if (batch_dims > 0 || DrawBool()) a.Append(Draw(1, 9));
    a.Append(depth);
    b.Append(depth);
    if (batch_dims > 0 || DrawBool()) b.Append(Draw(1, 19));
    SCOPED_TRACE(a.ToString() + " times " + b.ToString());
    PlanDraft draft;
    const int left = Draw(0, 3) == 0 ? draft.Weights(a, 1) : draft.Input(a);
    const int right = DrawBool() ? draft.Weights(b, 1) : draft.Input(b);
    draft.Output(draft.Step(MatMulParams{}, {left, right}));
    EXPECT_LE(Error(draft), 2e-6);
  }
}

}  // namespace
}  // namespace convoy::testing
