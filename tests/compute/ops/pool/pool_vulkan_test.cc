#include "compute/base/status.h"
#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::PoolKind;
using compute::PoolParams;
using compute::Shape;

class PoolVulkanTest : public VulkanSweep {
 protected:
  PoolParams DrawPool(int rank) {
    PoolParams params;
    params.kind = DrawBool() ? PoolKind::kMax : PoolKind::kAverage;
    params.ceil_mode = DrawBool();
    params.count_include_pad = DrawBool();
    params.window.rank = rank;
    for (int axis = 3 - rank; axis < 3; ++axis) {
      params.window.kernel[axis] = Draw(1, 4);
      params.window.strides[axis] = Draw(1, 3);
      params.window.dilations[axis] = DrawBool() ? 1 : Draw(2, 3);
      const int64_t most = params.window.extent(axis) - 1;
      params.window.pads_begin[axis] = Draw(0, most);
      params.window.pads_end[axis] = Draw(0, most);
    }
    return params;
  }
};

TEST_F(PoolVulkanTest, RandomWindows) {
  int tried = 0;
  while (tried < 200) {
    const int rank = static_cast<int>(Draw(1, 3));
    const Shape shape = DrawImage(rank + 2);
    const PoolParams params = DrawPool(rank);
    const compute::TensorSpec spec{compute::DType::kFloat32, shape};
    if (!InferShapes(params, std::span(&spec, 1)).ok()) continue;
    ++tried;
    SCOPED_TRACE(absl::StrFormat("%s of %s", AttributesOf(params), shape.ToString()));
    PlanDraft draft;
    draft.Output(draft.Step(params, {draft.Input(shape)}));
    EXPECT_LE(Error(draft), params.kind == PoolKind::kMax ? 0 : 1e-6);
  }
}

}  // namespace
}  // namespace convoy::testing
