// Vulkan: tables of the neighbours of every coordinate, made on the host, so that all devices round
// alike.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/move/sample_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

std::vector<AxisTable> MakeTables(const ResizeParams& params, const Shape& x) {
  std::vector<AxisTable> tables(static_cast<size_t>(x.rank()));
  for (int axis = 0; axis < x.rank(); ++axis) {
    for (int64_t i = 0; i < params.sizes[axis]; ++i) {
      tables[axis].push_back(ResizeTapAt(params, axis, x[axis], i));
    }
  }
  return tables;
}

}  // namespace

VulkanLayouts ChooseLayouts(const ResizeParams& params, const VulkanStepShape& shape) {
  const Shape& x = shape.inputs[0].shape;
  // Images go to channel quads, where one launch does all dimensions and the next step wants them.
  const bool image = x.rank() > 2 || LiesInChannels(shape);
  const bool channels = image && FitsChannelSample(MakeTables(params, x), x);
  return SameLayout(channels ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const ResizeParams& params, VulkanStepBuilder& builder) {
  return RecordSample(MakeTables(params, builder.input(0).spec.shape), 0, builder);
}

}  // namespace convoy::compute
