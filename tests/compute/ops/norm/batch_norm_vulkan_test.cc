#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BatchNormParams;
using compute::Shape;

class BatchNormVulkanTest : public VulkanSweep {};

TEST_F(BatchNormVulkanTest, EveryRankAndMixOfConstants) {
  for (int rank = 2; rank <= 5; ++rank) {
    for (const int constants : {4, 3, 0}) {  // parameters that are known when the plan is compiled
      for (int round = 0; round < 3; ++round) {
        PlanDraft draft;
        const Shape shape = DrawImage(rank);
        SCOPED_TRACE(shape.ToString());
        std::vector<int> inputs{draft.Input(shape)};
        for (int i = 0; i < 3; ++i) {
          inputs.push_back(constants > i ? draft.Weights({shape[1]}, 1) : draft.Input({shape[1]}));
        }
        int variance = draft.Weights({shape[1]}, 0.1, 3);
        if (constants < 4) {
          variance = draft.Step(ActivationParams{ActivationKind::kClip, 0.1, 3},
                                {draft.Input({shape[1]})});
        }
        inputs.push_back(variance);
        draft.Output(draft.Step(BatchNormParams{1e-3F}, inputs));
        EXPECT_LE(Error(draft), 2e-6);
      }
    }
  }
}

}  // namespace
}  // namespace convoy::testing
