// Vulkan: data is copied, then each invocation brings one line of updates to y in their order. A
// line is what may meet in one element: the updates along `axis`, or all tuples for one of the
// elements that a tuple names. So no two invocations touch the same element, and sums have one
// order.
#include <algorithm>

#include "compute/base/status.h"
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/move/indices_vulkan.h"
#include "compute/ops/strided_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/move/scatter.comp.
struct ScatterPush {
  StridedPush walk;
  int32_t steps;
  int32_t update_step;
  int32_t index_step;
  int32_t modes;
};

struct Lines {
  StridedWalk walk;  // y and updates
  int64_t steps = 0;
  int64_t update_step = 0;
  int64_t index_step = 0;
  int first = 0;  // of the dimensions of data that indices name
  int count = 1;
};

Lines LinesOf(const ScatterParams& params, const Shape& data, const Shape& indices) {
  const Index in_data = StridesOf(data);
  Lines lines;
  if (params.kind == IndexKind::kElements) {
    const Index in_indices = StridesOf(indices);
    lines.walk = {indices, in_data, in_indices};
    lines.walk.extents[params.axis] = 1;
    lines.steps = indices[params.axis];
    lines.update_step = lines.index_step = in_indices[params.axis];
    lines.first = params.axis;
    return lines;
  }
  lines.count = static_cast<int>(indices[indices.rank() - 1]);
  const int64_t run = in_data[lines.count - 1];
  lines.walk = {Shape{run}, {1}, {1}};
  lines.steps = indices.elements() / lines.count;
  lines.update_step = run;
  lines.index_step = lines.count;
  return lines;
}

// Reduction, coordinates a tuple, whether lines have indices of their own, and how elements
// compute: bits of an integer (0: a float) and whether it has a sign.
int32_t ModesOf(const ScatterParams& params, int count, DType dtype) {
  const int64_t bits = IsFloat(dtype) ? 0 : std::min<int64_t>(SizeOf(dtype), 4) * 8;
  const int is_signed = IsInteger(dtype) && !IsUnsigned(dtype) ? 1 : 0;
  const int own_indices = params.kind == IndexKind::kElements ? 1 : 0;
  return static_cast<int32_t>(params.reduction) | count << 4 | own_indices << 8 | is_signed << 9 |
         static_cast<int32_t>(bits) << 10;
}

absl::Status CopyData(VulkanStepBuilder& builder) {
  const int64_t elements = builder.input(0).spec.elements();
  return RecordCopy({Shape{elements}, {1}, {1}}, 0, 0, 0, builder);
}

}  // namespace

VulkanLayouts ChooseLayouts(const ScatterParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const ScatterParams& params, VulkanStepBuilder& builder) {
  const TensorSpec& data = builder.input(0).spec;
  const Lines lines = LinesOf(params, data.shape, builder.input(1).spec.shape);
  CONVOY_ASSIGN_OR_RETURN(const StridedPush walk, MakeStridedPush(lines.walk));
  CONVOY_RETURN_IF_ERROR(CopyData(builder));
  VulkanDispatch dispatch;
  dispatch.shader = "move/scatter";
  dispatch.inputs[0] = builder.input_operand(1);
  dispatch.inputs[1] = builder.input_operand(2);
  CONVOY_ASSIGN_OR_RETURN(dispatch.inputs[2],
                          UploadIndexTable(data.shape, lines.first, lines.count, builder));
  dispatch.output = builder.output_operand(0);
  dispatch.groups = FlatGrid(walk.count, builder.traits());
  dispatch.SetPush(ScatterPush{
      .walk = walk,
      .steps = static_cast<int32_t>(lines.steps),
      .update_step = static_cast<int32_t>(lines.update_step),
      .index_step = static_cast<int32_t>(lines.index_step),
      .modes = ModesOf(params, lines.count, data.dtype),
  });
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
