// Vulkan: linear tensors, one invocation an element of the result.
#include "compute/base/status.h"
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/move/indices_vulkan.h"
#include "compute/ops/strided_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/move/gather.comp.
struct GatherPush {
  StridedPush walk;
  int32_t coordinates;
};

// How far one step along each dimension of y goes in data and in indices, the picked coordinates
// left out.
struct GatherWalk {
  StridedWalk walk;
  int first = 0;  // of the dimensions of data that indices pick in
  int count = 1;
};

GatherWalk WalkOf(const GatherParams& params, const Shape& data, const Shape& indices,
                  const Shape& y) {
  const Index in_data = StridesOf(data);
  const Index in_indices = StridesOf(indices);
  const size_t rank = static_cast<size_t>(y.rank());
  GatherWalk result{{y, Index(rank, 0), Index(rank, 0)}, params.axis, 1};
  StridedWalk& walk = result.walk;
  int run = indices.rank();  // dimensions of y that are dimensions of indices, from `start` on
  int start = 0;
  if (params.kind == IndexKind::kElements) {
    walk.strides0 = in_data;
    walk.strides0[params.axis] = 0;
  } else {
    if (params.kind == IndexKind::kTuples) {
      result.first = params.batch_dims;
      result.count = static_cast<int>(indices[--run]);
    } else {
      start = params.axis;
    }
    for (int i = 0; i < result.first; ++i) walk.strides0[i] = in_data[i];
    for (int i = result.first + result.count; i < data.rank(); ++i) {
      walk.strides0[start + run + i - result.first - result.count] = in_data[i];
    }
  }
  for (int i = 0; i < run; ++i) walk.strides1[start + i] = in_indices[i];
  return result;
}

}  // namespace

VulkanLayouts ChooseLayouts(const GatherParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const GatherParams& params, VulkanStepBuilder& builder) {
  const Shape& data = builder.input(0).spec.shape;
  const GatherWalk gather =
      WalkOf(params, data, builder.input(1).spec.shape, builder.output(0).spec.shape);
  CONVOY_ASSIGN_OR_RETURN(const StridedPush walk, MakeStridedPush(gather.walk));
  VulkanDispatch dispatch;
  dispatch.shader = "move/gather";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.inputs[1] = builder.input_operand(1);
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[2],
                          UploadIndexTable(data, gather.first, gather.count, builder));
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(walk.count, builder.traits());
  dispatch.SetPush(GatherPush{walk, gather.count});
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
