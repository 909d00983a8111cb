#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::Shape;

const ActivationParams kActivations[] = {
    {ActivationKind::kNone},           {ActivationKind::kRelu},
    {ActivationKind::kLeakyRelu, 0.1}, {ActivationKind::kClip, -0.25, 0.5},
    {ActivationKind::kSigmoid},        {ActivationKind::kTanh},
    {ActivationKind::kElu, 1.6, 1.05}, {ActivationKind::kHardSwish},
    {ActivationKind::kSwish, 1},       {ActivationKind::kGelu},
};

class ActivationVulkanTest : public VulkanSweep {};

TEST_F(ActivationVulkanTest, EveryRank) {
  for (int rank = 1; rank <= 6; ++rank) {
    for (const ActivationParams& activation : kActivations) {
      PlanDraft draft;
      Shape shape = DrawImage(std::max(rank, 2));
      if (rank == 1) shape = Shape{Draw(1, 70)};
      SCOPED_TRACE(shape.ToString());
      const int x = draft.Input(shape);
      draft.Output(draft.Step(activation, {x}));
      draft.Output(draft.Step(activation, {InChannels(draft, x)}));
      EXPECT_LE(Error(draft), 2e-6);
    }
  }
}

TEST_F(ActivationVulkanTest, KeepsTheLayout) {
  PlanDraft draft;
  const int x = draft.Input({3, 5, 7, 9});
  const int pooled = InChannels(draft, x);
  draft.Output(InChannels(draft, draft.Step(ActivationParams{ActivationKind::kRelu}, {pooled})));
  EXPECT_EQ(LayoutChanges(draft), 2) << "one pack and one unpack around the three steps";
}

}  // namespace
}  // namespace convoy::testing
