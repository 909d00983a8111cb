// Vulkan: whole channel quads where every part but the last fills its quads, else strided copies of
// linear tensors. One launch a part that does not lie in its place already.
#include <algorithm>

#include "compute/base/status.h"
#include "compute/ops/elementwise/planes_vulkan.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/strided_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

bool FitsChannels(const ConcatParams& params, const VulkanStepShape& shape) {
  if (params.axis != 1 || !HasChannels(shape.outputs[0].shape)) return false;
  for (size_t i = 0; i + 1 < shape.inputs.size(); ++i) {
    if (shape.inputs[i].shape[1] % 4 != 0) return false;
  }
  return std::find(shape.layouts.begin(), shape.layouts.end(), kC4Layout) != shape.layouts.end();
}

absl::Status RecordQuads(VulkanStepBuilder& builder) {
  int64_t quad = 0;
  for (int i = 0; quad < builder.output(0).quads(); ++i) {
    const VulkanTensor& x = builder.input(i);
    if (!builder.LiesInOutput(i, quad)) {
      VulkanDispatch dispatch =
          PlanesDispatch({}, x, quad, builder.output(0).plane, builder.traits());
      dispatch.inputs[0] = builder.input_operand(i);
      dispatch.output = builder.output_operand(0);
      CONVOY_RETURN_IF_ERROR(builder.Dispatch(dispatch));
    }
    quad += x.quads();
  }
  return absl::OkStatus();
}

}  // namespace

VulkanLayouts ChooseLayouts(const ConcatParams& params, const VulkanStepShape& shape) {
  return SameLayout(FitsChannels(params, shape) ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const ConcatParams& params, VulkanStepBuilder& builder) {
  const Shape& y = builder.output(0).spec.shape;
  if (builder.output(0).layout == VulkanLayout::kC4) return RecordQuads(builder);
  int64_t inner = 1;
  for (int i = params.axis + 1; i < y.rank(); ++i) inner *= y[i];
  int64_t first = 0;
  for (int i = 0; first < y[params.axis] * inner; ++i) {
    const Shape& x = builder.input(i).spec.shape;
    const int64_t block = x[params.axis] * inner;
    const StridedWalk walk{
        Shape{x.elements() / block, block}, {block, 1}, {y[params.axis] * inner, 1}};
    CONVOY_RETURN_IF_ERROR(RecordCopy(walk, i, 0, first, builder));
    first += block;
  }
  return absl::OkStatus();
}

}  // namespace convoy::compute
