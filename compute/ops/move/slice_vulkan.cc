// Vulkan: a run of channel quads is the same memory, else tables of the source of every coordinate
// on channel quads, else one strided copy.
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/move/sample_vulkan.h"
#include "compute/ops/strided_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

std::vector<AxisTable> MakeTables(const SliceParams& params) {
  std::vector<AxisTable> tables(params.sizes.size());
  for (size_t axis = 0; axis < tables.size(); ++axis) {
    for (int64_t i = 0; i < params.sizes[axis]; ++i) {
      tables[axis].AddMove(params.starts[axis] + i * params.steps[axis]);
    }
  }
  return tables;
}

// Takes channels alone, and no quad's beginning without its end: what follows it would not be 0.
bool IsRunOfQuads(const SliceParams& params, const Shape& x) {
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (axis == 1 ? params.steps[axis] != 1 : params.sizes[axis] != x[axis]) return false;
    if (axis != 1 && params.steps[axis] < 0 && x[axis] > 1) return false;
  }
  const int64_t end = params.starts[1] + params.sizes[1];
  return params.starts[1] % 4 == 0 && (end % 4 == 0 || end == x[1]);
}

}  // namespace

VulkanLayouts ChooseLayouts(const SliceParams& params, const VulkanStepShape& shape) {
  // The kernel for channel quads weighs its taps, which only floats survive.
  const bool channels = shape.inputs[0].dtype == DType::kFloat32 && LiesInChannels(shape) &&
                        FitsChannelSample(MakeTables(params), shape.inputs[0].shape);
  return SameLayout(channels ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const SliceParams& params, VulkanStepBuilder& builder) {
  if (builder.input(0).layout == VulkanLayout::kC4) {
    if (IsRunOfQuads(params, builder.input(0).spec.shape)) {
      return builder.AliasQuads(0, params.starts[1] / 4);
    }
    return RecordSample(MakeTables(params), 0, builder);
  }
  const Shape& y = builder.output(0).spec.shape;
  StridedWalk walk{y, StridesOf(builder.input(0).spec.shape), StridesOf(y)};
  int64_t first = 0;
  for (int axis = 0; axis < y.rank(); ++axis) {
    first += params.starts[axis] * walk.strides0[axis];
    walk.strides0[axis] *= params.steps[axis];
  }
  return RecordCopy(walk, 0, first, 0, builder);
}

}  // namespace convoy::compute
