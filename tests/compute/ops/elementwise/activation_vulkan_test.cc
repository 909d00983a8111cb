#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::Shape;

const ActivationParams kActivations[] = {
    {ActivationKind::kNone},           {ActivationKind::kRelu},
    {ActivationKind::kLeakyRelu, 0.1}, {ActivationKind::kClip, -0.25, 0.5},
    {ActivationKind::kSigmoid},        {ActivationKind::kTanh},
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

TEST_F(ActivationVulkanTest, ChannelsPastTheLastStayZero) {
  // 0 / 0 in the padded channels would reach the sums of a convolution that reads them.
  PlanDraft draft;
  const int a = InChannels(draft, draft.Input({3, 5, 4, 3}));
  const int b = draft.Step(ActivationParams{ActivationKind::kClip, 0.5, 2}, {a});
  const int ratio = draft.Step(BinaryParams{BinaryKind::kDiv, {}}, {a, b});
  const int smooth = draft.Step(ActivationParams{ActivationKind::kSigmoid}, {ratio});
  for (const int value : {ratio, smooth}) {
    draft.Output(draft.Step(compute::ConvParams{}, {value, draft.Weights({3, 5, 1, 1}, 1)}));
  }
  EXPECT_LE(Error(draft), 1e-5);
}

}  // namespace
}  // namespace convoy::testing
