#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::GlobalPoolParams;
using compute::PoolKind;
using compute::Shape;

class GlobalPoolVulkanTest : public VulkanSweep {};

TEST_F(GlobalPoolVulkanTest, SmallAndLargeImages) {
  for (const Shape& shape : {Shape{3, 5, 1}, Shape{1, 13, 257}, Shape{8, 3, 16, 16},
                             Shape{3, 7, 17, 19}, Shape{1, 4, 5, 9, 33}, Shape{1, 1, 301, 299}}) {
    for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
      SCOPED_TRACE(shape.ToString());
      PlanDraft draft;
      draft.Output(draft.Step(GlobalPoolParams{kind}, {draft.Input(shape)}));
      EXPECT_LE(Error(draft), kind == PoolKind::kMax ? 0 : 1e-6);
    }
  }
}

}  // namespace
}  // namespace convoy::testing
