#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::BinaryKind;
using compute::BinaryParams;
using compute::Shape;
using compute::SoftmaxParams;

class SoftmaxVulkanTest : public VulkanSweep {};

TEST_F(SoftmaxVulkanTest, EveryAxis) {
  for (int rank = 1; rank <= 6; ++rank) {
    for (int axis = 0; axis < rank; ++axis) {
      const Shape shape = rank == 1 ? Shape{37} : DrawImage(rank, 6);
      SCOPED_TRACE(shape.ToString());
      PlanDraft draft;
      const int x = draft.Input(shape);
      draft.Output(draft.Step(SoftmaxParams{axis}, {x}));
      draft.Output(draft.Step(SoftmaxParams{axis}, {InChannels(draft, x)}));
      EXPECT_LE(Error(draft), 1e-6);
    }
  }
}

TEST_F(SoftmaxVulkanTest, LargeValues) {
  // exp(300) is beyond float32: the row's maximum must be subtracted first.
  for (const Shape& shape : {Shape{3, 1003, 1, 1}, Shape{3, 5, 4, 3}}) {
    PlanDraft draft;
    const int x = InChannels(draft, draft.Input(shape));
    const int large =
        draft.Step(BinaryParams{BinaryKind::kMul, {}}, {x, draft.Weights({1}, 300, 300)});
    draft.Output(draft.Step(SoftmaxParams{1}, {large}));
    draft.Output(draft.Step(SoftmaxParams{0}, {large}));
    EXPECT_LE(Error(draft), 1e-5);
  }
}

}  // namespace
}  // namespace convoy::testing
